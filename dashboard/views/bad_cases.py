"""Bad cases: what users reported, sorted out together."""

from __future__ import annotations

import streamlit as st

from dashboard.components import case_add, case_filters, case_list, case_saved
from dashboard.components.shell import heading
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Bad cases"),
        t("Pairs that were judged wrongly: sort them out here, and give them back to the next labelling."),
    )
    wanted = case_filters.filters()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = case_filters.order()
        case_saved.saved_filters(wanted, order)
        case_add.add_form()
        st.page_link("views/triage.py", label=t("Sort out by keyboard"), icon=":material/keyboard:")
        st.page_link("views/find_cases.py", label=t("Find or import cases"), icon=":material/search:")
    case_list.listing(wanted, order)


page()
