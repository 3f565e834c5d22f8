"""Charts of what bad cases have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from calibration.report.charts import PICKED, Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS
from calibration.text.differences import TAGS

NAME: Final = "name"
VALUE: Final = "value"
CASES: Final = "cases"
WEEK: Final = "week"
SHARE: Final = "share"
"""Column with the share of upheld reports in words, for the tooltip."""

_HUES: Final = (*TIER_COLORS.values(), "#6C7BC0", "#7FA65A", "#C77B4A", "#5B8A8A", "#A8578B")
COLORS: Final = dict(zip(TAGS, _HUES, strict=True))
"""Of each tag; what has none is NEUTRAL."""


@dataclass(frozen=True)
class PatternTexts:
    """Words of the charts."""

    cases: str
    upheld: str
    week: str
    tag: str


def bars(texts: PatternTexts, names: Sequence[str]) -> Spec:
    """One bar a value, in the order of `names`; rows: `name`, `value`, `cases`, `share`.

    A click selects the bar's `value` in the selection `picked`.
    """
    picked = alt.selection_point(name=PICKED, fields=[VALUE])
    chart = (
        alt.Chart(empty_rows(NAME, VALUE, CASES, SHARE))
        .mark_bar(color=TIER_COLORS["same"], cursor="pointer")
        .encode(
            x=alt.X(f"{CASES}:Q", title=texts.cases, axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y(f"{NAME}:N", title=None, sort=list(names), axis=alt.Axis(labelLimit=180, labelOverlap=False)),
            opacity=alt.condition(picked, alt.value(0.95), alt.value(0.35)),
            tooltip=[
                alt.Tooltip(f"{NAME}:N", title=" "),
                alt.Tooltip(f"{CASES}:Q", title=texts.cases, format=",d"),
                alt.Tooltip(f"{SHARE}:N", title=texts.upheld),
            ],
        )
        .add_params(picked)
        .properties(height=80 + 30 * len(names))  # 80: the axis, which the page counts in
    )
    return without_data(chart.to_dict())


def weeks(texts: PatternTexts, names: Mapping[str, str]) -> Spec:
    """Stacked bars by week and tag; rows: `week`, `name`, `cases`; `names`, by tag, fixes the order of the stack.

    A tag has the same colour whichever others there are.
    """
    colors = [COLORS.get(tag, NEUTRAL) for tag in names]
    order = list(names.values())
    chart = (
        alt.Chart(empty_rows(WEEK, NAME, CASES))
        .mark_bar()
        .encode(
            x=alt.X(
                f"yearmonthdate({WEEK}):O",
                title=texts.week,
                axis=alt.Axis(format="%Y-%m-%d", labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y(f"{CASES}:Q", title=texts.cases, stack="zero", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                f"{NAME}:N",
                title=texts.tag,
                sort=order,
                scale=alt.Scale(domain=order, range=colors),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip(f"{WEEK}:T", title=texts.week, format="%Y-%m-%d"),
                alt.Tooltip(f"{NAME}:N", title=texts.tag),
                alt.Tooltip(f"{CASES}:Q", title=texts.cases, format=",d"),
            ],
        )
        .properties(height=320)
    )
    return without_data(chart.to_dict())
