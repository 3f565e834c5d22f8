"""What was in use when, newest first."""

from __future__ import annotations

import streamlit as st

from dashboard import resources
from dashboard.components.policies.details import history_line
from dashboard.i18n import escaped, t


def show() -> None:
    """Every publication."""
    entries = resources.store().policies.publications()
    if not entries:
        st.caption(t("Nothing was published so far."))
    for entry in entries:
        name = t("{name} v{version}", name=escaped(entry.name), version=entry.version)
        st.markdown(f"**{name}** · {history_line(entry)}")
