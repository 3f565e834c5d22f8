"""Review: new bad cases one after another, conflicts first; nobody else has the same ones before them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calibration.store import MOST_WRONG, BadCaseFilter
from calibration.store.answers import Answer, Taken
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.guard import guarded, guarding
from dashboard.components.frame.notices import tell_from_fragment
from dashboard.components.review.cases.names import case_words
from dashboard.components.review.inbox import corrections, judging, words
from dashboard.components.shared import answer_queue
from dashboard.components.shared.ask_name import ask_name
from dashboard.i18n import t, tn

Asked = tuple[BadCaseFilter | None, str]


def show() -> None:
    """The section, top to bottom."""
    st.markdown(
        t(
            "A confirmed case becomes a **regression test**: a policy that judges it wrongly is not published "
            "without a reason. It moves no threshold; only labels drawn at random do."
        )
    )
    if not actor():
        ask_name(t("Enter your name first: it is shown on your decisions, and others do not get your cases."))
        return
    with guarded():
        judging.judge_new()
    asked = _ask()
    _inbox(asked)
    corrections.show()


def _ask() -> Asked:
    """Which cases: all new ones, or those of a saved filter; by its number in the session."""
    saved = {kept.id: kept for kept in resources.store().case_filters.list()}
    if not saved:
        return None, MOST_WRONG
    choices = [0, *saved]
    if state.get(state.TRIAGE_SOURCE) not in (None, *choices):
        state.drop(state.TRIAGE_SOURCE)
    chosen = st.selectbox(
        t("Bad cases"), choices, key=state.TRIAGE_SOURCE, width=320, persist_state="session",
        format_func=lambda key: saved[key].name if key in saved else t("All new cases"),
    )  # fmt: skip
    source = saved.get(chosen or 0)
    return (source.wanted, source.order) if source else (None, MOST_WRONG)


@st.fragment
@guarding
def _inbox(asked: Asked) -> None:
    """Only this part runs again when decisions come in."""
    tell_from_fragment()
    reviews, name = resources.store().reviews, actor()
    cases = reviews.take(name, *asked)
    total, conflicts, held = reviews.waiting(asked[0], name)
    parts = [tn("{count} new case", "{count} new cases", total)]
    if conflicts:
        parts.append(tn("{count} conflict", "{count} conflicts", conflicts))
    if held:
        parts.append(tn("{count} with other reviewers", "{count} with other reviewers", held))
    st.caption(" · ".join(parts))
    said = case_words()
    answer_queue.show(
        "review_queue",
        answer_queue.place("review"),
        [words.item(one, said) for one in cases],
        words.board(total, held, bool(cases) and all(said.binary(one.case.domain) for one in cases)),
        lambda answers: _take(name, answers),
    )


def _take(name: str, answers: Sequence[Answer]) -> Taken:
    return resources.store().reviews.answer(name, answers)
