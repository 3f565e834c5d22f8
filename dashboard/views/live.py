"""Live comparison: sentences against others, judged by the policy and by the published thresholds."""

from __future__ import annotations

import streamlit as st

from calibration.score import score_texts
from dashboard import resources
from dashboard.components.comparison import beside, form, heat, history, listing, live_typing, result, share
from dashboard.components.comparison.report_case import show_report
from dashboard.components.frame.shell import heading, model_ready
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(t("Compare"), t("Score sentences against others, and see what your policy makes of each score."))
    share.open_link()
    live_typing.listen()
    query = form.ask(beside.ask)
    if query.policy is None:
        _no_policy()
    if not query.source or not query.targets:
        st.info(
            t("Enter a sentence and at least one line to compare it with, or try an example."),
            icon=":material/edit:",
        )
        history.menu()
        history.keep()
        return
    if not model_ready():
        return
    link = share.put_in_url(query)
    history.remember(query)
    query = heat.choose(query)
    texts = score_texts(query.source, query.targets, resources.encoder(), query.options)
    listing.show(result.verdicts(query, texts), query, link)
    history.keep()
    show_report()


def _no_policy() -> None:
    """Say why only the published thresholds judge, and what to do about it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            t(
                "**No policy is chosen.** Scores below are judged by the published thresholds 0.85 / 0.70 / 0.50 "
                "only; they are not calibrated for this model, so expect many false “same”."
            ),
            width="stretch",
        )
        way, name = "views/calibration.py", t("Calibrate on your data")
        st.page_link(way, label=name, icon=":material/verified:", width="content")


page()
