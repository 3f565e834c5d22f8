"""The name asked for on the page that needs it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import state
from dashboard.actor import LONGEST
from dashboard.i18n import t

HERE: Final = "name_here"


def ask_name(why: str) -> None:
    """Say why a name is needed, with the field for it beside."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="ask_name"):
        st.markdown(f":material/badge: {why}", width="stretch")
        st.text_input(t("Your name"), key=HERE, max_chars=LONGEST, width=220, on_change=_keep)


def _keep() -> None:
    """Sign with this name from now on, as a callback."""
    state.put(state.ACTOR, str(state.get(HERE) or "").strip())
    state.put(state.ACTOR_CHANGED, True)
