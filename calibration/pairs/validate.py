"""Validate a raw table: the canonical pairs frame and every problem, in one vectorised pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration import columns
from calibration.errors import ColumnsMissing, LabelScaleUnclear
from calibration.errors.rows import PairProblem
from calibration.messages.note import note
from calibration.pairs import checks, rules
from calibration.pairs.findings import Columns, Finding, Part
from calibration.pairs.headers import Resolution, domain_as_label, is_inference, resolve, score_as_label
from calibration.pairs.label_kind import few
from calibration.pairs.labels import is_label
from calibration.pairs.reading import AS_FOUND, PairReading
from calibration.pairs.rules import PairsNote
from calibration.pairs.table import RawTable
from calibration.tables.cells import TEXT_DTYPE, as_text, scalars, shown
from calibration.tables.limits import Limits
from calibration.tables.rules import HEADER_TWICE
from calibration.text.keys import CLEANED_KEYS, FOLDED_KEYS

MIXED: Final = "mixed"
"""The kind of a file whose rows name more than one."""
_LOOKED_AT: Final = 100

_ORDER: Final = (
    *columns.REQUIRED,
    columns.KIND,
    columns.DOMAIN,
    *columns.OPTIONAL,
    columns.SCORE,
    *CLEANED_KEYS,
    *FOLDED_KEYS,
)


@dataclass(frozen=True)
class LostLabel:
    """A label value that cannot be read, and in how many of all labelled rows it occurs.

    Without these rows the others are no sample of all: every negative may be gone.
    """

    column: str
    value: str
    count: int
    total: int


@dataclass(frozen=True)
class Checked:
    """The good rows as a canonical frame, what is wrong with the others, and what was decided on the way."""

    frame: pd.DataFrame
    problems: tuple[PairProblem, ...]
    notes: tuple[PairsNote, ...]
    kind: str
    used: Mapping[str, str]
    dropped: tuple[str, ...]
    lines: npt.NDArray[np.int64]
    lost: LostLabel | None = None


def check(
    file: str,
    table: RawTable,
    domain: str | None,
    limits: Limits,
    reading: PairReading = AS_FOUND,
    texts: Part | None = None,
) -> Checked:
    """Judge every row of `table` by every rule; `texts`: what stands for texts that were judged before.

    Raises ColumnsMissing where no columns can serve as two texts and a label, LabelScaleUnclear where its labels
    could be read in two ways, ScoresOutside.
    """
    if not table.headers:
        names = (*columns.REQUIRED, columns.KIND, columns.DOMAIN)
        empty = pd.DataFrame({name: pd.Series(dtype=TEXT_DTYPE) for name in names})
        return Checked(empty, table.problems, table.notes, "", {}, (), table.rows[:0])
    resolution, notes = _resolve(file, table, reading)
    dropped = _dropped(table, resolution)
    if dropped:
        notes = (*notes, note(rules.NOTE_DROPPED_COLUMNS, columns=", ".join(dropped)))
    given = Columns(
        {column: table.frame[place] for column, place in resolution.places.items() if place in table.frame},
        {column: table.headers[place] or f"#{place + 1}" for column, place in resolution.places.items()},
    )
    texts = checks.texts(given, limits) if texts is None else texts
    good = ~any_bad(texts.findings, len(table.frame))
    try:
        labels = checks.labels(given, reading.scale, is_inference(table.headers, resolution.places), good)
    except LabelScaleUnclear as error:
        raise error.of(file) from error
    others = (checks.domains(given, domain), checks.purposes(given), checks.scores(file, given), checks.free(given))
    parts = (texts, labels, *others)
    findings = [finding for part in parts for finding in part.findings]
    frame, kept = _good_rows(parts, findings, len(table.frame))
    problems = [*_repeated(file, table, resolution), *table.problems, *problems_of(file, table.rows, findings)]
    return Checked(
        frame,
        tuple(sorted(problems, key=lambda problem: problem.row)),
        (*table.notes, *notes, *(item for part in parts for item in part.notes)),
        _kind(frame) or (reading.scale.kind if reading.scale else ""),
        given.names,
        dropped,
        table.rows[kept],
        _lost(labels, given, good),
    )


def _lost(labels: Part, given: Columns, good: npt.NDArray[np.bool_]) -> LostLabel | None:
    """The label value, if any, all of whose rows are bad because nobody can read it; typing errors do not count."""
    cells, name = scalars(given.raw[columns.LABEL]), given.names[columns.LABEL]
    unread = np.zeros(len(cells), dtype=bool)
    labelled = good.copy()
    for finding in labels.findings:
        if finding.rule in (rules.LABEL_UNKNOWN, rules.LABEL_BINARY, rules.LABEL_RANGE, rules.LABEL_WHOLE):
            unread |= finding.bad
        elif finding.rule == rules.LABEL_MISSING:
            labelled &= ~finding.bad
    unread &= good
    if not unread.any():
        return None
    counts = cells[unread].map(shown).value_counts()
    value, count, total = str(counts.index[0]), int(counts.iloc[0]), int(labelled.sum())
    return LostLabel(name, value, count, total) if count > few(total) and count > 1 else None


def _good_rows(
    parts: Iterable[Part], findings: Iterable[Finding], rows: int
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """The rows that break no rule, and which they are."""
    cells = {column: made for part in parts for column, made in part.made.items()}
    bad = any_bad(findings, rows)
    frame = pd.DataFrame({column: cells[column] for column in _ORDER if column in cells})
    return (frame[~bad].reset_index(drop=True) if bad.any() else frame), ~bad


def any_bad(findings: Iterable[Finding], rows: int) -> npt.NDArray[np.bool_]:
    """(rows,) which rows break any rule."""
    bad = np.zeros(rows, dtype=bool)
    for finding in findings:
        bad |= finding.bad
    return bad


def _kind(frame: pd.DataFrame) -> str:
    kinds = frame[columns.KIND].unique()
    return MIXED if len(kinds) > 1 else "".join(kinds)


def _resolve(file: str, table: RawTable, reading: PairReading) -> tuple[Resolution, tuple[PairsNote, ...]]:
    """Which column is which, the label told from the score and the domain; raises ColumnsMissing, ColumnUnknown."""
    found = resolve(table.headers, reading.columns, file)
    places = dict(found.places)
    notes: list[PairsNote] = []
    for column, may in ((columns.SCORE, score_as_label), (columns.DOMAIN, domain_as_label)):
        if column in reading.columns or not may(table.headers, places):
            continue
        if _looks_like_labels(table.frame[places[column]], fractions=column == columns.DOMAIN):
            places[columns.LABEL] = places.pop(column)
            notes.append(note(rules.NOTE_SCORE_AS_LABEL, column=table.headers[places[columns.LABEL]]))
    if columns.KIND in places and not _names_kinds(table.frame[places[columns.KIND]]):
        del places[columns.KIND]
    missing = [column for column in columns.REQUIRED if column not in places]
    if missing:
        raise ColumnsMissing(file, missing, [header[:40] for header in table.headers[:20] if header])
    return Resolution(places, found.twice), tuple(notes)


def _dropped(table: RawTable, resolution: Resolution) -> tuple[str, ...]:
    """The user's columns that became none of ours; one without a name counts, as #3, if it holds anything."""
    unused = resolution.unused(table.headers)
    named = {place: table.headers[place] for place in unused if table.headers[place]}
    nameless = {place: f"#{place + 1}" for place in unused if place not in named and place in table.filled}
    return tuple(name for _, name in sorted({**named, **nameless}.items()))


def _looks_like_labels(column: pd.Series, fractions: bool = False) -> bool:
    """Whether a column without a label beside it holds labels: a score not if it has cosines, fractions up to 1."""
    cells = scalars(column).dropna()
    numbers = pd.to_numeric(cells, errors="coerce").dropna()
    if numbers.empty or fractions:
        return len(cells) > 0 and all(map(is_label, cells.unique()[:_LOOKED_AT]))
    return bool((numbers == np.floor(numbers)).all() or numbers.max() > 1)


def _names_kinds(column: pd.Series) -> bool:
    return bool(as_text(column)[0].str.strip().str.lower().isin(columns.LABEL_KINDS).any())


def _repeated(file: str, table: RawTable, resolution: Resolution) -> Iterator[PairProblem]:
    for place in resolution.twice:
        yield PairProblem(file, table.header_row, table.headers[place], HEADER_TWICE)


def problems_of(file: str, rows: npt.NDArray[np.int64], findings: Iterable[Finding]) -> Iterator[PairProblem]:
    """What was found, row by row; rows: (n,) the line of each."""
    for finding in findings:
        places = np.flatnonzero(finding.bad)
        cells = None if finding.cells is None else finding.cells.iloc[places].tolist()
        for i, place in enumerate(places):
            value = "" if cells is None else shown(cells[i])
            params = finding.params
            if finding.sizes is not None:
                params = (*params, ("size", str(finding.sizes[place])))
            yield PairProblem(file, int(rows[place]), finding.column, finding.rule, value, params)
