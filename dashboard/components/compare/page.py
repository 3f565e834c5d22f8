"""Live comparison: sentences against others, judged by the policy and by the published thresholds."""

from __future__ import annotations

import streamlit as st

from calibration.scoring.score_pairs import score_texts
from dashboard import resources
from dashboard.components.compare import form, heat, history, listing, live_typing, second_model, share
from dashboard.components.compare.report_case import show_report
from dashboard.components.compare.verdict import verdicts
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import saved_policies
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    share.open_link()
    live_typing.listen()
    query = form.ask(second_model.ask)
    if query.policy is None:
        saved_policies.nothing_chosen()
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
    listing.show(verdicts(query, texts), query, link)
    history.keep()
    show_report()
