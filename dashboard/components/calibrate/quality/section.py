"""Quality: how well the model's scores tell pairs apart, what a score means, and what that is worth live."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.calibrate.quality import outcome, run
from dashboard.components.frame import presentation, progress
from dashboard.components.frame.presentation import controls
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import choose
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    with controls("datasets"):
        chosen = choose.datasets()
    presentation.nothing_yet(state.QUALITY_JOB)
    if not chosen:
        return
    with controls("options"):
        options = choose.options()
    if not model_ready():
        return
    if st.button(t("Evaluate the scores"), key="quality_go", type="primary", icon=":material/insights:"):
        progress.remember(state.QUALITY_JOB, run.start(chosen, options))
    finished = progress.follow(state.QUALITY_JOB, t("Judging"))
    if finished is not None:
        progress.compare(finished, run.key(chosen, options))
        outcome.show(resources.jobs().result(finished.id), chosen)
