"""Versions: two policies on the same labelled pairs, which one judges better, and how surely."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.frame.shell import heading, model_ready
from dashboard.components.shared import choose
from dashboard.components.versions import result, run
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Versions"),
        t("Compare two versions of your thresholds on the same labelled pairs before you put one into use."),
    )
    chosen = choose.datasets()
    if not chosen:
        return
    saved = resources.store().policies.list()
    if not saved:
        st.info(t("Save a policy on the calibration page first; then compare it here."), icon=":material/inbox:")
        st.page_link("views/calibration.py", label=t("Calibrate on your data"), icon=":material/verified:")
        return
    if model_ready():
        _compare(chosen, run.sides(saved))


def _compare(chosen: choose.Datasets, pair: tuple[run.Side, run.Side]) -> None:
    """Run, show."""
    if not run.ready(pair, chosen):
        return
    if st.button(t("Compare the two"), key="versions_go", type="primary", icon=":material/compare:"):
        progress.remember(state.VERSIONS_JOB, run.start(chosen, pair))
    finished = progress.follow(state.VERSIONS_JOB, t("Comparing"))
    if finished is not None:
        result.show(resources.jobs().result(finished.id))


page()
