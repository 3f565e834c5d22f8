"""How tiers, scores and proportions look: one way on every page."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from calibration.columns import DIFFERENT, MERGE, PERSON, RELATED, SAME, UNRELATED, WEAK
from calibration.fitting import names as words
from calibration.policies.tiers import Thresholds
from calibration.report.palette import SHOWN_COLORS
from calibration.stats.formatting import estimate, interval, limit, percent, percents, threshold
from dashboard import state
from dashboard.i18n import t, tier_name

__all__ = [
    "badge", "estimate", "interval", "kind_name", "label_name", "limit", "percent", "percents", "score_bar",
    "threshold",
]  # fmt: skip

BADGES: Final = {
    SAME: "blue", RELATED: "green", WEAK: "orange", UNRELATED: "violet",
    MERGE: "blue", PERSON: "green", DIFFERENT: "violet",
}  # fmt: skip
"""Streamlit's names of the colours that the theme sets to the palette's."""


def badge(tier: str, note: str = "") -> str:
    """A tier, or what people read in its place, as inline Markdown; `note` follows its name."""
    return f":{BADGES[tier]}-badge[{tier_name(tier)}{note}]"


def label_name(label: float, kind: str) -> str:
    """A label in words, where its kind has words."""
    return words.label_name(label, kind, state.locale())


def kind_name(kind: str) -> str:
    """A kind of label in words."""
    return words.kind_name(kind, state.locale())


def score_bar(score: float, tier: str, marks: Thresholds) -> None:
    """A score as a bar from 0 to 100%, in its tier's colour, thresholds marked; both by what people read."""
    ticks = "".join(
        f'<div title="{escape(tier_name(name))} {threshold(value)}" style="position:absolute;'
        f'left:{value * 100:.2f}%;top:-3px;width:2px;height:13px;background:currentColor;opacity:.55"></div>'
        for name, value in marks.items()
        if value is not None and 0 < value < 1
    )
    width = max(0.0, min(1.0, score)) * 100
    label = escape(t("score {score}, {tier}", score=percent(score), tier=tier_name(tier)), quote=True)
    st.html(
        f'<div role="img" aria-label="{label}" style="position:relative;height:7px;margin:.35rem 0 .4rem;'
        f'border-radius:4px;background:rgba(128,128,128,.2)"><div style="width:{width:.2f}%;height:100%;'
        f'border-radius:4px;background:{SHOWN_COLORS[tier]}"></div>{ticks}</div>'
    )
