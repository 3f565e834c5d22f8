"""Live comparison: what is compared as a link, and what was compared before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboard import state
from dashboard.components import comparison_form
from dashboard.components.comparison_form import Query
from dashboard.i18n import escaped, t

SOURCE: Final = "source"
TARGET: Final = "target"
DOMAIN: Final = "domain"
LONGEST: Final = 4000
"""Characters of a link at most: longer ones are cut off on their way through chats and proxies."""
KEPT: Final = 20


@dataclass(frozen=True)
class Past:
    """A comparison that was made in this session."""

    domain: str
    source: str
    targets: str


def open_link() -> None:
    """Fill the form from the URL, once a session, before it is drawn."""
    if state.get(state.LIVE_LINKED):
        return
    state.put(state.LIVE_LINKED, True)
    sources, targets = st.query_params.get_all(SOURCE), st.query_params.get_all(TARGET)
    if sources or targets:
        domain = st.query_params.get(DOMAIN) or ""
        comparison_form.fill(domain, "\n".join(sources), "\n".join(targets))


def put_in_url(query: Query) -> str:
    """Keep the comparison in the URL and return the link; empty where it is too long for one."""
    asked = {SOURCE: list(query.sources), TARGET: list(query.targets), DOMAIN: query.domain or ""}
    link = urlencode(asked, doseq=True)
    if len(link) > LONGEST:
        for name in asked:
            st.query_params.pop(name, None)
        return ""
    for name, value in asked.items():
        wanted = [value] if isinstance(value, str) else value
        if st.query_params.get_all(name) != wanted:
            st.query_params[name] = value
    return f"{(st.context.url or '').split('?')[0]}?{link}"


def share(link: str) -> None:
    """The link, to be copied."""
    with st.popover(t("Share"), icon=":material/link:", type="tertiary"):
        if link:
            st.caption(
                t("Who opens this link sees the same texts. They are part of it, so mind who may read them.")
            )
            st.code(link, language=None, wrap_lines=True)
        else:
            st.caption(t("These texts are too long for a link; download the CSV instead."))


def remember(query: Query) -> None:
    """Put the comparison at the head of the history, in place of what was typed on the way to it."""
    now = Past(query.domain or "", "\n".join(query.sources), "\n".join(query.targets))
    before = [past for past in state.get(state.LIVE_HISTORY, ()) if past != now]
    if before and now.source.startswith(before[0].source) and now.targets.startswith(before[0].targets):
        before = before[1:]
    state.put(state.LIVE_HISTORY, (now, *before)[:KEPT])


def history() -> None:
    """What was compared before, one click to have it back."""
    past = state.get(state.LIVE_HISTORY, ())
    with st.popover(t("History"), icon=":material/history:", type="tertiary", disabled=not past):
        st.caption(t("The last {count} comparisons of this session", count=len(past)))
        for number, one in enumerate(past):
            label = escaped(one.source[:30]) + " ↔ " + escaped(one.targets.splitlines()[0][:30])
            st.button(
                label,
                key=f"past_{number}",
                type="tertiary",
                on_click=comparison_form.fill,
                args=(one.domain, one.source, one.targets),
                width="stretch",
            )
