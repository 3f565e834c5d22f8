"""Versions: two policies on the same labelled pairs, which one judges better, and how surely."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.frame import navigation, progress
from dashboard.components.frame.shell import model_ready
from dashboard.components.policies.compare import result, run
from dashboard.components.shared import choose
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    chosen = choose.datasets()
    if not chosen:
        return
    saved = resources.store().policies.list()
    if not saved:
        st.info(t("Save a policy on the calibration page first; then compare it here."), icon=":material/inbox:")
        navigation.link("calibrate/fit", label=t("Calibrate on your data"), icon=":material/verified:")
        return
    if model_ready():
        _compare(chosen, run.sides(saved))


def _compare(chosen: choose.Datasets, pair: tuple[run.Side, run.Side]) -> None:
    """Run, show."""
    if not run.ready(pair, chosen):
        return
    run.warn_of_own_pairs(pair, chosen)
    if st.button(t("Compare the two"), key="versions_go", type="primary", icon=":material/compare:"):
        progress.remember(state.VERSIONS_JOB, run.start(chosen, pair))
    finished = progress.follow(state.VERSIONS_JOB, t("Comparing"))
    if finished is not None:
        progress.compare(finished, run.key(chosen, pair))
        result.show(resources.jobs().result(finished.id))
