"""Bad cases: what users reported, sorted out together."""

from __future__ import annotations

import streamlit as st

from dashboard.components import case_add, case_filters, case_list
from dashboard.components.shell import heading
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Bad cases"),
        t("Pairs that were judged wrongly: sort them out here, and give them back to the next labelling."),
    )
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    with left:
        wanted = case_filters.filters()
    with right:
        case_add.add_form()
    case_list.listing(wanted)


page()
