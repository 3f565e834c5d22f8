"""Live comparison: what is compared as a link."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboard import state
from dashboard.components.compare import form
from dashboard.components.compare.form import Query
from dashboard.i18n import t

SOURCE: Final = "source"
TARGET: Final = "target"
DOMAIN: Final = "domain"
LONGEST: Final = 4000
"""Characters of a link at most: longer ones are cut off on their way through chats and proxies."""


def open_link() -> None:
    """Fill the form from the URL, once a session, before it is drawn."""
    if state.get(state.LIVE_LINKED):
        return
    state.put(state.LIVE_LINKED, True)
    sources, targets = st.query_params.get_all(SOURCE), st.query_params.get_all(TARGET)
    if sources or targets:
        domain = st.query_params.get(DOMAIN) or ""
        form.fill(domain, "\n".join(sources), "\n".join(targets))


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
            st.caption(t("Anyone with this link can read these texts. Share with care."))
            st.code(link, language=None, wrap_lines=True)
        else:
            st.caption(t("These texts are too long for a link; download the CSV instead."))
