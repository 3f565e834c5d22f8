"""Thresholds by hand, in order: a switch and a slider for each tier of a domain, one line for binary labels."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from calibration.columns import MERGE, SAME, THRESHOLD_TIERS
from calibration.policies.tiers import PUBLISHED, Thresholds
from dashboard import resources, state
from dashboard.components.shared.tiers import badge, threshold
from dashboard.i18n import t, tier_name

STEP: Final = 0.001
TOP: Final = 1.0


def sliders(domain: str, ends: tuple[float, float], binary: bool) -> dict[str, float | None]:
    """The thresholds as set, between these `ends`. None for a tier that is switched off.

    binary: labels only say same or not, so there is one line to move, that of merging.
    """
    known = current(domain)
    _begin(domain, ends, known)
    _presets(domain, known, binary)
    found: dict[str, float | None] = dict.fromkeys(THRESHOLD_TIERS)
    if binary:
        found[SAME] = _slider(domain, SAME, badge(MERGE), ends)
        return exact(found, known)
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
            chosen = _slider(domain, tier, badge(tier), ends, disabled=not on)
        found[tier] = chosen if on else None
    return exact(found, known)


def exact(found: dict[str, float | None], known: Thresholds | None) -> dict[str, float | None]:
    """The thresholds set, each the policy's own to its last digit where the slider stands at what is shown of it.

    Otherwise the same policy would be judged differently here and where it was calibrated.

    >>> exact({"same": 0.952, "related": 0.9}, {"same": 0.951055, "related": 0.8})
    {'same': 0.951055, 'related': 0.9}
    """
    policy = known or {}
    own = {
        tier: policy[tier] if value is not None and threshold(policy.get(tier)) == threshold(value) else value
        for tier, value in found.items()
    }
    set_ = [value for value in own.values() if value is not None]
    return own if set_ == sorted(set_, reverse=True) else found


def _slider(domain: str, tier: str, name: str, ends: tuple[float, float], disabled: bool = False) -> float:
    """One threshold, kept in order with the others."""
    return st.slider(
        name,
        *ends,
        key=state.threshold(domain, tier),
        step=STEP,
        format="%.3f",
        disabled=disabled,
        on_change=keep_order,
        args=(domain, tier),
        persist_state="session",
    )


def ends_of(span: tuple[float, float], binary: bool) -> tuple[float, float]:
    """Where sliders begin and end, for scores of this `span`, NaN where there is none.

    The one line of binary labels stays where the scores are; four tiers leave room for the published thresholds.

    >>> ends_of((0.873, 0.991), True), ends_of((0.873, 0.991), False), ends_of((0.9, 0.9), True)
    ((0.87, 1.0), (0.5, 1.0), (0.9, 0.91))
    """
    low, high = span
    if not math.isfinite(low):
        return 0.0, TOP
    bottom = math.floor(round(low * 100, 6)) / 100
    if not binary:
        return min(min(PUBLISHED.values()), bottom), TOP
    top = min(TOP, math.ceil(round(high * 100, 6)) / 100)
    bottom = min(bottom, TOP - 0.01)
    return bottom, max(top, round(bottom + 0.01, 2))


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


def put(domain: str, thresholds: Thresholds) -> None:
    """Set all sliders of a domain, as a callback or before they are drawn: to thresholds as they are shown."""
    below = TOP
    for tier in THRESHOLD_TIERS:
        value = thresholds.get(tier)
        state.put(state.in_use(domain, tier), value is not None)
        below = min(below, float(threshold(value))) if value is not None else below
        state.put(state.threshold(domain, tier), below)


def _begin(domain: str, ends: tuple[float, float], known: Thresholds | None) -> None:
    """Start from the policy in use, else from the published thresholds; stay inside the slider."""
    if state.get(state.threshold(domain, SAME)) is None:
        put(domain, known or PUBLISHED)
    for tier in THRESHOLD_TIERS:
        key = state.threshold(domain, tier)
        state.put(key, min(ends[1], max(ends[0], state.get(key, ends[0]))))


def current(domain: str) -> Thresholds | None:
    """The thresholds of the policy in use, where it knows the domain."""
    stored = resources.store().policies.current()
    if stored is None or domain not in stored.policy.domains:
        return None
    return stored.policy.domain(domain).thresholds


def _presets(domain: str, known: Thresholds | None, binary: bool) -> None:
    """Back to known thresholds in one click; a policy that merges nothing has no line to go back to."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("Start from"), width="content")
        st.button(t("Published"), key="preset_published", type="tertiary", on_click=put, args=(domain, PUBLISHED))
        if known is not None and not (binary and known.get(SAME) is None):
            st.button(t("Policy in use"), key="preset_policy", type="tertiary", on_click=put, args=(domain, known))
