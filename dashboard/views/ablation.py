"""Preprocessing: which cleaning steps, punctuation mapping and segmentation help on the team's own pairs."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.ablation import outcome
from dashboard.components.ablation import run as ablation_run
from dashboard.components.calibration import run as calibration_run
from dashboard.components.frame import progress
from dashboard.components.frame.shell import heading, model_ready
from dashboard.components.shared import choose
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Preprocessing"),
        t("Measure which cleaning steps, punctuation mapping and ways to read long texts help on your pairs."),
    )
    chosen = choose.datasets()
    if not chosen:
        return
    precision = calibration_run.precision()
    if not model_ready():
        return
    if st.button(t("Measure the settings"), key="ablation_go", type="primary", icon=":material/science:"):
        progress.remember(state.ABLATION_JOB, ablation_run.start(chosen, precision))
    finished = progress.follow(state.ABLATION_JOB, t("Measuring"))
    if finished is not None:
        outcome.show(resources.jobs().result(finished.id))


page()
