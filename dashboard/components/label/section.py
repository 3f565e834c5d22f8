"""Labels: how many more a promise takes, and which pairs to label."""

from __future__ import annotations

import streamlit as st

from dashboard.components.frame.shell import model_ready
from dashboard.components.label import advice, plan, review
from dashboard.components.shared import choose


def show() -> None:
    """The section, top to bottom."""
    chosen = choose.datasets()
    options = choose.options()
    if not model_ready():
        return
    if chosen:
        advice.advising(chosen, options)
        st.divider()
    plan.planning(options)
    if chosen:
        st.divider()
        review.reviewing(chosen, options)
