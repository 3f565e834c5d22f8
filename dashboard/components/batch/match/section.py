"""Match: queries to the entries of a FAQ, with "no answer" where nothing reaches the threshold."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.batch.corpus import threshold as corpus_threshold
from dashboard.components.batch.match import form, one_question, outcome, run
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    known = form.faq()
    if known is None or not model_ready():
        return
    faq, columns = known
    threshold = corpus_threshold.choose("match")
    settings = form.settings()
    if threshold is None:
        return
    single, batch = st.tabs([t("One question"), t("A file of queries")])
    with single:
        one_question.one(faq, columns, threshold, settings)
    with batch:
        asked = form.queries(columns)
        if asked is not None and st.button(
            t("Match the file"), key="match_go", type="primary", icon=":material/quiz:"
        ):
            state.drop(state.MATCH_PAGE)
            progress.remember(state.MATCH_JOB, run.start(faq, *asked, threshold, settings))
        finished = progress.follow(state.MATCH_JOB, t("Matching"))
        if finished is not None:
            if asked is not None:
                progress.compare(finished, run.key(faq, *asked, threshold, settings))
            outcome.show(finished.id, resources.jobs().result(finished.id))
