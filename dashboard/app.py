"""Router: the pages, and what is around each of them."""

from __future__ import annotations

import streamlit as st

from dashboard import login
from dashboard.components.datasets.edition import store_edits
from dashboard.components.frame import presentation, unsaved
from dashboard.components.frame.guard import guarded
from dashboard.components.frame.notices import show_notices
from dashboard.components.frame.shell import MARK, language_switch, logo, model_note, style
from dashboard.components.tour import steps as tour
from dashboard.i18n import t

st.set_page_config(page_title="SimTier", page_icon=MARK, layout="wide")
logo()
style()
language_switch()
if not login.entered():
    st.stop()
page = st.navigation(
    {
        t("Every day"): [
            st.Page("views/live.py", title=t("Compare"), icon=":material/compare_arrows:", default=True),
            st.Page("views/bad_cases.py", title=t("Bad cases"), icon=":material/flag:"),
            st.Page("views/triage.py", title=t("Triage"), icon=":material/keyboard:"),
            st.Page("views/dedup.py", title=t("Deduplicate"), icon=":material/content_copy:"),
            st.Page("views/match.py", title=t("Match"), icon=":material/quiz:"),
        ],
        t("Tune"): [
            st.Page("views/data.py", title=t("Data"), icon=":material/table_view:"),
            st.Page("views/dataset.py", title=t("Dataset"), icon=":material/edit_note:"),
            st.Page("views/distribution.py", title=t("Distribution"), icon=":material/bar_chart:"),
            st.Page("views/calibration.py", title=t("Calibration"), icon=":material/verified:"),
            st.Page("views/costs.py", title=t("Costs"), icon=":material/payments:"),
            st.Page("views/policies.py", title=t("Policies"), icon=":material/rule_settings:"),
        ],
        t("Judge"): [
            st.Page("views/quality.py", title=t("Quality"), icon=":material/insights:"),
            st.Page("views/ablation.py", title=t("Preprocessing"), icon=":material/cleaning_services:"),
            st.Page("views/labels.py", title=t("Labels"), icon=":material/label:"),
            st.Page("views/versions.py", title=t("Versions"), icon=":material/difference:"),
            st.Page("views/find_cases.py", title=t("Find bad cases"), icon=":material/search:"),
            st.Page("views/patterns.py", title=t("Patterns"), icon=":material/pattern:"),
            st.Page("views/drift.py", title=t("Drift"), icon=":material/trending_down:"),
        ],
        t("System"): [
            st.Page("views/model.py", title=t("Model"), icon=":material/memory:"),
        ],
    },
    expanded=True,  # its "View more" is English only
)
login.who()
presentation.switch()
tour.switch()
model_note()
with st.container():  # what comes and goes here must not move what is below: a table would lose the open cell
    with guarded():
        store_edits()
    show_notices()
    unsaved.remind(page.url_path)
    presentation.frame(page.url_path)
    with guarded():
        tour.panel(page.url_path)
with guarded():
    page.run()
unsaved.ask_before_leaving()
