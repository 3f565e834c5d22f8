"""The raw table: what a reader of one format hands to the checks, before anything is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.columns import PairProblem
from calibration.pairs.headers import headerless_columns, is_header
from calibration.pairs.rules import FIELD_COUNT, NO_COLUMN, NOTE_HEADERLESS, NOTE_UNNAMED_CELLS, PairsNote, note

TEXT_DTYPE: Final = pd.StringDtype(na_value=np.nan)
"""What pandas calls `str`: missing cells are NaN."""


@dataclass(frozen=True)
class RawTable:
    """Columns as they stand in the file, and where each row stands.

    `frame` has k columns named 0..k-1, of text or of plain objects (None: no such cell); `headers` are the
    user's k names. `rows` are the line numbers, from 1, of the frame's rows. `problems` are those of rows that
    did not make it into the frame; `header_row` is the line of the header.
    """

    headers: tuple[str, ...]
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    format: str
    encoding: str = ""
    problems: tuple[PairProblem, ...] = ()
    notes: tuple[PairsNote, ...] = ()
    header_row: int = 1

    def with_problems(self, problems: tuple[PairProblem, ...]) -> RawTable:
        """The same table, with problems that were found before it was one."""
        return replace(self, problems=(*problems, *self.problems))

    def with_notes(self, *notes: PairsNote) -> RawTable:
        """The same table, with more to note."""
        return replace(self, notes=(*self.notes, *notes))


def columns_frame(columns: Sequence[Sequence[object]], text: bool) -> pd.DataFrame:
    """Columns side by side, as text (all cells are str) or as plain objects."""
    dtype = TEXT_DTYPE if text else np.dtype(object)
    return pd.DataFrame({number: pd.Series(list(cells), dtype=dtype) for number, cells in enumerate(columns)})


def tabulate(
    file: str, records: Sequence[Sequence[object]], lines: npt.NDArray[np.int64], *, format: str, encoding: str = ""
) -> RawTable:
    """Records of cells, the header among them or missing, as a table.

    `lines` says where each record starts. Blank records are left out. A record of a text file with another
    number of fields than the header is a problem (blank ones at the end do not count); in a workbook, where
    rows have no ends, short rows are filled and cells right of the header are left out with a note.
    """
    lengths = np.fromiter(map(len, records), dtype=np.int64, count=len(records))
    start = next((i for i in np.flatnonzero(lengths).tolist() if any(map(_is_filled, records[i]))), len(records))
    if start == len(records):
        return RawTable((), pd.DataFrame(), np.empty(0, dtype=np.int64), format, encoding)
    is_text = format != "xlsx"
    headers, notes, body = _headers(records[start], start)
    least = len(headers)
    if is_text:  # a delimiter at the end of the header allows for a nameless field
        headers += ("",) * (len(records[start]) - least)
    chosen = [i for i in np.flatnonzero(lengths).tolist() if i >= body]
    fitted = _fit(file, [records[i] for i in chosen], lines[chosen], (least, len(headers)), strict=is_text)
    if fitted.cut:
        notes = (*notes, note(NOTE_UNNAMED_CELLS, count=fitted.cut))
    frame = columns_frame([[record[k] for record in fitted.records] for k in range(len(headers))], text=is_text)
    blank = _blank_rows(frame)
    frame, rows = frame[~blank].reset_index(drop=True), fitted.lines[~blank]
    return RawTable(headers, frame, rows, format, encoding, fitted.problems, notes, int(lines[start]))


def _headers(first: Sequence[object], start: int) -> tuple[tuple[str, ...], tuple[PairsNote, ...], int]:
    """The names of the columns up to the last, what to note, and the index of the first record of data."""
    written = ["" if cell is None else str(cell).strip() for cell in first]
    cells = written.copy()
    while not cells[-1]:
        cells.pop()
    layout = None if is_header(cells) else headerless_columns(written) or headerless_columns(cells)
    if layout is None:
        return tuple(cells), (), start + 1
    return layout, (note(NOTE_HEADERLESS, columns=", ".join(layout)),), start


@dataclass(frozen=True)
class _Fitted:
    """Records of one width, their lines, the problems of those left out, and how many lost cells at the right."""

    records: list[Sequence[object]]
    lines: npt.NDArray[np.int64]
    problems: tuple[PairProblem, ...]
    cut: int


def _fit(
    file: str,
    records: list[Sequence[object]],
    lines: npt.NDArray[np.int64],
    width: tuple[int, int],
    *,
    strict: bool,
) -> _Fitted:
    """Bring records to the greatest `width`; where strict, those shorter than the least or longer are problems."""
    least, most = width
    lengths = np.fromiter(map(len, records), dtype=np.int64, count=len(records))
    keep = np.ones(len(records), dtype=bool)
    problems, cut = [], 0
    for place in np.flatnonzero(lengths != most).tolist():
        record = records[place]
        surplus = any(map(_is_filled, record[most:]))
        if strict and (surplus or (len(record) < least and any(map(_is_filled, record)))):
            keep[place] = False
            problems.append(_wrong_count(file, int(lines[place]), record, least))
            continue
        cut += surplus
        records[place] = [*record[:most], *[("" if strict else None)] * (most - len(record))]
    if not keep.all():
        records = [record for record, kept in zip(records, keep, strict=True) if kept]
    return _Fitted(records, lines[keep], tuple(problems), cut)


def _wrong_count(file: str, row: int, record: Sequence[object], width: int) -> PairProblem:
    params = (("count", str(len(record))), ("expected", str(width)))
    return PairProblem(file, row, NO_COLUMN, FIELD_COUNT, " | ".join(map(str, record))[:80], params)


def _is_filled(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _blank_rows(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows have no cell at all: spreadsheets leave such rows behind their data."""
    blank = np.ones(len(frame), dtype=bool)
    for number in frame.columns:
        column = frame[number]
        if blank.any():
            missing = column.isna() if column.dtype == object else column.str.strip() == ""
            blank &= missing.to_numpy(dtype=bool)
    return blank
