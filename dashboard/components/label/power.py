"""The chance that more labels will do, drawn against how many they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import is_binary, shown_tier
from calibration.labels.advice import PrecisionAdvice
from calibration.report.palette import NEUTRAL, SHOWN_COLORS
from calibration.stats.formatting import about
from calibration.stats.sample_size import SEARCH_COST, power_curve
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import badge
from dashboard.i18n import t, tier_name

POINTS: Final = 60
"""Points of a curve; between them the sawtooth of exact tests is not drawn."""


def curve(domain: str, tiers: Mapping[str, PrecisionAdvice]) -> None:
    """The curves of the tiers for which a number can be given; nothing where there is none."""
    wanted = {tier: advice for tier, advice in tiers.items() if advice.labels_above and advice.more}
    if not wanted:
        return
    binary = is_binary((), tiers)
    words = {tier: shown_tier(tier, binary) for tier in wanted}
    lines = pd.concat([points(words[tier], advice) for tier, advice in wanted.items()], ignore_index=True)
    power = next(iter(wanted.values())).power
    spec = _spec([(tier_name(word), SHOWN_COLORS[word]) for word in words.values()], power)
    alt = t("Chance of a certificate by the number of further labels, in {domain}", domain=domain)
    message = _message({words[tier]: advice for tier, advice in wanted.items()}, power)
    figure.show(lines, spec, f"power_{domain}", alt, message)
    st.caption(
        t(
            "The line uses the estimated precision; the band shows what its interval allows. The dashed line is "
            "the planned chance of success."
        )
    )


def _message(wanted: Mapping[str, PrecisionAdvice], power: float) -> str:
    """How many more labels the planned chance takes, tier by tier."""
    parts = [
        t("about {count} more for {tier}", count=about(advice.more or 0), tier=badge(tier))
        for tier, advice in wanted.items()
    ]
    return t("A {power} chance of success takes {labels}.", power=f"{power:.0%}", labels=t(", ").join(parts))


def points(tier: str, advice: PrecisionAdvice) -> pd.DataFrame:
    """(POINTS,) more labels, with the chance to certify: as planned, and at the ends of precision's interval.

    Empty where the advice has no number.
    """
    if advice.share is None or advice.precision is None or advice.planned_precision is None:
        return pd.DataFrame()
    more = np.unique(np.linspace(1, 2.0 * (advice.more or 1), POINTS).astype(np.int64))
    drawn = more if advice.fresh else more + advice.n
    above = np.maximum((drawn * advice.share.value / SEARCH_COST).astype(np.int64), 1)

    def chance(precision: float) -> np.ndarray:
        return power_curve(advice.target, precision, above, advice.confidence)

    return pd.DataFrame(
        {
            "tier": tier_name(tier),
            "more": more,
            "chance": chance(advice.planned_precision),
            "low": chance(advice.precision.low),
            "high": chance(advice.precision.high),
        }
    )


def _spec(names: list[tuple[str, str]], power: float) -> dict[str, Any]:
    """Vega-Lite spec, without data."""
    x = {"field": "more", "type": "quantitative", "title": t("More labels, drawn at random")}
    y: dict[str, Any] = {"type": "quantitative", "title": t("Chance to certify")}
    y |= {"axis": {"format": ".0%"}, "scale": {"domain": [0, 1]}}
    color = {
        "field": "tier",
        "type": "nominal",
        "title": t("Tier"),
        "scale": {"domain": [name for name, _ in names], "range": [hue for _, hue in names]},
        "legend": {"orient": "top", "symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 3},
    }
    hover = [
        {"field": "tier", "type": "nominal", "title": t("Tier")},
        {"field": "more", "type": "quantitative", "title": t("More labels, drawn at random"), "format": ",d"},
        {"field": "chance", "type": "quantitative", "title": t("Chance to certify"), "format": ".0%"},
    ]
    band = {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}, "color": color}
    rule = {"mark": {"type": "rule", "strokeDash": [4, 3], "color": NEUTRAL}, "encoding": {"y": {"datum": power}}}
    line = {"mark": {"type": "line", "strokeWidth": 2.5}}
    return {
        "layer": [
            {"mark": {"type": "area", "opacity": 0.14}, "encoding": band},
            line | {"encoding": {"x": x, "y": {"field": "chance", **y}, "color": color, "tooltip": hover}},
            rule,
        ],
        "height": 340,
    }
