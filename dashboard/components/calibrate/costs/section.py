"""Costs: the thresholds that cost least, from what each kind of mistake costs the user."""

from __future__ import annotations

import streamlit as st

from dashboard import resources, state
from dashboard.components.calibrate.costs import outcome, run
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import choose, drawn
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    chosen = choose.datasets()
    if not chosen:
        return
    costs = run.ask(chosen)
    draw = drawn.asked(chosen)
    options = choose.options()
    if not model_ready():
        return
    go = st.button(
        t("Find the cheapest thresholds"),
        key="cost_go",
        type="primary",
        icon=":material/payments:",
        disabled=costs is None,
    )
    if go and costs is not None:
        progress.remember(state.COST_JOB, run.start(chosen, options, costs, draw))
    finished = progress.follow(state.COST_JOB, t("Working out costs"))
    if finished is not None:
        progress.compare(finished, run.key(chosen, options, costs, draw) if costs is not None else "")
        outcome.show(resources.jobs().result(finished.id))
