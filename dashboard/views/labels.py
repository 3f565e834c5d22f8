"""Labels: how many more a promise takes, and which pairs to label."""

from __future__ import annotations

import streamlit as st

from dashboard.components.frame.shell import heading, model_ready
from dashboard.components.labels import advice, plan, review
from dashboard.components.shared import choose
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Labels"),
        t("See how many more labels your promise takes, and get the pairs that are worth labelling."),
    )
    chosen = choose.datasets()
    options = choose.options()
    if not model_ready():
        return
    if chosen:
        advice.advising(chosen, options)
        st.divider()
    plan.planning(chosen, options)
    if chosen:
        st.divider()
        review.reviewing(chosen, options)


page()
