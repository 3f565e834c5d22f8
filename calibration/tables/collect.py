"""The rows of a table held at once, as columns: those that are needed and no others, within the limits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from calibration.errors.rows import PairProblem
from calibration.messages.note import Note
from calibration.tables.cells import TEXT_DTYPE
from calibration.tables.limits import Limits
from calibration.tables.table import Row, Table

_CHUNK: Final = 16_384
_LOOK: Final = 256
_PENDING: Final = 4 << 20
"""Characters of texts that wait to be packed at most; they are counted every so many rows."""
_CELL: Final = 56
"""Bytes that a cell takes which is no text."""


@dataclass(frozen=True)
class Collected:
    """The good rows, those that cannot be read, and what the reader decided on the way.

    frame: the wanted columns by their place. lines: (n,) where each row is. filled: the places of all columns
    that hold anything.
    """

    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    problems: tuple[PairProblem, ...]
    notes: tuple[Note, ...]
    filled: frozenset[int]


def collect(table: Table, wanted: Collection[int], limits: Limits) -> Collected:
    """Go through the table once and hold the columns at the `wanted` places. Raises TooLarge."""
    columns = {place: _Column() for place in sorted(set(wanted))}
    watched = set(range(len(table.columns))) - columns.keys()
    lines: list[int] = []
    problems: list[PairProblem] = []
    notes = list(table.notes)
    filled: set[int] = set()
    held = pending = 0
    for item in table:
        if isinstance(item, Row):
            lines.append(item.line)
            for place, column in columns.items():
                column.cells.append(item.cells[place])
            if watched:
                found = {place for place in watched if _is_filled(item.cells[place])}
                filled |= found
                watched -= found
            if len(lines) % _LOOK == 0:
                pending += sum(column.characters(_LOOK) for column in columns.values())
            if len(lines) % _CHUNK == 0 or pending > _PENDING:
                pending = 0
                limits.check_rows(table.file, len(lines))
                held += sum(column.pack() for column in columns.values())
                limits.check_held(table.file, held)
        elif isinstance(item, PairProblem):
            problems.append(item)
            limits.check_rows(table.file, len(problems))
        else:
            notes.append(item)
    limits.check_rows(table.file, len(lines))
    held += sum(column.pack() for column in columns.values())
    limits.check_held(table.file, held)
    frame = pd.DataFrame({place: column.series() for place, column in columns.items()})
    filled |= {place for place, column in columns.items() if column.filled}
    return Collected(frame, np.array(lines, dtype=np.int64), tuple(problems), tuple(notes), frozenset(filled))


@dataclass
class _Column:
    """A column as it grows: texts are packed chunk by chunk, anything else stays as it is."""

    cells: list[object] = field(default_factory=list)
    filled: bool = False
    _packed: list[pa.Array | list[object]] = field(default_factory=list)

    def characters(self, last: int) -> int:
        """How many characters the texts of the last cells have."""
        return sum(len(cell) for cell in self.cells[-last:] if isinstance(cell, str))

    def pack(self) -> int:
        """Put away the cells so far; how many bytes they take."""
        cells, self.cells = self.cells, []
        if not cells:
            return 0
        self.filled = self.filled or any(map(_is_filled, cells))
        try:
            if all(cell is None or type(cell) is str for cell in cells):
                packed = pa.array(cells, pa.large_string())
                self._packed.append(packed)
                return int(packed.nbytes)
        except (UnicodeEncodeError, pa.ArrowException):
            pass
        self._packed.append(cells)
        return sum(_CELL + (len(cell) * 2 if isinstance(cell, str) else 0) for cell in cells)

    def series(self) -> pd.Series:
        """All of them."""
        if all(isinstance(chunk, pa.Array) for chunk in self._packed):
            chunks = pa.chunked_array(self._packed, pa.large_string())
            return pd.Series(pd.array(chunks, dtype=TEXT_DTYPE))
        cells: list[object] = []
        for chunk in self._packed:
            cells += chunk if isinstance(chunk, list) else chunk.to_pylist()
        return pd.Series(cells, dtype=object)


def _is_filled(cell: object) -> bool:
    return cell is not None and (type(cell) is not str or bool(cell.strip()))
