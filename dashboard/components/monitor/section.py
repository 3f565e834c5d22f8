"""Drift: whether live scores have moved away from those that thresholds were calibrated on."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.components.monitor import result, run
from dashboard.components.shared import choose
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    chosen = choose.datasets()
    if not chosen:
        return
    options = choose.options()
    st.markdown(t("**Compared with**"))
    live = run.live_pairs()
    if not model_ready():
        return
    if live is not None and st.button(
        t("Compare scores"), key="drift_go", type="primary", icon=":material/troubleshoot:"
    ):
        progress.remember(state.DRIFT_JOB, run.start(chosen, live, options))
    finished = progress.follow(state.DRIFT_JOB, t("Comparing"))
    if finished is not None:
        progress.compare(finished, run.key(chosen, live, options) if live is not None else "")
        result.show(resources.jobs().result(finished.id))
