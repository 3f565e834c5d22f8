"""Calibration: fit thresholds that keep a promise, look at the evidence, save and publish the policy."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.calibration import outcome, run
from dashboard.components.frame import presentation, progress
from dashboard.components.frame.presentation import controls
from dashboard.components.frame.shell import heading, model_ready
from dashboard.components.shared import choose, drawn
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Calibration"),
        t("Find, for each domain, the lowest thresholds that keep your promise of precision, with a certificate."),
    )
    with controls("datasets"):
        chosen = choose.datasets()
    if chosen:
        _calibrate(chosen)
    presentation.nothing_yet(state.FIT_JOB)
    with controls("policies"):
        st.page_link("views/policies.py", label=t("All saved policies"), icon=":material/rule_settings:")


def _calibrate(chosen: choose.Datasets) -> None:
    """Ask, run, show."""
    with controls("asked"):
        asked = run.settings()
        draw = drawn.ask(chosen)
        options = choose.options()
    if not model_ready():
        return
    if st.button(t("Calibrate"), key="calibrate_go", type="primary", icon=":material/verified:"):
        progress.remember(state.FIT_JOB, run.start(chosen, asked, options, draw))
    finished = progress.follow(state.FIT_JOB, t("Calibrating"))
    if finished is not None:
        outcome.show(resources.jobs().result(finished.id))


page()
