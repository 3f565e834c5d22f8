"""Triage: bad cases one after another, decided by keyboard."""

from __future__ import annotations

import streamlit as st

from calibration.store import MOST_WRONG
from dashboard import resources, state
from dashboard.components.frame.shell import heading
from dashboard.components.triage import case as triage_case
from dashboard.components.triage import queue as triage_queue
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Triage"),
        t("One case after another, furthest on the wrong side first. The keys stand on the buttons."),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        saved = {0: None, **{kept.id: kept for kept in resources.store().case_filters.list()}}
        if state.get(state.TRIAGE_SOURCE) not in (None, *saved):
            state.drop(state.TRIAGE_SOURCE)
        names = {key: kept.name if kept else t("All new cases") for key, kept in saved.items()}
        chosen = st.selectbox(
            t("Bad cases"), list(saved), key=state.TRIAGE_SOURCE, width=320, persist_state="session",
            format_func=lambda key: names.get(key, ""), on_change=state.drop, args=(state.TRIAGE,),
        )  # fmt: skip
        source = saved.get(chosen or 0)
        asked = (source.wanted, source.order) if source else (None, MOST_WRONG)
        st.button(
            t("Start anew"),
            key="triage_begin",
            on_click=triage_queue.begin_anew,
            args=asked,
            icon=":material/refresh:",
        )
    queue = state.get(state.TRIAGE)
    if queue is None or not queue.ids:  # an empty one has nothing to lose, and new cases may have come
        queue = triage_queue.begin(*asked)
    if not queue.ids:
        st.info(t("No case to sort out here."), icon=":material/inbox:")
        return
    triage_case.show(queue, asked)


page()
