"""Read bad cases from files: pairs whose label is the expected tier."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd

from calibration.columns import BINARY, KIND, LABEL, NOT_SAME
from calibration.pairs.headers import normalise, resolve
from calibration.pairs.read import PairsReport, read_checked
from calibration.pairs.table import PairsSource, RawTable, placeholder, read_table
from calibration.tables.cells import as_text
from calibration.tables.limits import DEFAULT_LIMITS, Limits

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
REPORTER: Final = "reporter"
REPORTER_NAMES: Final = (REPORTER, "reported_by", "reported by", "上报人", "报告人", "提交人", "反馈人")
"""Names of the column that says who reported a case."""
_REPORTER: Final = frozenset(map(normalise, REPORTER_NAMES))
NOT_SAME_NAMES: Final = (NOT_SAME, "not same", "不相同", "不一致", "不是同义")


def read_bad_cases(
    source: PairsSource, domain: str | None = None, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> PairsReport:
    """Like `read_pairs`, with the label under `label` or one of EXPECTED_NAMES; it may also say `not_same`.

    A column under one of REPORTER_NAMES is the column `reporter` of the frame.

    Raises what `read_pairs` raises.
    """
    file, read = read_table(source, name, limits, extra=(_EXPECTED | _REPORTER).__contains__)
    table, reporters = _without_reporter(read)
    report = read_checked(file, _labelled(table), domain, limits)
    if reporters is not None:
        names = reporters.reindex(report.lines).to_numpy()
        report = replace(report, frame=report.frame.assign(**{REPORTER: names}))
    own = next((header for header in table.headers if normalise(header) in _EXPECTED), LABEL)
    problems = tuple(
        replace(problem, column=own) if problem.column == LABEL else problem for problem in report.problems
    )
    return replace(report, problems=problems)


def _without_reporter(table: RawTable) -> tuple[RawTable, pd.Series | None]:
    """The table without the column that says who reported, and that column by line."""
    place = next((at for at, header in enumerate(table.headers) if normalise(header) in _REPORTER), None)
    if place is None or place not in table.frame:
        return table, None
    names = pd.Series(as_text(table.frame[place])[0].str.strip().to_numpy(), index=table.rows)
    kept = [at for at in range(len(table.headers)) if at != place]
    frame = table.frame[[at for at in kept if at in table.frame]]
    frame = frame.rename(columns={old: new for new, old in enumerate(kept)})
    return replace(table, headers=tuple(table.headers[at] for at in kept), frame=frame), names


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
    frame[len(headers)] = placeholder(frame.index, "").mask(said, BINARY)
    return replace(table, headers=(*headers, KIND), frame=frame)
