"""Small histograms of scores by label, one for each domain, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from calibration.columns import DOMAIN, LABEL, SCORE
from calibration.report.charts import NAME, RANGE, HistogramTexts, Spec, empty_rows, stacked, without_data
from calibration.report.histogram import COUNT, HI, LO, bin_edges, histogram

PLACE: Final = "place"
"""Column with the domain's name."""
BINS: Final = 40
COLUMNS: Final = 3
WIDTH: Final = 190
"""Pixels of each: with their axes, COLUMNS of them fit beside the menu on a screen 1280 pixels wide."""
MOST: Final = 12
"""So many domains are drawn, those with the most pairs."""


def multiples_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """What `histogram()` counts in each of the MOST largest domains of `rows`, over the same bins.

    rows: scored pairs with labels of one kind. `charts.name_bins` adds the words that the chart shows.
    """
    largest = rows[DOMAIN].value_counts().head(MOST).index
    edges = bin_edges(rows[SCORE].to_numpy(dtype=np.float64), BINS)
    parts = [
        histogram(rows[rows[DOMAIN] == domain], edges).assign(**{PLACE: str(domain)}) for domain in sorted(largest)
    ]
    return pd.concat(parts, ignore_index=True)


def multiples_chart(names: Sequence[str], colors: Sequence[str], texts: HistogramTexts, width: int = WIDTH) -> Spec:
    """A small histogram for each `place` of `multiples_frame`; counts have an axis of their own in each."""
    return dict(_multiples(tuple(names), tuple(colors), texts, width))


@lru_cache(maxsize=64)
def _multiples(names: tuple[str, ...], colors: tuple[str, ...], texts: HistogramTexts, width: int) -> Spec:
    """Built once, as Altair takes longer than a page may."""
    chart = (
        alt.Chart(empty_rows(LO, HI, COUNT, LABEL, NAME, RANGE, PLACE))
        .mark_bar(stroke=None)
        .encode(
            x=alt.X(f"{LO}:Q", bin="binned", title=texts.score, axis=alt.Axis(tickCount=5)),
            **stacked(names, colors, texts),
        )
        .properties(width=width, height=150)
        .facet(alt.Facet(f"{PLACE}:N", title=None), columns=COLUMNS)
        .resolve_scale(y="independent")
    )
    spec: Spec = chart.to_dict()
    return without_data(spec)
