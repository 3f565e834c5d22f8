"""From which score on a collection may answer: certified on queries whose right answers are known."""

from __future__ import annotations

import streamlit as st

from calibration.stats.formatting import asked_percent
from calibration.store.faqs.records import FaqCollection, FaqCutoff
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.batch.faqs import queries, work
from dashboard.components.batch.faqs.work import Judged
from dashboard.components.frame import progress
from dashboard.components.frame.notices import attempting, offer_undo
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared.tiers import threshold
from dashboard.i18n import escaped, t


def show(one: FaqCollection) -> None:
    """Ask for queries, certify, and keep the result."""
    with st.expander(t("Certify from which score it answers"), icon=":material/verified:"):
        st.caption(
            t(
                "Upload queries drawn at random from what people ask, each with its right answer, blank where "
                "the FAQ "
                "has none. The cut-off and the margin below which two answers are ambiguous then hold for this "
                "collection."
            )
        )
        target = st.slider(
            t("Precision"), 50, 99, 90, format="%d%%", key=state.FAQ_PRECISION, persist_state="session"
        )
        asked = queries.ask("faq_labelled", resources.store().faqs.questions(one.name))
        ready = asked is not None and asked.expected is not None and model_ready()
        pressed = ready and st.button(t("Certify"), key="faq_certify", type="primary", icon=":material/verified:")
        if pressed and asked is not None and asked.expected is not None:
            job = work.certify(one, asked.queries, asked.expected, target / 100)
            progress.remember(state.FAQ_JOB, job)
        finished = progress.follow(state.FAQ_JOB, t("Certifying"))
        if finished is not None:
            _outcome(one, resources.jobs().result(finished.id))


def _outcome(one: FaqCollection, judged: Judged) -> None:
    """What was found, and the button that puts it to use."""
    found, cutoff = judged.found.cutoff, judged.cutoff
    if not found.certified:
        st.info(
            t(
                "These {n} queries certify no cut-off at {precision} precision; label more, or lower the target.",
                n=judged.found.n,
                precision=asked_percent(cutoff.precision),
            ),
            icon=":material/hourglass_empty:",
        )
        return
    st.success(
        t(
            "From {threshold} on, best answers are right at least {precision} of the time, at {confidence} "
            "confidence ({n} queries, {wrong} wrong).",
            threshold=threshold(cutoff.threshold),
            precision=asked_percent(cutoff.precision),
            confidence=asked_percent(cutoff.confidence),
            n=found.n_above,
            wrong=found.false_positives,
        ),
        icon=":material/verified:",
    )
    if one.version != cutoff.version:
        st.caption(t("Certified on version {version} of the collection.", version=cutoff.version))
    if one.cutoff == cutoff:
        st.caption(t("The collection answers from here on."))
        return
    st.button(
        t("Use this cut-off"), key="faq_use", icon=":material/check:", on_click=use, args=(one, cutoff),
    )  # fmt: skip


@attempting
def use(one: FaqCollection, cutoff: FaqCutoff) -> None:
    """Keep the cut-off, as a callback with a way back."""
    faqs = resources.store().faqs
    faqs.set_cutoff(one.name, cutoff, actor=actor())
    said = t("“{name}” answers from {threshold} on.", name=escaped(one.name), threshold=threshold(cutoff.threshold))
    offer_undo(said, faqs.set_cutoff, one.name, one.cutoff)
