"""Any file -> its table: the format follows from the content, whatever the name says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from calibration.errors import FileUnreadable
from calibration.messages.note import note
from calibration.tables import columnar, rules, workbook
from calibration.tables.delimited import delimited_table
from calibration.tables.encodings import Text, text_of
from calibration.tables.json_table import json_table
from calibration.tables.json_values import looks_like_json
from calibration.tables.limits import DEFAULT_LIMITS, Limits
from calibration.tables.source import Source, TableSource, open_source
from calibration.tables.table import AS_FOUND, HeaderRules, Item, Reading, Row, Table

LINES: Final = "text"
"""The name of the one column of a plain text file."""
_ARCHIVES: Final = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ", b"Rar!", b"\x28\xb5\x2f\xfd")
_BINARIES: Final = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"SQLite format 3\x00",
    b"RIFF",
    b"\x7fELF",
    b"MZ\x90\x00",
)
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "csv": ("csv", "txt", ""),
    "tsv": ("tsv", "csv", "tab", "txt", ""),
    "txt": ("txt", ""),
    "jsonl": ("jsonl", "ndjson", "json", "txt", ""),
    "xlsx": ("xlsx", "xlsm", "xltx", "xltm", ""),
    "parquet": ("parquet", "pq", ""),
}
"""The extensions under which nobody is surprised to find each format."""


def open_table(
    source: TableSource,
    header: HeaderRules,
    *,
    name: str | None = None,
    reading: Reading = AS_FOUND,
    limits: Limits = DEFAULT_LIMITS,
    lines: bool = False,
    whole_path: bool = False,
) -> Table:
    """The table of a path, of an open binary file or of a file's content.

    Parameters
    ----------
    source, name
        The file, and what messages call it.
    header
        What the caller knows of the columns that it looks for.
    reading
        How the user says that it is to be read.
    limits
        Of what is read.
    lines
        Whether a .txt file holds a text a line rather than a table.
    whole_path
        Whether messages name the whole path.

    Raises
    ------
    FileUnreadable, EmptyInput, TooLarge, BadArgument
    """
    opened = open_source(source, name, limits, whole_path=whole_path)
    table = _by_content(opened, header, reading, limits, lines)
    if opened.suffix in _SUFFIXES[table.format] or "." not in opened.name:
        return table
    return table.with_notes(note(rules.NOTE_OTHER_FORMAT, actual=table.format, named=opened.suffix))


def _by_content(source: Source, header: HeaderRules, reading: Reading, limits: Limits, lines: bool) -> Table:
    head = source.head(16)
    if head.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        return workbook.workbook_table(source, header, reading, limits)
    if head.startswith(columnar.MAGIC):
        return columnar.parquet_table(source, limits)
    if head.startswith(_ARCHIVES):
        raise FileUnreadable(source.name, rules.ARCHIVE)
    if head.startswith(_BINARIES):
        raise FileUnreadable(source.name, rules.NOT_TEXT_FILE)
    text = text_of(source, reading.encoding)
    if looks_like_json(text.head(4096), source.suffix):
        return json_table(text, header, reading, limits)
    if lines and source.suffix == "txt":
        return _plain_text(text)
    return delimited_table(text, header, reading, limits)


def _plain_text(text: Text) -> Table:
    """Each line that is not blank as a text."""

    def again() -> Iterator[Item]:
        for number, line in enumerate(text.lines(), start=1):
            if line.strip("\ufeff \t\r\n"):
                yield text.damage(number, line) or Row(number, [line.rstrip("\r\n")])

    return Table(text.file, "txt", text.encoding, (LINES,), again, 0, text.notes)
