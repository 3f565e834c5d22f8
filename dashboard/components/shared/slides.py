"""The slides of a presentation: chosen by who presents, and only those that have something to show."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.errors import N_
from dashboard import resources, state
from dashboard.components.frame import navigation, progress
from dashboard.components.frame.presentation import BAR, STYLE, end, presenting
from dashboard.components.shared import choose
from dashboard.i18n import naming, t
from dashboard.jobs import score as scoring
from dashboard.jobs.state import DONE
from dashboard.model import READY

SLIDES: Final = {
    "overview": N_("Overview"),
    "calibrate/fit": N_("Calibration"),
    "calibrate/distribution": N_("Distribution"),
    "calibrate/costs": N_("Costs"),
    "calibrate/quality": N_("Quality"),
    "compare": N_("Compare"),
}
"""The places that may be slides, in their order."""
RESULTS: Final = {
    "calibrate/fit": state.FIT_JOB,
    "calibrate/costs": state.COST_JOB,
    "calibrate/quality": state.QUALITY_JOB,
}
"""Slides that show the result of a job."""


def _ask() -> None:
    """Which slides, in a popover of the bar."""
    if state.get(state.SLIDES) is None:
        state.put(state.SLIDES, list(SLIDES))
    with st.popover(t("Slides"), icon=":material/slideshow:"):
        st.pills(
            t("Slides"),
            list(SLIDES),
            selection_mode="multi",
            key=state.SLIDES,
            persist_state="session",
            format_func=naming(SLIDES, lambda place: t(SLIDES[place])),
        )
        st.caption(t("Slides without a result yet are left out."))


def ready() -> list[str]:
    """The chosen slides that have something to show."""
    chosen = state.get(state.SLIDES) or list(SLIDES)
    return [place for place in SLIDES if place in chosen and _shows(place)]


def _shows(place: str) -> bool:
    """Whether a slide would not be empty."""
    if place in RESULTS:
        job = progress.recall(RESULTS[place])
        return job is not None and job.status == DONE
    if place == "compare":
        return bool(state.get(state.LIVE_SOURCE) and state.get(state.LIVE_TARGETS))
    saved = resources.store().datasets.list()
    if place == "overview" or not saved:
        return bool(saved)
    if resources.model().status != READY:
        return False
    chosen = choose.chosen(saved)
    return bool(chosen) and scoring.scored(chosen, choose.options()) is not None


def frame(shown: str) -> None:
    """What is around the place `shown` while it is on: the style, and a small bar to walk on or to end it."""
    if not presenting():
        return
    st.html(STYLE)
    slides = ready()
    number = next((number for number, place in enumerate(slides) if navigation.at(shown, place)), -1)
    with st.container(key=BAR, horizontal=True):
        off = all(navigation.at(shown, place) for place in slides)
        back = st.button("", key="present_back", icon=":material/chevron_left:", shortcut="Left", disabled=off)
        on = st.button("", key="present_on", icon=":material/chevron_right:", shortcut="Right", disabled=off)
        _ask()
        st.button(t("End presentation"), key="present_end", icon=":material/close:", shortcut="Esc", on_click=end)
    if back or on:
        navigation.go(slides[(max(number, 0) - 1 if back else number + 1) % len(slides)])
