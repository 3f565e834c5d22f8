"""Bad cases: what users reported, sorted out together."""

from __future__ import annotations

import streamlit as st

from dashboard.components.cases import add, filters, listing, saved_filters
from dashboard.components.frame.shell import heading
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Bad cases"),
        t("Pairs that were judged wrongly: sort them out here, and give them back to the next labelling."),
    )
    wanted = filters.filters()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = filters.order()
        saved_filters.saved_filters(wanted, order)
        add.add_form()
        st.page_link("views/triage.py", label=t("Sort out by keyboard"), icon=":material/keyboard:")
        st.page_link("views/find_cases.py", label=t("Find or import cases"), icon=":material/search:")
    listing.listing(wanted, order)


page()
