"""Live comparison: one sentence against many, judged by the policy and by the published thresholds."""

from __future__ import annotations

import streamlit as st

from calibration.score import score_texts
from dashboard import resources, state
from dashboard.components import comparison_form, comparison_result
from dashboard.components.report_case import show_report
from dashboard.components.shell import heading, model_ready
from dashboard.components.tables import csv_bytes, page_of
from dashboard.i18n import t, tn


def page() -> None:
    """The page, top to bottom."""
    heading(t("Compare"), t("Score one sentence against many, and see what your policy makes of each score."))
    query = comparison_form.ask()
    if query.policy is None:
        _no_policy()
    if not query.source or not query.targets:
        st.info(
            t("Enter a sentence and at least one line to compare it with, or try an example."),
            icon=":material/edit:",
        )
        return
    if not model_ready():
        return
    texts = score_texts(query.source, query.targets, resources.encoder(), query.options)
    found = comparison_result.verdicts(query, texts)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(tn("{count} result", "{count} results", len(found)), anchor=False, width="content")
        by_score = st.toggle(t("Highest score first"), value=True, key=state.LIVE_SORT, persist_state="session")
        st.download_button(
            t("Download CSV"),
            csv_bytes(comparison_result.table(found, query)),
            "compare.csv",
            "text/csv",
            icon=":material/download:",
        )
    if by_score:
        found = sorted(found, key=lambda verdict: -verdict.text.score)
    cards = st.container()
    shown = page_of(len(found), state.LIVE_PAGE)
    with cards:
        for number, verdict in enumerate(found[shown], start=shown.start):
            comparison_result.card(number, verdict, query)
    show_report()


def _no_policy() -> None:
    """Say why only the published thresholds judge, and what to do about it."""
    with st.container(border=True):
        words, way = st.columns([4, 1], vertical_alignment="center")
        words.markdown(
            t(
                "**No policy is chosen.** Scores below are judged by the published thresholds 0.85 / 0.70 / 0.50 "
                "only; they are not calibrated for this model, so expect many false “same”."
            ),
        )
        way.page_link("views/calibration.py", label=t("Calibrate on your data"), icon=":material/verified:")


page()
