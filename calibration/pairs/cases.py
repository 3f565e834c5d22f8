"""Reading bad cases from files: pairs whose label is what was expected, under names that such files use."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd

from calibration.columns import BINARY, KIND, LABEL, NOT_SAME
from calibration.pairs.cells import as_text
from calibration.pairs.headers import normalise, resolve
from calibration.pairs.read import PairsReport, PairsSource, read_checked, read_table
from calibration.pairs.source import DEFAULT_LIMITS, Limits
from calibration.pairs.table import TEXT_DTYPE, RawTable

EXPECTED_NAMES: Final = (
    "expected",
    "tier_expected",
    "expected_tier",
    "should_be",
    "期望",
    "期望等级",
    "应为",
    "正确等级",
)
"""Names of the column that says what a pair should have been, in a file that has no label."""
_EXPECTED: Final = frozenset(map(normalise, EXPECTED_NAMES))
NOT_SAME_NAMES: Final = (NOT_SAME, "not same", "不相同", "不一致", "不是同义")


def read_bad_cases(
    source: PairsSource, domain: str | None = None, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> PairsReport:
    """Like `read_pairs`, with the label under `label` or one of EXPECTED_NAMES; it may also say `not_same`.

    Raises what `read_pairs` raises.
    """
    file, table = read_table(source, name, limits)
    report = read_checked(file, _labelled(table), domain, None, limits)
    own = next((header for header in table.headers if normalise(header) in _EXPECTED), LABEL)
    problems = tuple(
        replace(problem, column=own) if problem.column == LABEL else problem for problem in report.problems
    )
    return replace(report, problems=problems)


def _labelled(table: RawTable) -> RawTable:
    """The table with the expectation as its label; `not_same` becomes the binary label 0."""
    headers = list(table.headers)
    places = resolve(headers).places
    if LABEL not in places:
        found = [place for place, header in enumerate(headers) if normalise(header) in _EXPECTED]
        if found:
            headers[found[0]] = LABEL
            places = resolve(headers).places
    place = places.get(LABEL)
    if place is None or KIND in places or place not in table.frame:
        return replace(table, headers=tuple(headers))
    said = as_text(table.frame[place])[0].str.strip().str.casefold().isin(NOT_SAME_NAMES)
    if not said.any():
        return replace(table, headers=tuple(headers))
    frame = table.frame.copy(deep=False)
    frame[place] = frame[place].astype(object).mask(said, "0")
    frame[len(headers)] = pd.Series("", index=frame.index, dtype=TEXT_DTYPE).mask(said, BINARY)
    return replace(table, headers=(*headers, KIND), frame=frame)
