"""Chart of each domain's thresholds with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from calibration.columns import THRESHOLD_TIERS, shown_tier
from calibration.fitting.fit import DomainFit
from calibration.policies.tiers import PUBLISHED
from calibration.report.charts import EXACTLY, NAME, Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS
from calibration.stats.intervals import Estimate

PLACE: Final = "place"
"""Column with the domain's name."""
TIER: Final = "tier"
VALUE: Final = "value"
LOW: Final = "low"
HIGH: Final = "high"
CERTIFIED: Final = "certified"
LABELS: Final = "labels"


@dataclass(frozen=True)
class SpreadTexts:
    """Words of the chart."""

    threshold: str
    tier: str
    low: str
    high: str
    certified: str
    published: str


def spread_frame(
    found: Mapping[str, Mapping[str, Estimate]], fits: Mapping[str, DomainFit], name: Callable[[str], str]
) -> pd.DataFrame:
    """One row a domain and tier: `place, tier, name, value, low, high, certified, labels`.

    found: what `calibration.fitting.empirical_threshold.nominal_thresholds` gives, by domain. name: of a
    tier, or of what people read in its place, in words.

    A threshold that labels do not reach is left out; infinite bounds end at 1. certified is NaN where none is.
    """
    rows = []
    for domain, tiers in found.items():
        for tier, estimate in tiers.items():
            certificate = fits[domain].certificates.get(tier)
            certified = certificate.threshold if certificate is not None and certificate.certified else np.nan
            nominal = estimate.value if np.isfinite(estimate.value) else np.nan
            if np.isnan(nominal) and np.isnan(certified):
                continue
            low, high = (
                min(1.0, bound) if np.isfinite(nominal) else np.nan for bound in (estimate.low, estimate.high)
            )
            rows.append(
                (
                    domain,
                    tier,
                    name(shown_tier(tier, fits[domain].binary)),
                    nominal,
                    low,
                    high,
                    certified,
                    estimate.n,
                )
            )
    return pd.DataFrame(rows, columns=[PLACE, TIER, NAME, VALUE, LOW, HIGH, CERTIFIED, LABELS])


def spread_chart(frame: pd.DataFrame, texts: SpreadTexts) -> Spec:
    """The intervals of `spread_frame`: a bar for each, a dot at the nominal threshold, a diamond where certified.

    Dashed lines are at the published thresholds.
    """
    names = dict(
        sorted(zip(frame[NAME], frame[TIER], strict=True), key=lambda item: THRESHOLD_TIERS.index(item[1]))
    )
    domains = frame[PLACE].nunique()
    x = alt.X(
        f"{VALUE}:Q",
        title=texts.threshold,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(format=".2f", tickCount=10),
    )
    color = alt.Color(
        f"{NAME}:N",
        title=texts.tier,
        sort=list(names),
        scale=alt.Scale(domain=list(names), range=[TIER_COLORS[tier] for tier in names.values()]),
        legend=alt.Legend(orient="top", symbolOpacity=1),
    )
    base = alt.Chart(empty_rows(PLACE, TIER, NAME, VALUE, LOW, HIGH, CERTIFIED, LABELS)).encode(
        y=alt.Y(f"{PLACE}:N", title=None, axis=alt.Axis(labelLimit=180)),
        yOffset=alt.YOffset(f"{NAME}:N", sort=list(names)),
        color=color,
        tooltip=[
            alt.Tooltip(f"{PLACE}:N", title=" "),
            alt.Tooltip(f"{NAME}:N", title=texts.tier),
            alt.Tooltip(f"{VALUE}:Q", title=texts.threshold, format=EXACTLY),
            alt.Tooltip(f"{LOW}:Q", title=texts.low, format=".3f"),
            alt.Tooltip(f"{HIGH}:Q", title=texts.high, format=".3f"),
            alt.Tooltip(f"{CERTIFIED}:Q", title=texts.certified, format=EXACTLY),
        ],
    )
    bars = base.mark_rule(strokeWidth=6, opacity=0.35, strokeCap="round").encode(x=x.copy(), x2=f"{HIGH}:Q")
    bars.encoding.x.shorthand = f"{LOW}:Q"
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(x=x)
    diamonds = base.mark_point(filled=True, shape="diamond", size=140, opacity=1).encode(x=f"{CERTIFIED}:Q")
    marks = [{VALUE: value, "text": f"{texts.published} {value:.2f}"} for value in PUBLISHED.values()]
    ruled = alt.Chart(alt.InlineData(values=marks)).encode(x=x)
    rules = ruled.mark_rule(strokeDash=[5, 3], color=NEUTRAL).encode(tooltip=alt.Tooltip("text:N", title=" "))
    spec: Spec = alt.layer(rules, bars, dots, diamonds).properties(height=90 + 70 * domains).to_dict()
    return without_data(spec)
