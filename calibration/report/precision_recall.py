"""Chart of precision against recall at every threshold, with certified thresholds marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.columns import LOWEST_SCORE, SAME, SCORE, THRESHOLD_TIERS
from calibration.pairs import positives
from calibration.policies.tiers import Thresholds, lowered
from calibration.report.charts import EXACTLY, NAME, Spec, empty_rows, without_data
from calibration.report.palette import NEUTRAL, TIER_COLORS
from calibration.stats.formatting import percent
from calibration.stats.threshold_counts import curve

TIER: Final = "tier"
RECALL: Final = "recall"
PRECISION: Final = "precision"
THRESHOLD: Final = "threshold"
ABOVE: Final = "above"
LOWER: Final = "lower"

POINTS: Final = 200
HEIGHT: Final = 320


@dataclass(frozen=True)
class CurveTexts:
    """Words of the chart: names of axes, legend and tooltips; `promised` stands on the dashed line."""

    recall: str
    precision: str
    threshold: str
    above: str
    tier: str
    lower: str
    promised: str = "{precision}"


def curve_frame(
    rows: pd.DataFrame, names: Mapping[str, str], points: int = POINTS, *, thresholds: Thresholds | None = None
) -> pd.DataFrame:
    """One row a tier and threshold: `tier, name, threshold, above, recall, precision`, falling thresholds.

    rows: scored, labelled pairs of one domain. names: tiers in the reader's words. Thinned to about `points`
    thresholds a tier at even ranks of recall; tiers that the labels cannot tell have no row. thresholds: whose
    guards keep pairs from `same`: these count as missed at every threshold. Raises GuardsNeedTexts.
    """
    parts = [_of_tier(_seen(rows, tier, thresholds), tier, names[tier], points) for tier in THRESHOLD_TIERS]
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else parts[0]


def _seen(rows: pd.DataFrame, tier: str, thresholds: Thresholds | None) -> pd.DataFrame:
    """The rows as a tier's threshold meets them: guards hold pairs back from `same` alone."""
    return lowered(rows, thresholds) if tier == SAME and thresholds is not None else rows


def _of_tier(rows: pd.DataFrame, tier: str, name: str, points: int) -> pd.DataFrame:
    """The curve of one tier."""
    counts = curve(rows[SCORE].to_numpy(dtype=np.float64), positives(rows, tier))
    if not counts.positives:
        return pd.DataFrame(columns=[TIER, NAME, THRESHOLD, ABOVE, RECALL, PRECISION])
    ranks = np.linspace(0, counts.n, points)
    kept = np.unique(np.minimum(np.searchsorted(counts.n_above, ranks), counts.n_above.size - 1))
    kept = kept[counts.thresholds[kept] > LOWEST_SCORE]  # only pairs that guards hold back are there
    columns = {
        TIER: tier,
        NAME: name,
        THRESHOLD: counts.thresholds[kept],
        ABOVE: counts.n_above[kept],
        RECALL: counts.recall[kept],
        PRECISION: counts.precision[kept],
    }
    return pd.DataFrame(columns)


def certified_points(
    rows: pd.DataFrame,
    certificates: Mapping[str, Certificate],
    names: Mapping[str, str],
    *,
    thresholds: Thresholds | None = None,
) -> list[dict[str, object]]:
    """Where the certified thresholds are on the curves, with the lower bound of precision that each promises.

    thresholds: as for `curve_frame`.
    """
    found: list[dict[str, object]] = []
    for tier in THRESHOLD_TIERS:
        certificate = certificates.get(tier)
        if certificate is None or not certificate.certified or certificate.fpr is not None:
            continue
        met = _seen(rows, tier, thresholds)
        counts = curve(met[SCORE].to_numpy(dtype=np.float64), positives(met, tier))
        above = int(np.count_nonzero(counts.thresholds >= certificate.threshold)) - 1
        if above < 0 or not counts.positives:
            continue
        point: dict[str, object] = {TIER: tier, NAME: names[tier], THRESHOLD: certificate.threshold}
        point |= {RECALL: float(counts.recall[above]), PRECISION: float(counts.precision[above])}
        point |= {ABOVE: int(counts.n_above[above]), LOWER: certificate.precision_lower}
        found.append(point)
    return found


def curve_chart(
    names: Mapping[str, str], certified: list[dict[str, object]], promised: float | None, texts: CurveTexts
) -> Spec:
    """The curves of `curve_frame`, a diamond at each of `certified_points`, a dashed line at the promise."""
    axis, scale = alt.Axis(format="%", tickCount=10), alt.Scale(domain=[0, 1])
    recall = alt.X(f"{RECALL}:Q", title=texts.recall, scale=scale, axis=axis)
    precision = alt.Y(f"{PRECISION}:Q", title=texts.precision, scale=scale, axis=axis)
    tiers = [tier for tier in THRESHOLD_TIERS if tier in names]
    color = alt.Color(
        f"{NAME}:N",
        title=texts.tier,
        sort=[names[tier] for tier in tiers],
        scale=alt.Scale(domain=[names[tier] for tier in tiers], range=[TIER_COLORS[tier] for tier in tiers]),
        legend=alt.Legend(orient="top"),
    )
    tips = [
        alt.Tooltip(f"{NAME}:N", title=texts.tier),
        alt.Tooltip(f"{THRESHOLD}:Q", title=texts.threshold, format=EXACTLY),
        alt.Tooltip(f"{PRECISION}:Q", title=texts.precision, format=".1%"),
        alt.Tooltip(f"{RECALL}:Q", title=texts.recall, format=".1%"),
        alt.Tooltip(f"{ABOVE}:Q", title=texts.above, format=",d"),
    ]
    lines = alt.Chart(empty_rows(NAME, THRESHOLD, ABOVE, RECALL, PRECISION))
    lines = lines.mark_line(strokeWidth=2, interpolate="linear").encode(
        x=recall, y=precision, color=color, order=alt.Order(f"{THRESHOLD}:Q", sort="descending"), tooltip=tips
    )
    layers: list[alt.Chart] = [lines]
    if promised is not None:
        rule = alt.Chart(alt.InlineData(values=[{PRECISION: promised}]))
        layers.append(rule.mark_rule(strokeDash=[5, 3], color=NEUTRAL).encode(y=precision))
        said = alt.value(texts.promised.format(precision=percent(promised, 0)))
        line = rule.mark_text(align="left", baseline="bottom", dx=4, dy=-2, color=NEUTRAL)
        layers.append(line.encode(y=precision, x=alt.value(0), text=said))
    if certified:
        points = alt.Chart(alt.InlineData(values=certified)).encode(x=recall, color=color)
        bounded = [*tips, alt.Tooltip(f"{LOWER}:Q", title=texts.lower, format=".1%")]
        layers.append(points.mark_rule(strokeWidth=3, opacity=0.5).encode(y=precision, y2=f"{LOWER}:Q"))
        layers.append(
            points.mark_point(shape="diamond", filled=True, size=150, opacity=1).encode(
                y=precision, tooltip=bounded
            )
        )
    spec: Spec = alt.layer(*layers).properties(height=HEIGHT).to_dict()
    return without_data(spec)
