"""Charts of the map from scores to probabilities, and of its reliability.

Charts are Vega-Lite dictionaries without their main data, as in `calibration.report.charts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from calibration.columns import SAME, SCORE
from calibration.evaluation.reliability import Reliability
from calibration.policies.probability_map import ProbabilityMap
from calibration.report.charts import Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS

VALUE: Final = "value"
LOW: Final = "low"
HIGH: Final = "high"
PREDICTED: Final = "predicted"
LABELS: Final = "labels"

POINTS: Final = 400
HEIGHT: Final = 300
COLOR: Final = TIER_COLORS[SAME]


@dataclass(frozen=True)
class ReliabilityTexts:
    """Words of both charts: names of axes and tooltips."""

    score: str
    chance: str
    low: str
    high: str
    predicted: str
    observed: str
    labels: str


def map_frame(found: ProbabilityMap, points: int = POINTS) -> pd.DataFrame:
    """The map's knots as rows `score, value, low, high`, thinned to about `points`; ends are kept.

    >>> map_frame(ProbabilityMap((0.2, 0.9), (0.0, 1.0), (0.0, 0.5), (0.4, 1.0), 50, 0.9))["value"].tolist()
    [0.0, 1.0]
    """
    kept = np.unique(np.linspace(0, max(len(found.scores) - 1, 0), points).round().astype(int))
    columns = {SCORE: found.scores, VALUE: found.values, LOW: found.low, HIGH: found.high}
    whole = pd.DataFrame({name: np.asarray(values, dtype=np.float64) for name, values in columns.items()})
    return whole.iloc[kept].reset_index(drop=True) if len(whole) else whole


def bins_frame(found: Reliability) -> pd.DataFrame:
    """One row a bin of neighbouring probabilities: `predicted`, `value` observed, `low, high`, `labels`."""
    rows = [(b.predicted, b.observed.value, b.observed.low, b.observed.high, b.observed.n) for b in found.bins]
    return pd.DataFrame(rows, columns=[PREDICTED, VALUE, LOW, HIGH, LABELS])


def chance_chart(texts: ReliabilityTexts) -> Spec:
    """The map of `map_frame`: a rising line with its interval as a band."""
    base = alt.Chart(empty_rows(SCORE, VALUE, LOW, HIGH)).encode(
        x=alt.X(f"{SCORE}:Q", title=texts.score, scale=alt.Scale(zero=False, nice=False)),
        tooltip=[
            alt.Tooltip(f"{SCORE}:Q", title=texts.score, format=".3f"),
            *_share_tips(texts.chance, texts),
        ],
    )
    band = base.mark_area(color=COLOR, opacity=0.28).encode(y=_share(LOW, texts.chance), y2=f"{HIGH}:Q")
    line = base.mark_line(color=COLOR, strokeWidth=2.5).encode(y=_share(VALUE, texts.chance))
    spec: Spec = alt.layer(band, line).properties(height=HEIGHT).to_dict()
    return without_data(spec)


def reliability_chart(texts: ReliabilityTexts) -> Spec:
    """The bins of `bins_frame`: chance said against share observed, with its interval; true is the diagonal."""
    ends = alt.InlineData(values=[{PREDICTED: 0, VALUE: 0}, {PREDICTED: 1, VALUE: 1}])
    said = alt.X(f"{PREDICTED}:Q", title=texts.predicted, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    diagonal = (
        alt.Chart(ends).mark_line(color=NEUTRAL, strokeDash=[5, 3]).encode(x=said, y=_share(VALUE, texts.observed))
    )
    base = alt.Chart(empty_rows(PREDICTED, VALUE, LOW, HIGH, LABELS)).encode(
        x=said,
        tooltip=[
            alt.Tooltip(f"{PREDICTED}:Q", title=texts.predicted, format=".1%"),
            *_share_tips(texts.observed, texts),
            alt.Tooltip(f"{LABELS}:Q", title=texts.labels, format=",d"),
        ],
    )
    spread = base.mark_rule(color=COLOR, strokeWidth=2, opacity=0.7).encode(
        y=_share(LOW, texts.observed), y2=f"{HIGH}:Q"
    )
    points = base.mark_point(color=COLOR, filled=True, size=70, opacity=1).encode(y=_share(VALUE, texts.observed))
    spec: Spec = alt.layer(diagonal, spread, points).properties(height=HEIGHT).to_dict()
    return without_data(spec)


def _share(column: str, title: str) -> alt.Y:
    """A share from 0 to 100% on the upright axis."""
    return alt.Y(f"{column}:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))


def _share_tips(title: str, texts: ReliabilityTexts) -> list[alt.Tooltip]:
    """What a share is, and its interval."""
    named = {VALUE: title, LOW: texts.low, HIGH: texts.high}
    return [alt.Tooltip(f"{column}:Q", title=name, format=".1%") for column, name in named.items()]
