"""Tables of any size, row by row: the file is never held whole, unless its format leaves no choice (XLSX).

Every row comes with the line that a person sees in the file, and every line that cannot be read is a problem
with its place, never an end.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from calibration.columns import PairProblem
from calibration.corpus.columnar import is_parquet, parquet_columns, parquet_rows
from calibration.corpus.delimited import delimited_columns, delimited_rows
from calibration.corpus.encodings import Text, text_of
from calibration.corpus.json_rows import json_columns, json_rows
from calibration.corpus.row import Row
from calibration.errors import EmptyInput, FileUnreadable
from calibration.pairs import rules
from calibration.pairs.json_lines import looks_like_json
from calibration.pairs.read import ARCHIVES, BINARIES
from calibration.pairs.source import DEFAULT_LIMITS, UNNAMED, open_source
from calibration.pairs.workbook import OLE_MAGIC, ZIP_MAGIC, read_workbook

CorpusSource = str | os.PathLike[str] | bytes
LINES: Final = "text"
"""The name of the one column of a plain text file."""
_HEAD: Final = 65_536
_REASONS: Final = {
    FileNotFoundError: rules.NOT_FOUND,
    IsADirectoryError: rules.NOT_A_FILE,
    PermissionError: rules.NOT_PERMITTED,
}


@dataclass(frozen=True)
class Rows:
    """A table: its columns, and its rows as often as it is gone through."""

    name: str
    columns: tuple[str, ...]
    again: Callable[[], Iterator[Row | PairProblem]] = field(repr=False)

    def __iter__(self) -> Iterator[Row | PairProblem]:
        return self.again()


def open_rows(source: CorpusSource, *, name: str | None = None, column: str | None = None) -> Rows:
    """The rows of a path or of a file's content; the format follows from the content.

    `column` is one that is known to be there: it tells the delimiter of a file whose texts hold commas. A .txt
    file of which no column is named holds a text a line. Raises FileUnreadable, EmptyInput, TooLarge.
    """
    file, opened = _opener(source, name)
    try:
        with opened() as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise FileUnreadable(file, _REASONS.get(type(error), error.strerror or str(error))) from error
    if not head.strip():
        raise EmptyInput(file)
    if is_parquet(head):
        return Rows(file, parquet_columns(file, opened), lambda: parquet_rows(file, opened))
    if head.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _workbook(file, source)
    if head.startswith(ARCHIVES):
        raise FileUnreadable(file, rules.ARCHIVE)
    if head.startswith(BINARIES):
        raise FileUnreadable(file, rules.NOT_TEXT_FILE)
    return _text(text_of(file, opened), Path(file).suffix.lower().lstrip("."), column)


def _opener(source: CorpusSource, name: str | None) -> tuple[str, Callable[[], BinaryIO]]:
    if isinstance(source, bytes):
        return name or UNNAMED, lambda: io.BytesIO(source)
    path = Path(source)
    return name or str(path), lambda: path.open("rb")


def _text(text: Text, suffix: str, column: str | None) -> Rows:
    if looks_like_json(text.head(), suffix):
        return Rows(text.file, json_columns(text), lambda: json_rows(text))
    if suffix == "txt" and column is None:
        return Rows(text.file, (LINES,), lambda: _lines(text))
    delimiter, columns = delimited_columns(text, column)
    return Rows(text.file, columns, lambda: delimited_rows(text, delimiter, columns))


def _lines(text: Text) -> Iterator[Row | PairProblem]:
    """Each line that is not blank."""
    with text.lines() as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield text.damage(number, line) or Row(number, {LINES: line.rstrip("\r\n")})


def _workbook(file: str, source: CorpusSource) -> Rows:
    table = read_workbook(open_source(source, Path(file).name, DEFAULT_LIMITS), DEFAULT_LIMITS)
    if not table.headers:
        raise EmptyInput(file)
    columns = tuple(name or f"#{place}" for place, name in enumerate(table.headers, start=1))

    def rows() -> Iterator[Row | PairProblem]:
        yield from table.problems
        for line, cells in zip(table.rows.tolist(), table.frame.itertuples(index=False), strict=True):
            yield Row(line, dict(zip(columns, cells, strict=True)))

    return Rows(file, columns, rows)


def frame_rows(name: str, columns: tuple[str, ...], records: list[Mapping[str, object]]) -> Rows:
    """Rows that are at hand already, numbered from 1."""
    return Rows(name, columns, lambda: (Row(at, record) for at, record in enumerate(records, start=1)))
