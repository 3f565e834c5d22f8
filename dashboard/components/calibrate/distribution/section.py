"""Distribution: where the scores of each label are, and what thresholds would do to them."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.components.calibrate.distribution import histogram, small_multiples
from dashboard.components.frame import progress
from dashboard.components.frame.presentation import controls
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import choose
from dashboard.i18n import t
from dashboard.jobs import score as scoring


def show() -> None:
    """The section, top to bottom."""
    with controls("datasets"):
        chosen = choose.datasets()
    if not chosen:
        return
    with controls("options"):
        options = choose.options()
    if not model_ready():
        return
    scored = scoring.scored(chosen, options)
    if scored is None:
        progress.follow(state.SCORE_JOB, t("Scoring"))
        _offer_scoring(chosen, options)
        return
    progress.forget(state.SCORE_JOB)
    identity = scoring.identity(chosen, options)
    histogram.explore(scored, identity)
    small_multiples.show(scored, identity)


def _offer_scoring(chosen: choose.Datasets, options: choose.Options) -> None:
    """The button that starts the scoring, unless it is under way."""
    running = progress.recall(state.SCORE_JOB)
    if running is not None and not running.finished:
        return
    rows = sum(dataset.rows for dataset in chosen)
    with st.container(border=True):
        st.markdown(t("These datasets are not scored yet with this model."))
        if st.button(t("Score {count} pairs", count=f"{rows:,}"), type="primary", icon=":material/play_arrow:"):
            progress.remember(state.SCORE_JOB, scoring.start(chosen, options))
            st.rerun()
