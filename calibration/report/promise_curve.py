"""What a threshold of `same` would be worth: precision and recall over all thresholds, as a frame and a chart.

The band is Clopper-Pearson at each threshold by itself. It is not what a certificate rests on, which allows for
having searched; so the certified threshold stands where the band is well above the target.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import beta

from calibration.curve import Curve
from calibration.report.charts import Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS

THRESHOLD: Final = "threshold"
VALUE: Final = "value"
LOW: Final = "low"
HIGH: Final = "high"
RECALL: Final = "recall"
ABOVE: Final = "above"

POINTS: Final = 300
HEIGHT: Final = 280


@dataclass(frozen=True)
class PromiseTexts:
    """Words of the chart: names of axes and tooltips."""

    threshold: str
    share: str
    precision: str
    recall: str
    interval: str
    above: str


def promise_frame(counts: Curve, confidence: float = 0.9, points: int = POINTS) -> pd.DataFrame:
    """Rows `threshold, value, low, high, recall, above`, about `points` of the thresholds: precision of the `above`
    labels at or above each with its two-sided interval, and the share of positives that they catch.

    >>> from calibration.curve import curve
    >>> promise_frame(curve([0.9, 0.8, 0.1], [1, 1, 0]))[["value", "recall"]].round(2).to_numpy().tolist()
    [[1.0, 0.5], [1.0, 1.0], [0.67, 1.0]]
    """
    # By counts, so that the steep part at the top gets as many points as the flat one.
    kept = np.unique(np.linspace(0, max(counts.thresholds.size - 1, 0), points).round().astype(np.int64))
    kept = kept[: counts.thresholds.size]
    n, wrong = counts.n_above[kept], counts.false_positives[kept]
    tail, right = (1.0 - confidence) / 2.0, counts.n_above[kept] - counts.false_positives[kept]
    with np.errstate(invalid="ignore"):
        low = np.where(right > 0, beta.ppf(tail, right, wrong + 1), 0.0)
        high = np.where(wrong > 0, beta.ppf(1.0 - tail, right + 1, wrong), 1.0)
    columns = (counts.thresholds[kept], counts.precision[kept], low, high, counts.recall[kept], n)
    return pd.DataFrame(dict(zip((THRESHOLD, VALUE, LOW, HIGH, RECALL, ABOVE), columns, strict=True)))


def promise_chart(texts: PromiseTexts, color: str, marks: Mapping[str, float], target: float | None) -> Spec:
    """The frame of `promise_frame`: precision with its band, recall dashed; a level line at `target`, an upright
    one at each threshold of `marks`, by name.
    """
    base = alt.Chart(empty_rows(THRESHOLD, VALUE, LOW, HIGH, RECALL, ABOVE)).encode(
        x=alt.X(f"{THRESHOLD}:Q", title=texts.threshold, scale=alt.Scale(zero=False, nice=False)),
        tooltip=[
            alt.Tooltip(f"{THRESHOLD}:Q", title=texts.threshold, format=".4f"),
            alt.Tooltip(f"{VALUE}:Q", title=texts.precision, format=".1%"),
            alt.Tooltip(f"{LOW}:Q", title=f"{texts.interval} <", format=".1%"),
            alt.Tooltip(f"{HIGH}:Q", title=f"{texts.interval} >", format=".1%"),
            alt.Tooltip(f"{RECALL}:Q", title=texts.recall, format=".1%"),
            alt.Tooltip(f"{ABOVE}:Q", title=texts.above, format=",d"),
        ],
    )
    layers = [base.mark_area(color=color, opacity=0.18).encode(y=_share(LOW, texts), y2=f"{HIGH}:Q")]
    hues = alt.Scale(domain=[texts.precision, texts.recall], range=[color, NEUTRAL])
    legend = alt.Color("series:N", scale=hues, legend=alt.Legend(orient="top", title=None))
    for column, name, dash in ((VALUE, texts.precision, [1, 0]), (RECALL, texts.recall, [5, 3])):
        line = base.transform_calculate(series=json.dumps(name)).mark_line(strokeWidth=2.5, strokeDash=dash)
        layers.append(line.encode(y=_share(column, texts), color=legend))
    if target is not None:
        level = alt.Chart(alt.InlineData(values=[{VALUE: target}]))
        layers.append(level.mark_rule(color=TIER_COLORS["weak"], strokeWidth=1.5).encode(y=_share(VALUE, texts)))
    for name, at in marks.items():
        row = alt.Chart(alt.InlineData(values=[{THRESHOLD: at, "text": name}])).encode(x=f"{THRESHOLD}:Q")
        layers.append(row.mark_rule(color=color, strokeDash=[5, 3], strokeWidth=2))
        words = row.mark_text(align="right", baseline="bottom", dx=-5, dy=-4, fontWeight="bold", color=color)
        layers.append(words.encode(text="text:N", y=alt.value(HEIGHT)))
    spec: Spec = alt.layer(*layers).properties(height=HEIGHT).to_dict()
    return without_data(spec)


def _share(column: str, texts: PromiseTexts) -> alt.Y:
    """A share from 0 to 100% on the upright axis."""
    return alt.Y(f"{column}:Q", title=texts.share, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
