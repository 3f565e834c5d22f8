"""Match: queries to the entries of a FAQ, with "no answer" where nothing reaches the threshold."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components import corpus_threshold, match_form, match_outcome, match_run, match_try, progress
from dashboard.components.shell import heading, model_ready
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(t("Match"), t("Answer queries from a FAQ, say where there is no answer, and measure how good that is."))
    known = match_form.faq()
    if known is None or not model_ready():
        return
    faq, columns = known
    threshold = corpus_threshold.choose("match")
    settings = match_form.settings()
    if threshold is None:
        return
    single, batch = st.tabs([t("One question"), t("A file of queries")])
    with single:
        match_try.one(faq, columns, threshold, settings)
    with batch:
        asked = match_form.queries(columns)
        if asked is not None and st.button(
            t("Match the file"), key="match_go", type="primary", icon=":material/quiz:"
        ):
            state.drop(state.MATCH_PAGE)
            progress.remember(state.MATCH_JOB, match_run.start(faq, *asked, threshold, settings))
        finished = progress.follow(state.MATCH_JOB, t("Matching"))
        if finished is not None:
            match_outcome.show(finished.id, resources.jobs().result(finished.id))


page()
