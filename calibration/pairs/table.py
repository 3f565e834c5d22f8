"""The raw table: a file's columns as they are, before anything is judged."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration import columns
from calibration.errors import ColumnTypeWrong, EmptyInput
from calibration.errors.rows import PairProblem
from calibration.messages.note import Note
from calibration.pairs.expand import expanded
from calibration.pairs.headers import normalise, resolve
from calibration.pairs.reading import AS_FOUND, PairHeaders, PairReading
from calibration.tables.cells import TEXT_DTYPE
from calibration.tables.collect import collect
from calibration.tables.columnar import frame_table
from calibration.tables.limits import Limits
from calibration.tables.read import open_table
from calibration.tables.source import UNNAMED
from calibration.tables.table import Table

PairsSource = str | os.PathLike[str] | BinaryIO | bytes | pd.DataFrame
Extra = Callable[[str], bool]
"""Which headers besides ours are needed, folded."""
_TEXTS: Final = (columns.TEXT_A, columns.TEXT_B)


@dataclass(frozen=True)
class RawTable:
    """Columns as they are in the file, and where each row is.

    `headers` are the user's k names; `frame` has those of the columns 0..k-1 that can be ours, of text or of plain
    objects (None: no such cell). `rows` are the line numbers, from 1, of the frame's rows. `problems` are those of
    rows that did not make it into the frame; `header_row` is the line of the header. `filled` are the columns that
    hold anything.
    """

    headers: tuple[str, ...]
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    format: str
    encoding: str = ""
    problems: tuple[PairProblem, ...] = ()
    notes: tuple[Note, ...] = ()
    header_row: int = 1
    filled: frozenset[int] = frozenset()

    @property
    def total(self) -> int:
        """How many rows hold anything."""
        return len(self.rows) + len({problem.row for problem in self.problems})

    def with_notes(self, *notes: Note) -> RawTable:
        """The same table, with more to note."""
        return replace(self, notes=(*self.notes, *notes))


def read_table(
    source: PairsSource,
    name: str | None,
    limits: Limits,
    reading: PairReading = AS_FOUND,
    extra: Extra | None = None,
) -> tuple[str, RawTable]:
    """What messages call the source, and its table before any row is judged. Raises EmptyInput without rows."""
    table = expanded(opened(source, name, limits, reading), reading)
    places = set(resolve(table.columns, reading.columns, table.file).places.values())
    if extra is not None:
        places |= {place for place, header in enumerate(table.columns) if extra(normalise(header))}
    check_types(table, reading)
    found = collect(table, places, limits)
    if not len(found.lines) and not found.problems:
        raise EmptyInput(table.file)
    raw = RawTable(
        table.columns,
        found.frame,
        found.lines,
        table.format,
        table.encoding,
        found.problems,
        found.notes,
        table.header_row or 1,
        found.filled,
    )
    return table.file, raw


def opened(source: PairsSource, name: str | None, limits: Limits, reading: PairReading) -> Table:
    """The table of a file or of a frame, as a stream."""
    if isinstance(source, pd.DataFrame):
        return frame_table(source, name or UNNAMED)
    return open_table(source, PairHeaders(reading.columns), name=name, reading=reading.table, limits=limits)


def placeholder(index: pd.Index, cell: str) -> pd.Series:
    """A column of one and the same text."""
    return pd.Series(cell, index=index, dtype=TEXT_DTYPE)


def check_types(table: Table, reading: PairReading) -> None:
    """Texts must be text, and labels text or single numbers; anything may be in other columns.

    Raises ColumnTypeWrong.
    """
    places = resolve(table.columns, reading.columns, table.file).places
    allowed = dict.fromkeys(_TEXTS, ("text", "object")) | {columns.LABEL: ("text", "number", "texts", "object")}
    for column, fitting in allowed.items():
        if column in places and table.kinds and table.kinds[places[column]].holds not in fitting:
            place = places[column]
            raise ColumnTypeWrong(table.file, table.columns[place], table.kinds[place].name, column)
