"""Which bad cases are wanted, and in which order; the choice is in the URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from calibration.store import EXPECTATIONS, NO_TAG, ORDERS, STATUSES, BadCaseFilter
from calibration.text.differences import TAGS
from dashboard import resources, state
from dashboard.components.review.cases.names import (
    case_words,
    expectation_name,
    order_name,
    source_name,
    status_name,
    tag_name,
)
from dashboard.components.shared import url_choice
from dashboard.i18n import t

CONFLICTS = "yes"
MORE = (state.CASE_TAG, state.CASE_SOURCE, state.CASE_REPORTER, state.CASE_POLICY)
RANGES = (state.CASE_FROM, state.CASE_TO, state.CASE_SINCE, state.CASE_UNTIL)


def main() -> None:
    """The filters that are used most, in a row."""
    cases = resources.store().bad_cases
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice(t("Status"), state.CASE_STATUS, STATUSES, status_name, 135)
        _choice(t("Domain"), state.CASE_DOMAIN, cases.domains(), str, 115)
        _expected()
        _choice(t("Conflict"), state.CASE_CONFLICT, (CONFLICTS,), lambda _: t("conflicts only"), 120)
        _choice(t("Tag"), state.CASE_TAG, (*TAGS, NO_TAG), tag_name, 125)
        st.text_input(
            t("Search"),
            key=state.CASE_TEXT,
            bind="query-params",
            type="search",
            placeholder=t("In texts and notes"),
            width=160,
        )


def counted(asked: BadCaseFilter) -> None:
    """How many cases there are of each status."""
    counts = resources.store().bad_cases.counts(asked)
    st.caption(" · ".join(f"{status_name(name)} {counts[name]:,}" for name in STATUSES if counts[name]))


def _expected() -> None:
    """What was expected, in the words of the chosen domain; all expectations where a link asks for another."""
    words, domain = case_words(), state.get(state.CASE_DOMAIN) or ""
    asked = st.query_params.get(state.CASE_EXPECTED) or state.get(state.CASE_EXPECTED) or ""
    known = words.expectations(domain)
    options = known if asked in ("", *known) else EXPECTATIONS
    _choice(t("Expected"), state.CASE_EXPECTED, options, lambda one: expectation_name(words(one, domain)), 120)


def more() -> None:
    """Where a case comes from, its score, its day; folded away, with the number of those that are set."""
    cases = resources.store().bad_cases
    used = sum(bool(state.get(key)) for key in (*MORE[1:], *RANGES))
    name = t("More filters ({count})", count=used) if used else t("More filters")
    with (
        st.popover(name, icon=":material/filter_alt:", key="case_more"),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        _choice(t("Source"), state.CASE_SOURCE, cases.values("source"), source_name, 150)
        _choice(t("Reporter"), state.CASE_REPORTER, cases.values("reporter"), str, 150)
        _choice(t("Policy"), state.CASE_POLICY, cases.values("policy_id"), policy_namer(), 190)
        for label, key in ((t("Score from"), state.CASE_FROM), (t("Score below"), state.CASE_TO)):
            st.number_input(label, -1.0, 1.01, None, 0.05, "%.2f", key=key, bind="query-params", width=130)
        for label, key in ((t("Reported since"), state.CASE_SINCE), (t("Reported until"), state.CASE_UNTIL)):
            st.date_input(label, None, key=key, bind="query-params", format="YYYY-MM-DD", width=150)


def clear(asked: BadCaseFilter) -> None:
    """A button that takes every filter away, where one is set."""
    if asked != BadCaseFilter():
        st.button(
            t("Clear filters"), key="case_clear", icon=":material/filter_alt_off:", on_click=choose,
            args=(BadCaseFilter(),),
        )  # fmt: skip


def order() -> str:
    """In which order the cases are wanted."""
    return url_choice.choose(t("Order"), state.CASE_ORDER, ORDERS, order_name, 220)


def wanted() -> BadCaseFilter:
    """The filter as the session has it."""
    return BadCaseFilter(
        status=state.get(state.CASE_STATUS) or None,
        domain=state.get(state.CASE_DOMAIN) or None,
        expected=state.get(state.CASE_EXPECTED) or None,
        text=(state.get(state.CASE_TEXT) or "").strip(),
        tag=state.get(state.CASE_TAG) or None,
        source=state.get(state.CASE_SOURCE) or None,
        reporter=state.get(state.CASE_REPORTER) or None,
        policy_id=state.get(state.CASE_POLICY) or None,
        conflict=True if state.get(state.CASE_CONFLICT) == CONFLICTS else None,
        score_from=state.get(state.CASE_FROM),
        score_to=state.get(state.CASE_TO),
        since=_midnight(state.get(state.CASE_SINCE)),
        until=_midnight(state.get(state.CASE_UNTIL), days=1),
    )


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """Where a day begins here, `days` later."""
    return None if day is None else datetime.combine(day + timedelta(days=days), time()).astimezone()


def choose(asked: BadCaseFilter, order: str | None = None) -> None:
    """Put a filter into the widgets, as a callback or before they are drawn."""
    values: dict[str, Any] = {
        state.CASE_STATUS: asked.status if isinstance(asked.status, str) else "",
        state.CASE_DOMAIN: asked.domain or "",
        state.CASE_EXPECTED: asked.expected or "",
        state.CASE_TEXT: asked.text,
        state.CASE_TAG: asked.tag or "",
        state.CASE_SOURCE: asked.source or "",
        state.CASE_REPORTER: asked.reporter or "",
        state.CASE_POLICY: asked.policy_id or "",
        state.CASE_CONFLICT: CONFLICTS if asked.conflict else "",
        state.CASE_FROM: asked.score_from,
        state.CASE_TO: asked.score_to,
        state.CASE_SINCE: asked.since.astimezone().date() if asked.since else None,
        state.CASE_UNTIL: asked.until.astimezone().date() - timedelta(days=1) if asked.until else None,
    }
    for key, value in values.items():
        state.put(key, value)
    if order is not None:
        state.put(state.CASE_ORDER, order)


def policy_namer() -> Callable[[str], str]:
    """Names policies by their ids; one that the store does not have keeps its id."""
    known = {
        stored.id: t("{name} v{version}", name=stored.name, version=stored.version)
        for stored in resources.store().policies.list()
    }
    return lambda key: known.get(key, key)


def _choice(label: str, key: str, options: Sequence[str], name: Callable[[str], str], width: int) -> None:
    """One filter; empty for all."""
    free = key in (state.CASE_DOMAIN, *MORE[1:])
    url_choice.choose(label, key, ["", *options], lambda one: name(one) if one else t("all"), width, free)
