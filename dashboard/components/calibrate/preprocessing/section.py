"""Preprocessing: which cleaning steps, punctuation mapping and segmentation help on the team's own pairs."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.calibrate.preprocessing import outcome
from dashboard.components.calibrate.preprocessing import run as ablation_run
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import choose, promise
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    chosen = choose.datasets()
    if not chosen:
        return
    precision = promise.precision()
    if not model_ready():
        return
    if st.button(t("Measure the settings"), key="ablation_go", type="primary", icon=":material/science:"):
        progress.remember(state.ABLATION_JOB, ablation_run.start(chosen, precision))
    finished = progress.follow(state.ABLATION_JOB, t("Measuring"))
    if finished is not None:
        progress.compare(finished, ablation_run.key(chosen, precision))
        outcome.show(resources.jobs().result(finished.id))
