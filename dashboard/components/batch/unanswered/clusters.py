"""Groups of unanswered questions, each with the form that makes an entry of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from calibration.store.faqs.records import FaqCollection, FaqQuestion
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.api.faq_bodies import UnansweredCluster
from dashboard.components.frame.notices import attempting, offer_undo, say
from dashboard.components.shared import tables
from dashboard.i18n import escaped, t, tn

SIZE: Final = 10
SHOWN: Final = 5
NEW: Final = ""


def show(one: FaqCollection, found: Sequence[UnansweredCluster]) -> None:
    """A page of groups, the largest first."""
    there = {question.id for question in resources.store().unanswered.list(one.name)}
    left = [cluster for cluster in found if there & set(cluster.ids)]
    entries = list(dict.fromkeys(question.key for question in resources.store().faqs.questions(one.name)))
    place = st.container()
    rows = tables.page_of(len(left), state.UNANSWERED_PAGE, SIZE)
    with place:
        for cluster in left[rows]:
            _group(one, cluster, entries)


def _group(one: FaqCollection, cluster: UnansweredCluster, entries: Sequence[str]) -> None:
    """One group: its questions, how often, and what can be done."""
    with st.container(border=True, key=f"group_{cluster.ids[0]}"):
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            st.markdown(f"**{escaped(cluster.question)}**")
            others = cluster.queries[1:]
            told = tn("asked once", "asked {count} times", cluster.times)
            if others:
                more = "、".join(escaped(query) for query in others[:SHOWN])
                told += " · " + more + ("…" if len(others) > SHOWN else "")
            st.caption(told)
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            with st.popover(t("Make an entry of it"), icon=":material/add:"):
                _form(one, cluster, entries)
            st.button(
                t("Dismiss"), key=f"dismiss_{cluster.ids[0]}", type="tertiary", icon=":material/close:",
                on_click=dismiss, args=(cluster,),
            )  # fmt: skip


def _form(one: FaqCollection, cluster: UnansweredCluster, entries: Sequence[str]) -> None:
    """Everything is filled in already; an answer may be added."""
    number = cluster.ids[0]
    question = st.text_input(t("Question"), cluster.question, key=f"entry_question_{number}", max_chars=2000)
    st.text_area(t("Answer"), key=f"entry_answer_{number}", max_chars=20_000)
    st.selectbox(
        t("Entry"), [NEW, *entries], key=f"entry_key_{number}",
        format_func=lambda key: key or t("a new entry"),
        help=t("Or one that is there already: then these questions become phrasings of it."),
    )  # fmt: skip
    if len(cluster.queries) > 1:
        count = len(cluster.queries) - 1
        st.caption(tn("{count} more wording becomes a phrasing.", "{count} more wordings become phrasings.", count))
    st.button(
        t("Add entry"), key=f"entry_add_{number}", type="primary", icon=":material/add:",
        disabled=not question.strip(), on_click=add, args=(one.name, cluster),
    )  # fmt: skip


@attempting
def add(name: str, cluster: UnansweredCluster) -> None:
    """Make the entry and forget the questions it answers, as a callback with a way back."""
    number = cluster.ids[0]
    question = str(state.get(f"entry_question_{number}", cluster.question)).strip()
    answer = str(state.get(f"entry_answer_{number}") or "").strip()
    key = str(state.get(f"entry_key_{number}") or "") or question[:200]
    faqs = resources.store().faqs
    there = faqs.questions(name)
    known = {one.question for one in there}
    texts = dict.fromkeys([question, *cluster.queries])
    said = [FaqQuestion(key, text, answer if first else "") for first, text in _first(texts) if text not in known]
    before = faqs.get(name).version
    saved = faqs.save(name, [*there, *said], source=t("unanswered questions"), actor=actor())
    resources.store().unanswered.delete(cluster.ids, actor=actor())
    if saved.version == before:
        say(t("“{name}” holds these questions already.", name=escaped(name)))
        return
    fields = {"question": escaped(question), "name": escaped(name), "version": saved.version}
    offer_undo(t("Added “{question}” to “{name}”, now version {version}.", **fields), faqs.restore, name, before)


def _first(texts: dict[str, None]) -> list[tuple[bool, str]]:
    return [(place == 0, text) for place, text in enumerate(texts)]


@attempting
def dismiss(cluster: UnansweredCluster) -> None:
    """Forget questions that need no answer, as a callback."""
    gone = resources.store().unanswered.delete(cluster.ids, actor=actor())
    say(tn("Dismissed {count} question.", "Dismissed {count} questions.", gone))
