"""One column of a table as texts, reporting every cell that is not usable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.corpus.rows import CorpusSource, Rows, open_rows
from calibration.errors import BadRows, ColumnUnknown, ColumnUnnamed, EmptyInput
from calibration.errors.rows import PairProblem
from calibration.messages.note import Note, note
from calibration.pairs.headers import normalise
from calibration.tables import rules
from calibration.tables.cells import as_text, no_sentence, scalars, shown, unquoted
from calibration.tables.limits import DEFAULT_LIMITS, STREAMED
from calibration.tables.rules import NOTE_HEADER_TAKEN
from calibration.tables.table import AS_FOUND, Reading, Row
from calibration.text.cleaning import CleaningOptions, clean

OnBadRows = Literal["raise", "drop"]
CHUNK: Final = 4096
_CELL: Final = 60
_HEADERS: Final = (
    "text",
    "title",
    "sentence",
    "content",
    "question",
    "query",
    "文本",
    "标题",
    "句子",
    "内容",
    "问题",
    "t",
)
"""Usual names of a column of texts, under which a first row is surely a header."""
DEFAULT_CLEANING: Final = CleaningOptions()


@dataclass(frozen=True)
class TextChunk:
    """Rows that come one after the other: their lines, cells and texts as given, and the problems among them."""

    lines: NDArray[np.int64]
    records: list[Sequence[object]]
    texts: list[str]
    problems: tuple[PairProblem, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class TextColumn:
    """The texts of one column and the other columns of their rows.

    frame: the good rows with all their columns; lines: (n,) where each is in the file; texts: n, as given.
    problems: those of the rows that were left out; total: rows that hold anything; notes: what the reader decided.
    """

    file: str
    column: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    texts: list[str]
    problems: tuple[PairProblem, ...] = ()
    total: int = 0
    notes: tuple[Note, ...] = ()


def read_texts(
    source: CorpusSource,
    column: str | None = None,
    *,
    name: str | None = None,
    aliases: Sequence[str] = (),
    on_bad_rows: OnBadRows = "raise",
    cleaning: CleaningOptions = DEFAULT_CLEANING,
    reading: Reading = AS_FOUND,
) -> TextColumn:
    """A whole table, one column of it as texts.

    Without `column` it is the first of `aliases` that is there, else the only column. Raises FileUnreadable,
    EmptyInput, TooLarge, ColumnUnknown, ColumnUnnamed, and BadRows unless bad rows are to be dropped and any row
    is good.
    """
    table = open_rows(source, name=name, column=column, reading=reading)
    chosen = chosen_column(table, column, aliases)
    chunks = list(_held(table, text_chunks(table, chosen, cleaning)))
    lines = np.concatenate([chunk.lines for chunk in chunks]) if chunks else np.empty(0, np.int64)
    problems = tuple(sorted((p for chunk in chunks for p in chunk.problems), key=lambda problem: problem.row))
    frame = _frame(chunks, table.columns)
    total = len(lines) + len({problem.row for problem in problems})
    if not total:
        raise EmptyInput(table.name)
    if problems and (on_bad_rows == "raise" or not len(lines)):
        raise BadRows(table.name, problems, frame, total)
    texts = [text for chunk in chunks for text in chunk.texts]
    notes = (*header_notes(table, column, chosen, aliases), *(item for chunk in chunks for item in chunk.notes))
    return TextColumn(table.name, chosen, frame, lines, texts, problems, total, notes)


def header_notes(table: Rows, column: str | None, chosen: str, aliases: Sequence[str] = ()) -> tuple[Note, ...]:
    """What the reader decided before the first row; that the first row was a header, where nobody said so."""
    known = column is not None or normalise(chosen) in map(normalise, (*aliases, *_HEADERS))
    if known or not table.table.header_row or not table.table.is_text:
        return table.notes
    return (*table.notes, note(NOTE_HEADER_TAKEN, columns=", ".join(table.columns)))


def _held(table: Rows, chunks: Iterator[TextChunk]) -> Iterator[TextChunk]:
    """The chunks, as long as they take no more memory together than may be held. Raises TooLarge."""
    held = rows = 0
    for chunk in chunks:
        cells = (cell for record in chunk.records for cell in record)
        held += sum(_CELL + (2 * len(cell) if isinstance(cell, str) else 0) for cell in cells)
        rows += len(chunk.lines) + len(chunk.problems)
        if table.limits is not STREAMED:
            table.limits.check_held(table.name, held)
        table.limits.check_rows(table.name, rows)
        yield chunk


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


def named_column(read: TextColumn, column: str) -> str:
    """A column of the rows by its name; letter case, blanks and width do not count. Raises ColumnUnknown."""
    names = {normalise(str(name)): str(name) for name in reversed(list(read.frame.columns))}
    if normalise(column) not in names:
        raise ColumnUnknown(read.file, column, list(map(str, read.frame.columns)))
    return names[normalise(column)]


def text_chunks(
    table: Rows, column: str, cleaning: CleaningOptions = DEFAULT_CLEANING, size: int = CHUNK
) -> Iterator[TextChunk]:
    """The table's rows in chunks of at most `size`, cells of `column` as texts."""
    rows, place = iter(table), table.columns.index(column)
    while batch := list(islice(rows, size)):
        good = [item for item in batch if isinstance(item, Row)]
        broken = tuple(item for item in batch if isinstance(item, PairProblem))
        notes = tuple(item for item in batch if isinstance(item, Note))
        yield _chunk(table.name, (column, place), good, broken, notes, cleaning)


def _chunk(
    file: str,
    column: tuple[str, int],
    rows: list[Row],
    broken: tuple[PairProblem, ...],
    notes: tuple[Note, ...],
    cleaning: CleaningOptions,
) -> TextChunk:
    name, place = column
    cells = [row.cells[place] for row in rows]
    series, foreign, halves = as_text(pd.Series(cells, dtype=object))
    texts = [unquoted(text) for text in series.tolist()]
    problems, keep = [*broken], []
    for at, (row, text) in enumerate(zip(rows, texts, strict=True)):
        rule, params = _broken_rule(text, bool(foreign[at]), bool(halves[at]), cleaning)
        if not rule:
            keep.append(at)
            continue
        value = "" if rule == rules.BLANK_TEXT else shown(cells[at])
        problems.append(PairProblem(file, row.line, name, rule, value, params))
    lines = np.array([rows[at].line for at in keep], np.int64)
    return TextChunk(lines, [rows[at].cells for at in keep], [texts[at] for at in keep], tuple(problems), notes)


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
    return ("" if clean(text, cleaning) else rules.BLANK_TEXT) or no_sentence(text), ()


def _frame(chunks: Sequence[TextChunk], columns: Sequence[str]) -> pd.DataFrame:
    """The records with all their columns; cells that are lists or objects as text."""
    made: dict[str, pd.Series] = {}
    for place, name in enumerate(columns):
        cells = [record[place] for chunk in chunks for record in chunk.records]
        made[name] = _one_kind(scalars(pd.Series(cells, dtype=object)))
    return pd.DataFrame(made)


def _one_kind(cells: pd.Series) -> pd.Series:
    """A column that holds texts and other things, as texts: no typed format could write it else."""
    kinds = {type(cell) for cell in cells.tolist() if cell is not None}
    if len(kinds) < 2 or kinds <= {int, float}:
        return cells
    return as_text(cells)[0].astype(object).where(cells.notna(), None)
