"""FAQ collections: bring one in, look into it, bring an earlier version back, certify from where it may answer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.stats.formatting import asked_percent
from calibration.store.faqs.records import FaqCollection
from dashboard import resources, state
from dashboard.components.batch.faqs import collection, cutoff, upload
from dashboard.components.shared.tiers import threshold
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    saved = {one.name: one for one in resources.store().faqs.list()}
    if saved:
        st.table(table(list(saved.values())), border="horizontal", hide_index=True)
    else:
        st.info(
            t("No collection yet. Bring a FAQ in below; `/v1/match` and Dify’s `/retrieval` then answer from it."),
            icon=":material/inbox:",
        )
    upload.show(opened=not saved)
    chosen = choose(saved)
    if chosen is None:
        return
    collection.show(chosen)
    cutoff.show(chosen)


def choose(saved: dict[str, FaqCollection]) -> FaqCollection | None:
    """The collection that is looked at; None where there is none."""
    if not saved:
        return None
    if state.get(state.FAQ) not in saved:
        state.put(state.FAQ, next(iter(saved)))
    name = st.selectbox(t("Collection"), list(saved), key=state.FAQ, persist_state="session", width=320)
    return saved[str(name)]


def table(saved: list[FaqCollection]) -> pd.DataFrame:
    """A row for each collection."""
    return pd.DataFrame(
        [
            {
                t("Collection"): one.name,
                t("Version"): f"{one.version:,}",
                t("Entries"): f"{one.entries:,}",
                t("Questions"): f"{one.questions:,}",
                t("Domain"): one.domain or "–",
                t("Answers from"): answers_from(one),
            }
            for one in saved
        ]
    )


def answers_from(one: FaqCollection) -> str:
    """From which score on it answers, as far as the collection says."""
    found = one.cutoff
    if found is None:
        return t("as the policy in use says")
    if found.threshold == float("inf"):
        return t("not provable yet")
    return t(
        "{threshold}, right at least {precision} of the time",
        threshold=threshold(found.threshold),
        precision=asked_percent(found.precision),
    )
