"""Bad cases found in labelled data, and imported from files."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.components.review.find import ask, importing, outcome, run
from dashboard.components.shared import choose
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    labelled, file = st.tabs([t("In labelled data"), t("In a file")])
    with file:
        importing.importing()
    with labelled:
        _labelled()


def _labelled() -> None:
    """Datasets, the judge, the job, what it found."""
    chosen = choose.datasets()
    if not chosen:
        return
    options = choose.options()
    if not model_ready():
        return
    policy, refit = ask.judge_by(options, chosen)
    if st.button(t("Find bad cases"), key="find_go", type="primary", icon=":material/search:"):
        progress.remember(state.FIND_JOB, run.start(chosen, options, policy, refit))
    finished = progress.follow(state.FIND_JOB, t("Finding bad cases"))
    if finished is not None:
        progress.compare(finished, run.key(chosen, options, policy, refit))
        outcome.show(resources.jobs().result(finished.id))
