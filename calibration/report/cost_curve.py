"""Chart of the cost of every threshold of `same`, as Vega-Lite without its main data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import altair as alt
import pandas as pd

from calibration.columns import SAME
from calibration.costs.curve import CostCurve
from calibration.report.charts import EXACTLY, Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS
from calibration.stats.formatting import threshold

THRESHOLD: Final = "threshold"
COST: Final = "cost"
SHARE: Final = "share"

HEIGHT: Final = 320


@dataclass(frozen=True)
class CostTexts:
    """Words of the chart: names of axes and tooltips."""

    threshold: str
    cost: str
    share: str


def curve_frame(found: CostCurve) -> pd.DataFrame:
    """One row a threshold: `threshold`, `cost` per pair, `share` of the pairs at or above."""
    return pd.DataFrame({THRESHOLD: found.thresholds, COST: found.cost, SHARE: found.same_share})


def cost_chart(texts: CostTexts, marks: Mapping[str, float], domain: tuple[float, float]) -> Spec:
    """The curve of `curve_frame`; a dashed rule for each named threshold of `marks` inside `domain`."""
    line = (
        alt.Chart(empty_rows(THRESHOLD, COST, SHARE))
        .mark_line(color=TIER_COLORS[SAME], strokeWidth=2.5, interpolate="step-before")
        .encode(
            x=alt.X(f"{THRESHOLD}:Q", title=texts.threshold, scale=alt.Scale(domain=list(domain), nice=False)),
            y=alt.Y(f"{COST}:Q", title=texts.cost, scale=alt.Scale(zero=True)),
            tooltip=[
                alt.Tooltip(f"{THRESHOLD}:Q", title=texts.threshold, format=EXACTLY),
                alt.Tooltip(f"{COST}:Q", title=texts.cost, format=".3f"),
                alt.Tooltip(f"{SHARE}:Q", title=texts.share, format=".1%"),
            ],
        )
    )
    inside = {name: value for name, value in marks.items() if domain[0] <= value <= domain[1]}
    spec: Spec = alt.layer(line, *_marks(inside, sum(domain) / 2)).properties(height=HEIGHT).to_dict()
    return without_data(spec)


def _marks(marks: Mapping[str, float], middle: float) -> list[alt.Chart]:
    """A dashed line for each threshold, its name on the side where there is room, one below another."""
    layers = []
    for slot, (name, value) in enumerate(marks.items()):
        row = {"at": value, "text": f"{name} {threshold(value)}"}
        base = alt.Chart(alt.InlineData(values=[row])).encode(x=alt.X("at:Q"))
        right = value > middle
        layers.append(base.mark_rule(strokeDash=[5, 3], strokeWidth=1.5, color=NEUTRAL))
        layers.append(
            base.mark_text(
                align="right" if right else "left",
                baseline="top",
                dx=-4 if right else 4,
                dy=slot * 15,
                fontWeight="bold",
            ).encode(text="text:N", y=alt.value(2))
        )
    return layers
