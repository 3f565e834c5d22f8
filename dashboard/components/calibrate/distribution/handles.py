"""Thresholds taken by hand: handles over the lines that a histogram draws, to be dragged to another score."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import streamlit as st

from calibration.columns import THRESHOLD_TIERS
from calibration.policies.tiers import Thresholds
from calibration.report.palette import TIER_COLORS
from dashboard import state
from dashboard.components.calibrate.distribution.thresholds import STEP, keep_order

FILE: Final = Path(__file__)
HANDLES: Final = st.components.v2.component(
    "simtier_threshold_handles",
    html='<div class="handles" aria-hidden="true"></div>',
    css=FILE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FILE.with_suffix(".js").read_text(encoding="utf-8"),
)
"""Hidden from screen readers and passed over by Tab: for the keyboard there are the sliders, which do the same."""


def show(
    domain: str, chart: str, span: tuple[float, float], thresholds: Thresholds, ends: tuple[float, float]
) -> None:
    """A handle for every threshold in use on the chart with this key, whose axis goes over `span`.

    ends: of the sliders. A threshold beyond the axis is at its end, from where it can be drawn in.
    """
    key = f"handles_{domain}"
    handles = [
        {"tier": tier, "at": at, "color": TIER_COLORS[tier]} for tier, at in thresholds.items() if at is not None
    ]
    data = {"chart": f".st-key-{chart}", "low": span[0], "high": span[1], "step": STEP, "handles": handles}

    def take() -> None:
        moved(domain, getattr(state.get(key), "moved", None), ends)

    HANDLES(key=key, data=data, on_moved_change=take)


def moved(domain: str, told: Any, ends: tuple[float, float]) -> None:
    """Set the threshold that a browser says was moved, as a callback; what makes no sense moves none."""
    tier, at = (told.get("tier"), told.get("at")) if isinstance(told, dict) else (None, None)
    if tier in THRESHOLD_TIERS and isinstance(at, int | float) and math.isfinite(at):
        state.put(state.threshold(domain, tier), min(ends[1], max(ends[0], round(at, 3))))
        keep_order(domain, tier)
