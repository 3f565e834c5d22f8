"""A bad case recorded by hand."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.columns import DEFAULT_DOMAIN, TIERS
from calibration.store import BadCaseDraft
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.components.review.cases.names import case_words, expectation_name
from dashboard.i18n import naming, t

ADD: Final = ("add_text_a", "add_text_b", "add_domain", "add_expected", "add_note")


def add_form() -> None:
    """Record a case by hand."""
    with st.popover(t("Add by hand"), icon=":material/add:"):
        text_a, text_b, domain, expected, note = ADD
        st.text_input(t("Text A"), key=text_a)
        st.text_input(t("Text B"), key=text_b)
        st.text_input(t("Domain"), key=domain, placeholder=DEFAULT_DOMAIN)
        words, where = case_words(), str(state.get(domain) or "").strip() or DEFAULT_DOMAIN
        choices = words.expectations(where)
        if state.get(expected) not in (None, *choices):
            state.drop(expected)
        names = naming(choices, lambda one: expectation_name(words(one, where)))
        st.selectbox(t("Expected"), choices, key=expected, format_func=names)
        st.text_input(t("Note"), key=note)
        st.button(t("Add"), key="case_add", type="primary", on_click=_add)


@attempting
def _add() -> None:
    """Keep a case given by hand, as a callback; the form is empty afterwards."""
    text_a, text_b, domain, expected, note = (str(state.get(key) or "").strip() for key in ADD)
    draft = BadCaseDraft(
        text_a,
        text_b,
        expected or TIERS[0],
        domain or DEFAULT_DOMAIN,
        note=note,
        source="manual",
        reporter=actor(),
    )
    case, created = resources.store().bad_cases.add(draft)
    for key in (*ADD[:2], ADD[4]):
        state.put(key, "")
    if created:
        say(t("Bad case {id} is recorded.", id=case.id))
    else:
        say(t("This pair is already open as bad case {id}; your report was added to its history.", id=case.id))
