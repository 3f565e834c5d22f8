"""Patterns: which tags, domains and score bands produce the bad cases, over time."""

from __future__ import annotations

import streamlit as st

from calibration.store import BadCaseFilter
from dashboard import resources, state
from dashboard.components.review.cases import patterns
from dashboard.i18n import naming, t


def show() -> None:
    """The section, top to bottom."""
    cases = resources.store().bad_cases
    if not cases.search(limit=0).total:
        st.info(t("No bad cases yet: find some in labelled data, or report them on the compare page."))
        return
    domains = ["", *cases.domains()]
    if state.get(state.PATTERNS_DOMAIN) not in (None, *domains):
        state.drop(state.PATTERNS_DOMAIN)
    words = naming(domains, lambda name: name or t("all"))
    domain = st.selectbox(
        t("Domain"), domains, key=state.PATTERNS_DOMAIN, persist_state="session", width=220, format_func=words
    )
    patterns.show(BadCaseFilter(domain=domain or None))
