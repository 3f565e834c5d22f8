"""What new entries bring: an earlier version of a collection and the one now, on the same labelled queries."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.store.faqs.records import FaqCollection
from dashboard import resources, state
from dashboard.components.batch.faqs import queries, work
from dashboard.components.batch.faqs.work import Effect
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared.tiers import interval
from dashboard.i18n import t, tn


def show(one: FaqCollection) -> None:
    """Ask for queries and an earlier version, compare, show."""
    earlier = [found.version for found in resources.store().faqs.versions(one.name) if found.version < one.version]
    if not earlier:
        return
    with st.expander(t("What the new entries bring"), icon=":material/trending_up:"):
        st.caption(
            t(
                "Both versions answer the same queries by the same threshold. Use queries drawn at random from "
                "what "
                "people ask, not those that the new entries were made of."
            )
        )
        if state.get(state.EFFECT_VERSION) not in earlier:
            state.drop(state.EFFECT_VERSION)
        before = st.selectbox(
            t("Compare with"), earlier, key=state.EFFECT_VERSION, width=220,
            format_func=lambda version: t("version {version}", version=version),
        )  # fmt: skip
        asked = queries.ask("faq_effect", resources.store().faqs.questions(one.name), needed=False)
        ready = asked is not None and model_ready()
        pressed = ready and st.button(t("Measure"), key="effect_go", type="primary", icon=":material/straighten:")
        if pressed and asked is not None:
            progress.remember(state.EFFECT_JOB, work.compare(one, int(before), asked.queries, asked.expected))
        finished = progress.follow(state.EFFECT_JOB, t("Comparing"))
        if finished is not None:
            found: Effect = resources.jobs().result(finished.id)
            _outcome(found, judged=asked is None or asked.expected is not None)


def _outcome(found: Effect, *, judged: bool) -> None:
    """Coverage of both with intervals, and where they differ."""
    rows = [
        {
            t("Version"): f"{side.version}",
            t("Answered"): interval(side.answered),
            **({t("Of these right"): interval(side.right)} if judged else {}),
        }
        for side in (found.before, found.after)
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
    st.caption(t("In brackets the 90% interval, then the counts."))
    if judged:
        gained = tn("{count} query", "{count} queries", found.gained)
        st.markdown(
            t("{gained} of {n} are answered rightly only now, {lost} only before.",
              gained=gained, n=f"{found.n:,}", lost=f"{found.lost:,}")
        )  # fmt: skip
