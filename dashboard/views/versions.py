"""Versions: two policies on the same labelled pairs, which one judges better, and how surely."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components import choose, progress, versions_result, versions_run
from dashboard.components.shell import heading, model_ready
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
        _compare(chosen, versions_run.sides(saved))


def _compare(chosen: choose.Datasets, pair: tuple[versions_run.Side, versions_run.Side]) -> None:
    """Run, show."""
    if not versions_run.ready(pair, chosen):
        return
    if st.button(t("Compare the two"), key="versions_go", type="primary", icon=":material/compare:"):
        progress.remember(state.VERSIONS_JOB, versions_run.start(chosen, pair))
    finished = progress.follow(state.VERSIONS_JOB, t("Comparing"))
    if finished is not None:
        versions_result.show(resources.jobs().result(finished.id))


page()
