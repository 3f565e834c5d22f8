"""Which bad cases are wanted; the choice is in the URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from calibration.store import EXPECTATIONS, STATUSES, BadCaseFilter
from dashboard import resources, state
from dashboard.components.case_names import expectation_name, status_name
from dashboard.i18n import naming, t


def filters() -> BadCaseFilter:
    """Which cases are wanted; kept in the URL."""
    cases = resources.store().bad_cases
    counts = cases.counts()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        status = _choice(
            t("Status"), state.CASE_STATUS, STATUSES, lambda name: f"{status_name(name)} ({counts[name]})", 190
        )
        domain = _choice(t("Domain"), state.CASE_DOMAIN, cases.domains(), str, 150)
        expected = _choice(t("Expected"), state.CASE_EXPECTED, EXPECTATIONS, expectation_name, 150)
        text = st.text_input(
            t("Search"),
            key=state.CASE_TEXT,
            bind="query-params",
            type="search",
            placeholder=t("In texts and notes"),
            width=230,
        )
    return BadCaseFilter(status or None, domain or None, expected or None, (text or "").strip())


def _choice(label: str, key: str, options: Sequence[str], name: Callable[[str], str], width: int) -> str:
    """One filter; empty for all."""
    everything = ["", *options]
    words = naming(everything, lambda option: name(option) if option else t("all"))
    return st.selectbox(label, everything, key=key, bind="query-params", format_func=words, width=width)
