"""Chart of live scores by day next to the calibration scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import altair as alt
import pandas as pd

from calibration.columns import SCORE
from calibration.report.charts import Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS

DAY: Final = "day"
LOW: Final = "low"
MIDDLE: Final = "middle"
HIGH: Final = "high"
SCORES: Final = "scores"
HEIGHT: Final = 240


@dataclass(frozen=True)
class DailyTexts:
    """Words of the chart."""

    day: str
    score: str
    low: str
    high: str
    scores: str


def daily_frame(live: pd.DataFrame) -> pd.DataFrame:
    """Quartiles of each day's scores: `day, low, middle, high, scores`; rows of `live`: `day` (ISO 8601), `score`.

    >>> daily_frame(pd.DataFrame({"day": ["2026-01-02"] * 3, "score": [0.0, 0.5, 1.0]})).to_numpy().tolist()
    [['2026-01-02', 0.25, 0.5, 0.75, 3]]
    """
    grouped = live.groupby(DAY, sort=True)[SCORE]
    shares = {LOW: 0.25, MIDDLE: 0.5, HIGH: 0.75}
    spread = pd.DataFrame({name: grouped.quantile(share) for name, share in shares.items()})
    return spread.assign(**{SCORES: grouped.size()}).reset_index()


def daily_chart(calibrated: tuple[float, float, float], texts: DailyTexts) -> Spec:
    """The median of each day as a line, the middle half as a band; the `calibrated` quartiles as dashed lines."""
    day = f"utcyearmonthdate({DAY})"  # a day is read as its midnight in UTC, and another day in half of the world
    x = alt.X(f"{day}:T", title=texts.day, axis=alt.Axis(format="%m-%d", tickMinStep=86_400_000))
    base = alt.Chart(empty_rows(DAY, LOW, MIDDLE, HIGH, SCORES)).encode(
        x=x,
        tooltip=[
            alt.Tooltip(f"{day}:T", title=texts.day, format="%Y-%m-%d"),
            alt.Tooltip(f"{MIDDLE}:Q", title=texts.score, format=".3f"),
            alt.Tooltip(f"{LOW}:Q", title=texts.low, format=".3f"),
            alt.Tooltip(f"{HIGH}:Q", title=texts.high, format=".3f"),
            alt.Tooltip(f"{SCORES}:Q", title=texts.scores, format=",d"),
        ],
    )
    y = alt.Scale(zero=False)
    color = TIER_COLORS["weak"]
    band = base.mark_area(color=color, opacity=0.25).encode(
        y=alt.Y(f"{LOW}:Q", title=texts.score, scale=y), y2=f"{HIGH}:Q"
    )
    line = base.mark_line(color=color, strokeWidth=2.5, point={"color": color})
    line = line.encode(y=alt.Y(f"{MIDDLE}:Q", scale=y))
    marks = [{MIDDLE: value} for value in calibrated]
    rules = alt.Chart(alt.InlineData(values=marks)).mark_rule(strokeDash=[5, 3], color=NEUTRAL)
    spec: Spec = alt.layer(rules.encode(y=f"{MIDDLE}:Q"), band, line).properties(height=HEIGHT).to_dict()
    return without_data(spec)
