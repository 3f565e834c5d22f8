"""One column of a table as texts, with every cell that cannot serve as one reported; whole, or in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.clean import CleaningOptions, clean
from calibration.columns import PairProblem
from calibration.corpus.row import Row
from calibration.corpus.rows import CorpusSource, Rows, open_rows
from calibration.errors import BadRows, ColumnUnknown, ColumnUnnamed, EmptyInput
from calibration.pairs import rules
from calibration.pairs.cells import as_text, scalars, shown
from calibration.pairs.headers import normalise
from calibration.pairs.source import DEFAULT_LIMITS

OnBadRows = Literal["raise", "drop"]
CHUNK: Final = 4096
DEFAULT_CLEANING: Final = CleaningOptions()


@dataclass(frozen=True)
class TextChunk:
    """Rows that come one after the other: their lines, records and texts as given, and the problems among them."""

    lines: NDArray[np.int64]
    records: list[Mapping[str, object]]
    texts: list[str]
    problems: tuple[PairProblem, ...]


@dataclass(frozen=True)
class TextColumn:
    """The texts of one column and what they stand beside.

    frame: the good rows with all their columns; lines: (n,) where each stands in the file; texts: n, as given.
    problems: those of the rows that were left out; total: rows that hold anything.
    """

    file: str
    column: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    texts: list[str]
    problems: tuple[PairProblem, ...] = ()
    total: int = 0


def read_texts(
    source: CorpusSource,
    column: str | None = None,
    *,
    name: str | None = None,
    aliases: Sequence[str] = (),
    on_bad_rows: OnBadRows = "raise",
    cleaning: CleaningOptions = DEFAULT_CLEANING,
) -> TextColumn:
    """A whole table, one column of it as texts.

    Without `column` it is the first of `aliases` that is there, else the only column. Raises FileUnreadable,
    EmptyInput, TooLarge, ColumnUnknown, ColumnUnnamed, and BadRows unless bad rows are to be dropped and any row
    is good.
    """
    table = open_rows(source, name=name, column=column)
    chosen = chosen_column(table, column, aliases)
    chunks = list(text_chunks(table, chosen, cleaning))
    lines = np.concatenate([chunk.lines for chunk in chunks]) if chunks else np.empty(0, np.int64)
    records = [record for chunk in chunks for record in chunk.records]
    problems = tuple(sorted((p for chunk in chunks for p in chunk.problems), key=lambda problem: problem.row))
    frame = _frame(records, table.columns)
    total = len(lines) + len({problem.row for problem in problems})
    if not total:
        raise EmptyInput(table.name)
    if problems and (on_bad_rows == "raise" or not len(lines)):
        raise BadRows(table.name, problems, frame, total)
    texts = [text for chunk in chunks for text in chunk.texts]
    return TextColumn(table.name, chosen, frame, lines, texts, problems, total)


def chosen_column(table: Rows, column: str | None, aliases: Sequence[str] = ()) -> str:
    """The column that is meant; letter case, blanks and width do not count. Raises ColumnUnknown or
    ColumnUnnamed.
    """
    known = {normalise(name): name for name in reversed(table.columns)}
    if column is not None:
        if column in table.columns:
            return column
        if normalise(column) in known:
            return known[normalise(column)]
        raise ColumnUnknown(table.name, column, table.columns)
    found = next((known[normalise(name)] for name in aliases if normalise(name) in known), None)
    if found is not None:
        return found
    if len(table.columns) == 1:
        return table.columns[0]
    raise ColumnUnnamed(table.name, table.columns)


def text_chunks(
    table: Rows, column: str, cleaning: CleaningOptions = DEFAULT_CLEANING, size: int = CHUNK
) -> Iterator[TextChunk]:
    """The table's rows in chunks of at most `size`, cells of `column` as texts."""
    rows = iter(table)
    while batch := list(islice(rows, size)):
        good = [row for row in batch if isinstance(row, Row)]
        broken = tuple(row for row in batch if not isinstance(row, Row))
        yield _chunk(table.name, column, good, broken, cleaning)


def _chunk(
    file: str, column: str, rows: list[Row], broken: tuple[PairProblem, ...], cleaning: CleaningOptions
) -> TextChunk:
    cells = [row.cells.get(column) for row in rows]
    series, foreign, halves = as_text(pd.Series(cells, dtype=object))
    texts: list[str] = series.tolist()
    problems, keep = [*broken], []
    for at, (row, text) in enumerate(zip(rows, texts, strict=True)):
        rule, params = _broken_rule(text, bool(foreign[at]), bool(halves[at]), cleaning)
        if not rule:
            keep.append(at)
            continue
        value = "" if rule == rules.BLANK_TEXT else shown(cells[at])
        problems.append(PairProblem(file, row.line, column, rule, value, params))
    lines = np.array([rows[at].line for at in keep], np.int64)
    return TextChunk(lines, [rows[at].cells for at in keep], [texts[at] for at in keep], tuple(problems))


def _broken_rule(
    text: str, foreign: bool, half: bool, cleaning: CleaningOptions
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The rule that a cell breaks, empty for none, and what is filled in."""
    limit = DEFAULT_LIMITS.text_characters
    if foreign:
        return rules.NOT_TEXT, ()
    if half:
        return rules.HALF_CHARACTER, ()
    if len(text) > limit:
        return rules.TEXT_TOO_LONG, (("limit", str(limit)), ("size", str(len(text))))
    return ("", ()) if clean(text, cleaning) else (rules.BLANK_TEXT, ())


def _frame(records: list[Mapping[str, object]], columns: Sequence[str]) -> pd.DataFrame:
    """Records with all their columns, those of later records last; cells that are lists or objects as text."""
    names = dict.fromkeys(columns)
    for record in records:
        if len(record) != len(names) or any(name not in names for name in record):
            names |= dict.fromkeys(record)
    made = {name: pd.Series([record.get(name) for record in records], dtype=object) for name in names}
    return pd.DataFrame({name: _one_kind(scalars(series)) for name, series in made.items()})


def _one_kind(cells: pd.Series) -> pd.Series:
    """A column that holds texts and other things, as texts: no typed format could write it else."""
    kinds = {type(cell) for cell in cells.tolist() if cell is not None}
    if len(kinds) < 2 or kinds <= {int, float}:
        return cells
    return as_text(cells)[0].astype(object).where(cells.notna(), None)
