"""One collection: its questions, its versions, and what can be done with them."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from calibration.store.faqs.records import FaqCollection, FaqQuestion
from dashboard import resources, roles, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, offer_undo, say
from dashboard.components.shared import tables
from dashboard.i18n import escaped, moment, t, tn


def show(one: FaqCollection) -> None:
    """Questions and versions."""
    with st.expander(t("Questions"), icon=":material/list:"):
        found = frame(resources.store().faqs.questions(one.name))
        columns = {
            "question": tables.text(t("Question"), "large"),
            "answer": tables.text(t("Answer"), "large"),
            "key": tables.text(t("Entry"), "small"),
        }
        tables.paged(found, state.FAQ_PAGE, columns, t("Questions"), size=10)
    with st.expander(t("Versions"), icon=":material/history:"):
        for version in resources.store().faqs.versions(one.name):
            _version(one, version.version, version.questions, moment(version.at), version.actor, version.source)
    with st.container(horizontal=True):
        st.download_button(
            t("Download {kind}", kind="CSV"),
            partial(download, one.name),
            f"{one.name}.csv",
            "text/csv",
            key="faq_download",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(
            t("Delete"), key="faq_delete", icon=":material/delete:", type="tertiary",
            disabled=not roles.allowed(roles.DELETE), on_click=delete, args=(one,),
        )  # fmt: skip


def _version(one: FaqCollection, version: int, questions: int, when: str, who: str, source: str) -> None:
    """A line and, for an earlier one, the way back to it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        count = tn("{count} question", "{count} questions", questions)
        parts = (t("version {version}", version=version), count, when, escaped(who), escaped(source))
        st.markdown(" · ".join(part for part in parts if part), width="stretch")
        if version != one.version:
            st.button(
                t("Restore"), key=f"faq_restore_{version}", icon=":material/undo:", on_click=restore,
                args=(one.name, version),
            )  # fmt: skip


@attempting
def restore(name: str, version: int) -> None:
    """Bring a version back as the next one, as a callback."""
    saved = resources.store().faqs.restore(name, version, actor=actor())
    say(t("Version {old} is back, as version {new}.", old=version, new=saved.version))


@attempting
def delete(one: FaqCollection) -> None:
    """Put a collection away with a way back, as a callback."""
    store = resources.store().faqs
    questions = store.questions(one.name)
    store.delete(one.name, actor=actor())
    state.drop(state.FAQ)
    offer_undo(t("Deleted “{name}”.", name=escaped(one.name)), _bring_back, one, questions)


def _bring_back(one: FaqCollection, questions: tuple[FaqQuestion, ...]) -> None:
    store = resources.store().faqs
    store.save(one.name, questions, domain=one.domain, source=t("restored"), actor=actor())
    if one.cutoff is not None:
        store.set_cutoff(one.name, one.cutoff, actor=actor())


def frame(questions: tuple[FaqQuestion, ...]) -> pd.DataFrame:
    """Questions as rows: columns key, question, answer."""
    return pd.DataFrame([vars(one) for one in questions], columns=["key", "question", "answer"])


def download(name: str) -> bytes:
    """A collection as a file that can be brought in again."""
    return tables.csv_bytes(frame(resources.store().faqs.questions(name)))
