"""Tables of any size, row by row: the file is never held whole, unless its format leaves no choice.

Every row comes with the line that a person sees in the file, and every line that cannot be read is a problem
with its place, never an end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from calibration.messages.note import Note
from calibration.tables.limits import DEFAULT_LIMITS, STREAMED, Limits
from calibration.tables.read import LINES, open_table
from calibration.tables.table import AS_FOUND, AnyHeader, Item, Reading, Table

CorpusSource = str | os.PathLike[str] | bytes


@dataclass(frozen=True)
class Rows:
    """A table with a name of its own for each column, and its rows as often as it is gone through.

    limits: of what is held where all rows are.
    """

    table: Table
    columns: tuple[str, ...]
    limits: Limits = DEFAULT_LIMITS

    @property
    def name(self) -> str:
        """What messages call the file."""
        return self.table.file

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the reader decided before the first row."""
        return self.table.notes

    def __iter__(self) -> Iterator[Item]:
        return self.table.again()


def open_rows(
    source: CorpusSource, *, name: str | None = None, column: str | None = None, reading: Reading = AS_FOUND
) -> Rows:
    """The rows of a path or of a file's content; the format follows from the content.

    `column` is one that is known to be there: it tells the delimiter of a file whose texts hold commas. A .txt
    file holds a text a line, unless it is a table with that column. A path may be of any size. Raises
    FileUnreadable, EmptyInput, TooLarge, BadArgument.
    """
    limits = DEFAULT_LIMITS if isinstance(source, bytes) else STREAMED
    header = AnyHeader(column)
    plain = Path(name or ("" if isinstance(source, bytes) else source)).suffix.lower() == ".txt"

    def opened(lines: bool) -> Table:
        path = not isinstance(source, bytes)
        return open_table(source, header, name=name, reading=reading, limits=limits, lines=lines, whole_path=path)

    if not plain:
        return _named(opened(lines=False), limits)
    table = opened(lines=column is None)
    if column is not None and not (header.knows(table.columns) and len(table.columns) > 1):
        table = opened(lines=True)
    return _named(table, limits)


def _named(table: Table, limits: Limits) -> Rows:
    """Rows whose columns have names; a name that occurs twice, or is missing, is replaced by its place."""
    names: list[str] = []
    for place, header in enumerate(table.columns, start=1):
        name = header.strip()
        names.append(name if name and name not in names else f"{name}#{place}")
    return Rows(table, tuple(names), limits)


__all__ = ["LINES", "CorpusSource", "Rows", "open_rows"]
