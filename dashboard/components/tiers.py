"""How tiers, scores and proportions look: one way on every page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Final

import streamlit as st

from calibration.columns import BINARY, LABEL_MAX, RELATED, SAME, TIER, TIERS, UNRELATED, WEAK
from calibration.intervals import Estimate, Proportion
from calibration.report.palette import TIER_COLORS
from dashboard.i18n import t, tier_name

BADGES: Final = {SAME: "blue", RELATED: "green", WEAK: "orange", UNRELATED: "violet"}
"""Streamlit's names of the colours that the theme sets to the palette's."""


def badge(tier: str, note: str = "") -> str:
    """A tier as inline Markdown; `note` stands behind its name."""
    return f":{BADGES[tier]}-badge[{tier_name(tier)}{note}]"


def percent(value: float, digits: int = 1) -> str:
    """A share as a percentage; a dash where it is not known.

    >>> percent(0.9412), percent(float("nan"))
    ('94.1%', '–')
    """
    return f"{value * 100:.{digits}f}%" if math.isfinite(value) else "–"


def interval(value: Proportion) -> str:
    """A proportion as a person checks it: share, its interval, and how many of how many."""
    if not value.n:
        return "–"
    return f"{percent(value.value)} ({percent(value.low, 0)}–{percent(value.high, 0)}) · {value.hits:,}/{value.n:,}"


def estimate(value: Estimate, digits: int = 3) -> str:
    """A number that is no share, with its interval; n stands beside it in the table.

    >>> estimate(Estimate(0.75, 0.5, 1.0, 4, 0.9, "group_bootstrap"), 2)
    '0.75 (0.50–1.00)'
    """
    if not math.isfinite(value.value):
        return "–"
    return f"{value.value:.{digits}f} ({value.low:.{digits}f}–{value.high:.{digits}f})"


def percents(value: Estimate | Proportion, digits: int = 0) -> str:
    """A share with its interval, both as percentages, for sentences.

    >>> percents(Estimate(0.75, 0.5, 1.0, 4, 0.9, "melded"))
    '75% (50%–100%)'
    """
    if not math.isfinite(value.value):
        return "–"
    return f"{percent(value.value, digits)} ({percent(value.low, digits)}–{percent(value.high, digits)})"


def threshold(value: float | None, *, below: bool = False) -> str:
    """A threshold on the cosine scale; a dash where the tier has none.

    Rounded to the safe side: up where pairs at or above it are meant, down where pairs `below` it are.

    >>> threshold(0.9401), threshold(0.9409, below=True), threshold(None)
    ('0.941', '0.940', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    thousandths = round(value * 1000, 6)
    return f"{(math.floor(thousandths) if below else math.ceil(thousandths)) / 1000:.3f}"


def label_name(label: float, kind: str) -> str:
    """A label in words, where its kind has words."""
    if kind == BINARY:
        return t("same meaning") if label >= 1 else t("different meaning")
    if kind == TIER:
        return tier_name(TIERS[len(TIERS) - 1 - int(label)])
    return f"{label:g} / {LABEL_MAX[kind]:g}"


def kind_name(kind: str) -> str:
    """A kind of label in words."""
    names = {
        "binary": t("two labels: same or not"),
        "tier": t("four tiers"),
        "graded": t("grades from 0 to 5"),
    }
    return names.get(kind, kind)


def score_bar(score: float, tier: str, marks: Mapping[str, float | None]) -> None:
    """A score as a bar from 0 to 100%, in its tier's colour, thresholds marked."""
    ticks = "".join(
        f'<div title="{escape(tier_name(name))} {value:.3f}" style="position:absolute;left:{value * 100:.2f}%;'
        'top:-3px;width:2px;height:13px;background:currentColor;opacity:.55"></div>'
        for name, value in marks.items()
        if value is not None and 0 < value < 1
    )
    width = max(0.0, min(1.0, score)) * 100
    label = escape(t("score {score}, {tier}", score=percent(score), tier=tier_name(tier)), quote=True)
    st.html(
        f'<div role="img" aria-label="{label}" style="position:relative;height:7px;margin:.35rem 0 .4rem;'
        f'border-radius:4px;background:rgba(128,128,128,.2)"><div style="width:{width:.2f}%;height:100%;'
        f'border-radius:4px;background:{TIER_COLORS[tier]}"></div>{ticks}</div>'
    )
