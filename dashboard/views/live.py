"""Live comparison: sentences against others, judged by the policy and by the published thresholds."""

from __future__ import annotations

import streamlit as st

from calibration.score import score_texts
from dashboard import resources
from dashboard.components import (
    comparison_beside,
    comparison_form,
    comparison_heat,
    comparison_history,
    comparison_list,
    comparison_result,
    comparison_share,
    live_typing,
    policies,
)
from dashboard.components.report_case import show_report
from dashboard.components.shell import heading, model_ready
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(t("Compare"), t("Score sentences against others, and see what your policy makes of each score."))
    comparison_share.open_link()
    live_typing.listen()
    query = comparison_form.ask(comparison_beside.ask)
    if query.policy is None:
        policies.nothing_chosen()
    if not query.source or not query.targets:
        st.info(
            t("Enter a sentence and at least one line to compare it with, or try an example."),
            icon=":material/edit:",
        )
        comparison_history.menu()
        comparison_history.keep()
        return
    if not model_ready():
        return
    link = comparison_share.put_in_url(query)
    comparison_history.remember(query)
    query = comparison_heat.choose(query)
    texts = score_texts(query.source, query.targets, resources.encoder(), query.options)
    comparison_list.show(comparison_result.verdicts(query, texts), query, link)
    comparison_history.keep()
    show_report()


page()
