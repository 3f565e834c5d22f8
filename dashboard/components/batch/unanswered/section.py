"""Unanswered questions: those of one meaning together, what is asked most often first, an entry in two clicks."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.api.faq_matching import keeps_unanswered
from dashboard.components.batch.faqs import section as faqs
from dashboard.components.batch.faqs import work
from dashboard.components.batch.unanswered import clusters, effect
from dashboard.components.frame import navigation, progress
from dashboard.components.frame.shell import model_ready
from dashboard.i18n import t, tn
from dashboard.jobs.state import DONE


def show() -> None:
    """The section, top to bottom."""
    saved = {one.name: one for one in resources.store().faqs.list()}
    one = faqs.choose(saved)
    if one is None:
        st.info(t("Bring a FAQ in first; then the API collects what it cannot answer."), icon=":material/inbox:")
        navigation.link("batch/faqs", label=t("Bring a FAQ in"), icon=":material/upload_file:")
        return
    missed = resources.store().unanswered.list(one.name)
    if not keeps_unanswered():
        st.info(
            t(
                "Unanswered questions are not kept: they are texts of users. The operator switches it on with "
                "`SIMTIER_KEEP_UNANSWERED=1`."
            ),
            icon=":material/visibility_off:",
        )
    if missed:
        asked = tn("asked once", "asked {count} times", sum(found.times for found in missed))
        wordings = tn("{count} wording", "{count} wordings", len(missed))
        st.markdown(t("**{wordings}** without an answer, {asked}.", wordings=wordings, asked=asked))
        if model_ready():
            _grouped(one.name)
    elif keeps_unanswered():
        st.success(t("Nothing is unanswered so far."), icon=":material/check:")
    effect.show(one)


def _grouped(name: str) -> None:
    """The groups, made as soon as somebody looks: seconds, as a job."""
    one = resources.store().faqs.get(name)
    wanted = work.cluster_key(one, resources.store().unanswered.list(name, work.MOST_CLUSTERED))
    there = progress.recall(state.UNANSWERED_JOB)
    again = there is not None and there.finished and there.status != DONE and st.button(
        t("Group again"), key="group_again", icon=":material/refresh:"
    )  # fmt: skip
    if there is None or there.key != wanted or again:
        progress.remember(state.UNANSWERED_JOB, work.cluster(one))
    finished = progress.follow(state.UNANSWERED_JOB, t("Grouping"))
    if finished is not None:
        clusters.show(one, resources.jobs().result(finished.id))
