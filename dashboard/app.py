"""Router: the pages, and what is around each of them."""

from __future__ import annotations

import streamlit as st

from dashboard.components.guard import guarded
from dashboard.components.notices import show_notices
from dashboard.components.shell import LOGO, MARK, language_switch, model_note
from dashboard.i18n import t

st.set_page_config(page_title="SimTier", page_icon=MARK, layout="wide")
st.logo(LOGO, icon_image=MARK, size="large")
language_switch()
page = st.navigation(
    {
        t("Every day"): [
            st.Page("views/live.py", title=t("Compare"), icon=":material/compare_arrows:", default=True),
            st.Page("views/bad_cases.py", title=t("Bad cases"), icon=":material/flag:"),
        ],
        t("Tune"): [
            st.Page("views/data.py", title=t("Data"), icon=":material/table_view:"),
            st.Page("views/distribution.py", title=t("Distribution"), icon=":material/bar_chart:"),
            st.Page("views/calibration.py", title=t("Calibration"), icon=":material/verified:"),
            st.Page("views/costs.py", title=t("Costs"), icon=":material/payments:"),
        ],
        t("Judge"): [
            st.Page("views/quality.py", title=t("Quality"), icon=":material/insights:"),
            st.Page("views/labels.py", title=t("Labels"), icon=":material/label:"),
            st.Page("views/versions.py", title=t("Versions"), icon=":material/difference:"),
            st.Page("views/drift.py", title=t("Drift"), icon=":material/trending_down:"),
        ],
    }
)
model_note()
show_notices()
with guarded():
    page.run()
