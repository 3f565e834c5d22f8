"""Who is at the page: the name that histories carry."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import roles, state
from dashboard.i18n import t
from dashboard.login_options import from_environment

LONGEST: Final = 80


def name_field() -> None:
    """In the sidebar: a name to sign changes with; kept for the session."""
    st.sidebar.text_input(
        t("Your name"),
        key=state.ACTOR,
        max_chars=LONGEST,
        placeholder=t("signs what you change"),
        persist_state="session",
    )


def actor() -> str:
    """Whom changes of this session are signed with: who is logged in, else the name given, perhaps empty."""
    options = from_environment()
    if options.needed:
        return roles.email(options)
    return str(state.get(state.ACTOR) or "").strip()
