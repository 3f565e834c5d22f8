"""Raw table -> canonical pairs frame and every problem, in one pass over whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration import columns
from calibration.columns import PairProblem
from calibration.errors import ColumnsMissing
from calibration.pairs import checks, rules
from calibration.pairs.cells import as_text, scalars, shown
from calibration.pairs.findings import Columns, Finding, Part
from calibration.pairs.headers import Resolution, resolve, score_as_label
from calibration.pairs.labels import is_label
from calibration.pairs.rules import PairsNote, note
from calibration.pairs.source import Limits
from calibration.pairs.table import TEXT_DTYPE, RawTable

MIXED: Final = "mixed"
"""The kind of a file whose rows name more than one."""

_ORDER: Final = (*columns.REQUIRED, columns.KIND, columns.DOMAIN, *columns.OPTIONAL, columns.SCORE)
_NOTHING: Final = pd.DataFrame(
    {
        column: pd.Series(dtype=np.float64 if column == columns.LABEL else TEXT_DTYPE)
        for column in (*columns.REQUIRED, columns.KIND, columns.DOMAIN)
    }
)
"""The frame of a file in which nothing could be read."""


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


def check(file: str, table: RawTable, domain: str | None, kind: str | None, limits: Limits) -> Checked:
    """Judge every row of `table` by every rule.

    Raises ColumnsMissing where no columns can serve as two texts and a label.
    """
    if not table.headers:
        return Checked(_NOTHING.copy(), table.problems, table.notes, kind or "", {}, (), table.rows[:0])
    resolution, notes = _resolve(file, table)
    dropped = _dropped(table, resolution)
    if dropped:
        notes = (*notes, note(rules.NOTE_DROPPED_COLUMNS, columns=", ".join(dropped)))
    given = Columns(
        {column: table.frame[place] for column, place in resolution.places.items()},
        {column: table.headers[place] for column, place in resolution.places.items()},
    )
    parts = (
        checks.texts(given, limits),
        checks.labels(given, kind),
        checks.domains(given, domain),
        checks.purposes(given),
        checks.scores(given),
        checks.free(given),
    )
    findings = [finding for part in parts for finding in part.findings]
    frame, good = _good_rows(parts, findings, len(table.frame))
    problems = [*_repeated(file, table, resolution), *table.problems, *_problems(file, table.rows, findings)]
    return Checked(
        frame,
        tuple(sorted(problems, key=lambda problem: problem.row)),
        (*table.notes, *notes, *(item for part in parts for item in part.notes)),
        _kind(frame) or kind or "",
        given.names,
        dropped,
        table.rows[good],
    )


def _good_rows(
    parts: Iterable[Part], findings: Iterable[Finding], rows: int
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """The rows that break no rule, and which they are."""
    cells = {column: made for part in parts for column, made in part.made.items()}
    bad = np.zeros(rows, dtype=bool)
    for finding in findings:
        bad |= finding.bad
    frame = pd.DataFrame({column: cells[column] for column in _ORDER if column in cells})
    return (frame[~bad].reset_index(drop=True) if bad.any() else frame), ~bad


def _kind(frame: pd.DataFrame) -> str:
    kinds = frame[columns.KIND].unique()
    return MIXED if len(kinds) > 1 else "".join(kinds)


def _resolve(file: str, table: RawTable) -> tuple[Resolution, tuple[PairsNote, ...]]:
    """Which column is which, the label and the score told apart; raises ColumnsMissing."""
    found = resolve(table.headers)
    places = dict(found.places)
    notes: list[PairsNote] = []
    if score_as_label(table.headers, places) and _looks_like_labels(table.frame[places[columns.SCORE]]):
        places[columns.LABEL] = places.pop(columns.SCORE)
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
    filled = (place for place in unused if place not in named and place in table.frame)
    nameless = {place: f"#{place + 1}" for place in filled if as_text(table.frame[place])[0].str.strip().any()}
    return tuple(name for _, name in sorted({**named, **nameless}.items()))


def _looks_like_labels(column: pd.Series) -> bool:
    """Whether a score column without a label beside it holds labels: not cosines, which are fractions up to 1."""
    cells = scalars(column).dropna()
    numbers = pd.to_numeric(cells, errors="coerce").dropna()
    if numbers.empty:
        return len(cells) > 0 and all(map(is_label, cells.unique()))
    return bool((numbers == np.floor(numbers)).all() or numbers.max() > 1)


def _names_kinds(column: pd.Series) -> bool:
    return bool(as_text(column)[0].str.strip().str.lower().isin(columns.LABEL_KINDS).any())


def _repeated(file: str, table: RawTable, resolution: Resolution) -> Iterator[PairProblem]:
    for place in resolution.twice:
        yield PairProblem(file, table.header_row, table.headers[place], rules.HEADER_TWICE)


def _problems(file: str, rows: npt.NDArray[np.int64], findings: Iterable[Finding]) -> Iterator[PairProblem]:
    for finding in findings:
        places = np.flatnonzero(finding.bad)
        cells = None if finding.cells is None else finding.cells.iloc[places].tolist()
        for i, place in enumerate(places):
            value = "" if cells is None else shown(cells[i])
            params = finding.params
            if finding.sizes is not None:
                params = (*params, ("size", str(finding.sizes[place])))
            yield PairProblem(file, int(rows[place]), finding.column, finding.rule, value, params)
