"""One bad case in full, with what happened to it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from calibration.store import EXPECTATIONS, BadCase
from dashboard import resources
from dashboard.components.review.cases.filters import policy_namer
from dashboard.components.review.cases.names import (
    ACTION_NAMES,
    FIELD_NAMES,
    CaseWords,
    case_words,
    expectation_name,
    source_name,
    tag_name,
    value_name,
)
from dashboard.components.review.cases.transitions import correct
from dashboard.i18n import escaped, moment, naming, t


def details(case: BadCase) -> None:
    """One case in full, with its history, and a form to correct it."""
    with st.container(border=True):
        st.subheader(t("Bad case {id}", id=case.id), anchor=False)
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown(escaped(case.text_a))
            st.markdown(escaped(case.text_b))
            st.caption(facts(case))
            correction(case)
        with right:
            st.markdown(f"**{t('History')}**")
            for line in history_lines(case):
                st.caption(line)


def facts(case: BadCase) -> str:
    """Where a case is from, and by what it was judged, in a line."""
    parts = [source_name(case.source), case.reporter, case.domain]
    if case.policy_id:
        parts.append(policy_namer()(case.policy_id))
    if case.fingerprint:
        parts.append(t("model {fingerprint}", fingerprint=case.fingerprint[:12]))
    badges = " ".join(f":gray-badge[{tag_name(tag)}]" for tag in case.tags)
    return " · ".join(escaped(part) for part in parts if part) + (f" {badges}" if badges else "")


def correction(case: BadCase, then: Callable[[BadCase], None] | None = None) -> None:
    """A form to correct the note and what was expected; `then` hears of the case as it is afterwards."""
    note, expected = f"case_note_{case.id}_{case.version}", f"case_expected_{case.id}_{case.version}"
    words = case_words()
    known = words.expectations(case.domain)
    choices = known if case.expected in known else EXPECTATIONS
    st.text_input(t("Note"), case.note, key=note, on_change=correct, args=(case, "note", note, then))
    st.selectbox(
        t("Expected"),
        choices,
        choices.index(case.expected),
        key=expected,
        format_func=naming(choices, lambda one: expectation_name(words(one, case.domain))),
        on_change=correct,
        args=(case, "expected", expected, then),
    )


def history_lines(case: BadCase) -> list[str]:
    """What happened to a case, oldest first, a line each."""
    lines, words = [], case_words()
    for entry in resources.store().bad_cases.history(case.id):
        when = moment(entry.at)
        what = t(ACTION_NAMES[entry.action])
        field = t(FIELD_NAMES.get(entry.field, entry.field))
        change = f"{field}: {' → '.join(_value(entry.field, one, case, words) for one in (entry.old, entry.new))}"
        actor = escaped(entry.actor) if entry.actor else t("somebody")
        lines.append(
            f"{when} · {actor} · {what}" + ("" if entry.action in ("created", "reported") else f" · {change}")
        )
    return lines


def _value(field: str, value: str | None, case: BadCase, words: CaseWords) -> str:
    """An old or new value in words."""
    return value_name(field, words(value, case.domain) if field == "expected" and value else value)
