"""Read scored pairs from Parquet with keys in the place of their texts: tens of millions fit into memory.

Texts are judged, turned into keys (`calibration.text.keys`) and let go batch by batch. All other columns are held
whole and judged as those of any file are, so that labels get the scale that all rows show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from calibration import columns
from calibration.errors import ColumnsMissing, EmptyInput, FileUnreadable
from calibration.errors.rows import PairProblem
from calibration.messages.note import note
from calibration.pairs import checks
from calibration.pairs.findings import Columns, Part
from calibration.pairs.headers import resolve
from calibration.pairs.read import PairsReport, of_kind, report_of
from calibration.pairs.reading import AS_FOUND, PairReading
from calibration.pairs.table import RawTable, check_types
from calibration.pairs.validate import any_bad, check, problems_of
from calibration.tables import rules
from calibration.tables.cells import TEXT_DTYPE
from calibration.tables.limits import DEFAULT_LIMITS
from calibration.tables.parts import ParquetParts, is_parquet, parquet_parts
from calibration.text.keys import CLEANED_KEYS, FOLDED_KEYS, cleaned_keys, folded_keys

Progress = Callable[[int, int], object]
NoteTest = Callable[[pd.Series], pd.Series]

_TEXTS: Final = (columns.TEXT_A, columns.TEXT_B)
_NEEDED: Final = (*columns.REQUIRED, columns.SCORE)
_HELD: Final = (columns.LABEL, columns.SCORE, columns.KIND, columns.DOMAIN, columns.PURPOSE, columns.NOTE)
_NAMED: Final = (columns.KIND, columns.DOMAIN, columns.PURPOSE, columns.NOTE)
"""Columns with few distinct texts."""


def can_be_keyed(path: str | Path, reading: PairReading = AS_FOUND) -> bool:
    """Whether a path is a folder, or a Parquet file with typed columns for two texts, a label and a score."""
    found = Path(path)
    if found.is_dir():
        return True
    if not is_parquet(found):
        return False
    parts = parquet_parts(found)
    places = resolve(parts.columns, reading.columns, parts.file).places
    if not set(_NEEDED) <= places.keys() or len(set(parts.columns)) < len(parts.columns):
        return False
    kinds = {column: parts.kinds[places[column]].holds for column in _NEEDED}
    return kinds[columns.TEXT_A] == kinds[columns.TEXT_B] == "text" and kinds[columns.LABEL] in ("number", "text")


def is_large(path: str | Path) -> bool:
    """Whether a path is a folder, or a Parquet file of more rows than are read with their texts."""
    found = Path(path)
    return found.is_dir() or (is_parquet(found) and parquet_parts(found).rows > DEFAULT_LIMITS.rows)


def read_keyed(
    path: str | Path,
    domain: str | None = None,
    *,
    kind: str | None = None,
    reading: PairReading = AS_FOUND,
    keep_note: NoteTest | None = None,
    duplicates: bool = True,
    progress: Progress | None = None,
) -> PairsReport:
    """Read scored pairs from a Parquet file, or from all of a folder as one table.

    Parameters
    ----------
    path
        The file, or a folder whose `*.parquet` files have the same columns.
    domain, kind, reading
        As for `read_pairs`.
    keep_note
        Which notes are kept; the others are left out.
    duplicates
        Whether repeated pairs will be looked for: by keys of their own.
    progress
        Called with the number of rows read and of all.

    Returns
    -------
    PairsReport
        Its frame has `FOLDED_KEYS`, and `CLEANED_KEYS` with `duplicates`, in the place of text_a and text_b, and
        neither id nor split.
        A problem names the file of the folder and the row there, from 1. Of a row whose text breaks a rule nothing
        else is judged.

    Raises
    ------
    FileUnreadable, EmptyInput, TooLarge, ColumnsMissing, ColumnTypeWrong, ColumnUnknown, LabelScaleUnclear,
    ScoresOutside, BadArgument
        Each for its cause.
    """
    reading, parts = of_kind(reading, kind), parquet_parts(Path(path))
    if not parts.rows:
        raise EmptyInput(parts.file)
    places = resolve(parts.columns, reading.columns, parts.file).places
    if twice := [name for name in parts.columns if parts.columns.count(name) > 1]:
        raise FileUnreadable(parts.file, note(rules.COLUMN_TWICE, column=twice[0]))
    if missing := [column for column in _NEEDED if column not in places]:
        raise ColumnsMissing(parts.file, missing, list(parts.columns[:20]))
    check_types(parts.table, reading)
    needed = {column: places[column] for column in (*_TEXTS, *_HELD) if column in places}
    held = _Held(needed, parts, keep_note, (*FOLDED_KEYS, *CLEANED_KEYS) if duplicates else FOLDED_KEYS)
    for batch in parts.batches(list(held.names.values())):
        held.add(batch)
        if progress is not None:
            progress(held.read, parts.rows)
    raw, keys = held.table(), held.keys()
    checked = check(parts.file, raw, domain, DEFAULT_LIMITS, reading, keys)
    for column in set(_NAMED) & set(checked.frame.columns):
        checked.frame[column] = checked.frame[column].astype("category")
    pa.default_memory_pool().release_unused()  # what batches took, a quarter of a gigabyte
    report = report_of(parts.file, raw, checked)
    return replace(report, problems=tuple(_located(problem, parts) for problem in report.problems))


def _located(problem: PairProblem, parts: ParquetParts) -> PairProblem:
    file, row = parts.where(problem.row)
    return replace(problem, file=file, row=row)


class _Held:
    """What is held of the batches so far; places: of our columns among the user's."""

    def __init__(
        self, places: dict[str, int], parts: ParquetParts, keep_note: NoteTest | None, keys: tuple[str, ...]
    ) -> None:
        self.names = {column: parts.columns[place] for column, place in places.items()}
        self.read = 0
        self._places, self._parts, self._keep_note = places, parts, keep_note
        self._keys: dict[str, list[npt.NDArray[np.uint64]]] = {name: [] for name in keys}
        self._cells: dict[str, list[pa.Array]] = {column: [] for column in places if column not in _TEXTS}
        self._lines: list[npt.NDArray[np.int64]] = []
        self._problems: list[PairProblem] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Judge the texts of a batch and keep what is needed of its rows, but for those that break a rule."""
        lines = np.arange(self.read + 1, self.read + 1 + batch.num_rows)
        self.read += batch.num_rows
        raw = {column: _series(batch.column(self.names[column])) for column in (*_TEXTS, columns.LABEL)}
        judged = checks.texts(Columns(raw, self.names), DEFAULT_LIMITS)
        bad = any_bad(judged.findings, batch.num_rows)
        if bad.any():
            self._problems += problems_of(self._parts.file, lines, judged.findings)
            DEFAULT_LIMITS.check_rows(self._parts.file, len(self._problems))
            batch = batch.filter(pa.array(~bad))
        self._lines.append(lines[~bad])
        for at, column in enumerate(_TEXTS):
            text = judged.made[column][~bad] if bad.any() else judged.made[column]
            for name, keys in ((CLEANED_KEYS[at], cleaned_keys), (FOLDED_KEYS[at], folded_keys)):
                if name in self._keys:
                    self._keys[name].append(keys(text))
        for column, chunks in self._cells.items():
            chunks.append(self._kept(column, batch.column(self.names[column])))

    def _kept(self, column: str, cells: pa.Array) -> pa.Array:
        if column == columns.NOTE and self._keep_note is not None:
            notes = _series(cells)
            cells = pa.array(notes.where(self._keep_note(notes), ""), pa.large_string())
        text = pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)
        return cells.dictionary_encode() if text else cells

    def table(self) -> RawTable:
        """The table without its texts."""
        frame = pd.DataFrame(
            {self._places[column]: _whole(self._cells.pop(column)) for column in list(self._cells)}, copy=False
        )
        lines = np.concatenate(self._lines)
        self._lines.clear()
        return RawTable(self._parts.columns, frame, lines, "parquet", problems=tuple(self._problems))

    def keys(self) -> Part:
        """The keys as columns."""
        made = {}
        for name in list(self._keys):
            made[name] = pd.Series(np.concatenate(self._keys.pop(name)), copy=False)
        return Part(made)


def _series(cells: pa.Array) -> pd.Series:
    """A column of text, or of what else it holds."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type) or pa.types.is_null(cells.type):
        return pd.Series(pd.array(pa.chunked_array([cells.cast(pa.large_string())]), dtype=TEXT_DTYPE))
    made: pd.Series = cells.to_pandas()
    return made


def _whole(chunks: list[pa.Array]) -> pd.Series:
    """The chunks of a column as one: numbers, or a text by its number among the distinct ones."""
    whole = pa.chunked_array(chunks)
    made: pd.Series = (whole.unify_dictionaries() if pa.types.is_dictionary(whole.type) else whole).to_pandas()
    return made
