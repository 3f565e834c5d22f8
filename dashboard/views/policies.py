"""Policies: every version, which one is in use, what publishing another would change, and the way back."""

from __future__ import annotations

import streamlit as st

from dashboard import resources
from dashboard.components import policy_diff, policy_import, policy_list, policy_publish
from dashboard.components.policy_details import history_line
from dashboard.components.shell import heading
from dashboard.i18n import escaped, t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Policies"),
        t("Every version of your thresholds: publish one through a gate, compare two, go back in one step."),
    )
    policy_publish.dialog()
    versions, compared, history, files = st.tabs([t("All versions"), t("What differs"), t("History"), t("Files")])
    with versions:
        policy_list.listing()
    with compared:
        policy_diff.diff(resources.store().policies.list())
    with history:
        _history()
    with files:
        policy_import.files()


def _history() -> None:
    """What was in use when, newest first."""
    entries = resources.store().policies.publications()
    if not entries:
        st.caption(t("Nothing was published so far."))
    for entry in entries:
        name = t("{name} v{version}", name=escaped(entry.name), version=entry.version)
        st.markdown(f"**{name}** · {history_line(entry)}")


page()
