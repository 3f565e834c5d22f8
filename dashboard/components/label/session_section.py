"""Label here: a session's pairs by keyboard; where there is none, the way to one."""

from __future__ import annotations

import streamlit as st

from dashboard.components.frame import navigation
from dashboard.components.label import session_page
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    session = session_page.chosen()
    if session is None:
        st.info(
            t(
                "Nothing to label yet. Upload live pairs without labels under “What to label”, draw some at "
                "random, and label them here by keyboard."
            ),
            icon=":material/keyboard:",
        )
        if st.button(t("Draw pairs to label"), key="session_plan", type="primary", icon=":material/casino:"):
            navigation.go("label/plan")
        return
    session_page.show(session)
