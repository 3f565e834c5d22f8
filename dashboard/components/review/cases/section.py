"""Bad cases: what users reported, sorted out together."""

from __future__ import annotations

import streamlit as st

from dashboard.components.review.cases import add, filters, listing, saved_filters


def show() -> None:
    """The section, top to bottom."""
    filters.main()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = filters.order()
        filters.more()
        wanted = filters.wanted()
        filters.clear(wanted)
        saved_filters.saved_filters(wanted, order)
        add.add_form()
    filters.counted(wanted)
    listing.listing(wanted, order)
