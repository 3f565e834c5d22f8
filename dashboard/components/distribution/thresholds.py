"""Thresholds by hand: a switch and a slider for each tier of a domain, always in order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import streamlit as st

from calibration.columns import THRESHOLD_TIERS
from calibration.fit import PUBLISHED
from dashboard import resources, state
from dashboard.components.shared.tiers import badge, threshold
from dashboard.i18n import t, tier_name

STEP: Final = 0.001
TOP: Final = 1.0


def sliders(domain: str, lowest: float) -> dict[str, float | None]:
    """The thresholds as set; `lowest` is the lowest score there is. None for a tier that is switched off."""
    bottom = bottom_of(lowest)
    _begin(domain, bottom)
    found: dict[str, float | None] = {}
    _presets(domain)
    for tier in THRESHOLD_TIERS:
        value, used = st.columns([5, 1], vertical_alignment="center")
        with used:
            on = st.toggle(
                t("Use {tier}", tier=tier_name(tier)),
                key=state.in_use(domain, tier),
                persist_state="session",
                label_visibility="collapsed",
            )
        with value:
            chosen = st.slider(
                badge(tier),
                bottom,
                TOP,
                key=state.threshold(domain, tier),
                step=STEP,
                format="%.3f",
                disabled=not on,
                on_change=keep_order,
                args=(domain, tier),
                persist_state="session",
            )
        found[tier] = chosen if on else None
    return found


def bottom_of(lowest: float) -> float:
    """Where sliders begin: at the lowest score, or at the lowest published threshold if that is lower."""
    return min(min(PUBLISHED.values()), math.floor(lowest * 100) / 100)


def keep_order(domain: str, moved: str) -> None:
    """Push the others along, as a callback: a higher tier never starts below a lower one."""
    value = state.get(state.threshold(domain, moved))
    place = THRESHOLD_TIERS.index(moved)
    for number, tier in enumerate(THRESHOLD_TIERS):
        key = state.threshold(domain, tier)
        other = state.get(key, value)
        if number < place:
            state.put(key, max(other, value))
        elif number > place:
            state.put(key, min(other, value))


def put(domain: str, thresholds: Mapping[str, float | None]) -> None:
    """Set all sliders of a domain, as a callback or before they are drawn: to thresholds as they are shown."""
    below = TOP
    for tier in THRESHOLD_TIERS:
        value = thresholds.get(tier)
        state.put(state.in_use(domain, tier), value is not None)
        below = min(below, float(threshold(value))) if value is not None else below
        state.put(state.threshold(domain, tier), below)


def _begin(domain: str, bottom: float) -> None:
    """Start from the policy in use, else from the published thresholds; stay inside the slider."""
    if state.get(state.threshold(domain, THRESHOLD_TIERS[0])) is None:
        put(domain, current(domain) or PUBLISHED)
    for tier in THRESHOLD_TIERS:
        key = state.threshold(domain, tier)
        state.put(key, min(TOP, max(bottom, state.get(key, bottom))))


def current(domain: str) -> Mapping[str, float | None] | None:
    """The thresholds of the policy in use, where it knows the domain."""
    stored = resources.store().policies.current()
    if stored is None or domain not in stored.policy.domains:
        return None
    return stored.policy.domain(domain).thresholds


def _presets(domain: str) -> None:
    """Back to known thresholds in one click."""
    mine = current(domain)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("Start from"), width="content")
        st.button(t("Published"), key="preset_published", type="tertiary", on_click=put, args=(domain, PUBLISHED))
        if mine is not None:
            st.button(t("Policy in use"), key="preset_policy", type="tertiary", on_click=put, args=(domain, mine))
