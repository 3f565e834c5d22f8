"""Policies: every version, which one is in use, what publishing another would change, and the way back."""

from __future__ import annotations

import streamlit as st

from dashboard import resources
from dashboard.components.frame.shell import heading
from dashboard.components.policies import diff, importing, listing, publish
from dashboard.components.policies.details import history_line
from dashboard.i18n import escaped, t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Policies"),
        t("Every version of your thresholds: publish one through a gate, compare two, go back in one step."),
    )
    publish.dialog()
    versions, compared, history, files = st.tabs([t("All versions"), t("What differs"), t("History"), t("Files")])
    with versions:
        listing.listing()
    with compared:
        diff.diff(resources.store().policies.list())
    with history:
        _history()
    with files:
        importing.files()


def _history() -> None:
    """What was in use when, newest first."""
    entries = resources.store().policies.publications()
    if not entries:
        st.caption(t("Nothing was published so far."))
    for entry in entries:
        name = t("{name} v{version}", name=escaped(entry.name), version=entry.version)
        st.markdown(f"**{name}** · {history_line(entry)}")


page()
