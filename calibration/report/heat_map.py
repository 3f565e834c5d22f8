"""Heat map of every source against every target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.report.charts import PICKED, Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL

ROW: Final = "row"
"""Number of the source, 0 first; a click selects it."""
SOURCE: Final = "source"
TARGET: Final = "target"
COLUMN: Final = "column"
SCORE: Final = "score"
SHOWN: Final = "shown"
TIER: Final = "tier"

LABEL_LENGTH: Final = 14
CELL: Final = 40
AROUND: Final = 210
"""Height of the legend and of the slanting names, which a page counts in."""


@dataclass(frozen=True)
class HeatTexts:
    """Words of the chart."""

    source: str
    target: str
    score: str
    tier: str


def short(text: str, number: int) -> str:
    """A text as its row or column is called: its number and its beginning.

    >>> short("怎么退货", 0), len(short("很长" * 20, 11))
    ('1 怎么退货', 18)
    """
    return f"{number + 1} {text if len(text) <= LABEL_LENGTH else text[:LABEL_LENGTH] + '…'}"


def heat_frame(
    sources: Sequence[str], targets: Sequence[str], scores: NDArray[np.float64], tiers: Sequence[Sequence[str]]
) -> pd.DataFrame:
    """One row a cell of the (n, m) `scores`: both texts, their numbers, the score, its tier in words."""
    rows = [
        (i, j, short(source, i), short(target, j), float(scores[i, j]), f"{max(scores[i, j], 0):.1%}", tiers[i][j])
        for i, source in enumerate(sources)
        for j, target in enumerate(targets)
    ]
    return pd.DataFrame(rows, columns=[ROW, COLUMN, SOURCE, TARGET, SCORE, SHOWN, TIER])


def heat_chart(sources: int, names: Sequence[tuple[str, str]], low: float, high: float, texts: HeatTexts) -> Spec:
    """Cells coloured by tier, the stronger the higher the score, each with its score; a click picks a source.

    names: tiers in words with their colours. low, high: the range of scores, for the strength of a colour.
    """
    picked = alt.selection_point(name=PICKED, fields=[ROW])
    base = alt.Chart(empty_rows(ROW, COLUMN, SOURCE, TARGET, SCORE, SHOWN, TIER)).encode(
        x=alt.X(f"{TARGET}:N", title=texts.target, sort=None, axis=alt.Axis(labelAngle=-30, labelLimit=150)),
        y=alt.Y(f"{SOURCE}:N", title=texts.source, sort=None, axis=alt.Axis(labelLimit=190)),
        tooltip=[
            alt.Tooltip(f"{SOURCE}:N", title=texts.source),
            alt.Tooltip(f"{TARGET}:N", title=texts.target),
            alt.Tooltip(f"{SCORE}:Q", title=texts.score, format=".4f"),
            alt.Tooltip(f"{TIER}:N", title=texts.tier),
        ],
    )
    scale = alt.Scale(domain=[name for name, _ in names], range=[color for _, color in names])
    strength = alt.Scale(domain=[low, max(high, low + 0.01)], range=[0.18, 0.62])
    legend = alt.Legend(orient="top", columns=2, symbolOpacity=1, symbolStrokeWidth=0)  # two: a phone is narrow
    cells = base.mark_rect(cursor="pointer", stroke=NEUTRAL, strokeWidth=0.5).encode(
        color=alt.Color(f"{TIER}:N", title=texts.tier, scale=scale, legend=legend),
        opacity=alt.Opacity(f"{SCORE}:Q", scale=strength, legend=None),
    )
    numbers = base.mark_text(fontSize=13, fontWeight=600).encode(text=f"{SHOWN}:N")
    spec: Spec = alt.layer(cells.add_params(picked), numbers).properties(height=AROUND + CELL * sources).to_dict()
    return without_data(spec)
