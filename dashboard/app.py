"""Router: the pages, and what is around each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import login, resources
from dashboard.components.data.edit_session import store_edits
from dashboard.components.frame import job_bar, navigation, presentation, unsaved
from dashboard.components.frame.guard import guarded
from dashboard.components.frame.notices import show_notices
from dashboard.components.frame.shell import MARK, explanations, language_switch, logo, model_note, speak, style
from dashboard.components.shared import slides, workspace
from dashboard.components.tour import steps as tour
from dashboard.i18n import t


def first() -> None:
    """The address without a page: Compare while there is nothing to look over, the Overview from then on."""
    store = resources.store()
    navigation.redirect("overview" if store.datasets.list() or store.policies.list() else "compare")


def hidden(path: str, then: Callable[[], None], default: bool = False) -> st.Page:
    """An address that leads elsewhere."""
    return st.Page(then, title=login.PRODUCT, url_path=path, default=default, visibility="hidden")


st.set_page_config(page_title="SimTier", page_icon=MARK, layout="wide")
logo()
style()
language_switch()
if not login.entered():
    st.stop()
page = st.navigation(
    [
        hidden("", first, default=True),
        st.Page("views/overview.py", title=t("Overview"), icon=":material/dashboard:"),
        st.Page("views/data.py", title=t("Data"), icon=":material/table_view:"),
        st.Page("views/label.py", title=t("Label"), icon=":material/label:"),
        st.Page("views/calibrate.py", title=t("Calibrate"), icon=":material/verified:"),
        st.Page("views/policies.py", title=t("Policies"), icon=":material/rule_settings:"),
        st.Page("views/compare.py", title=t("Compare"), icon=":material/compare_arrows:"),
        st.Page("views/review.py", title=t("Review"), icon=":material/flag:"),
        st.Page("views/batch.py", title=t("Batch"), icon=":material/stacks:"),
        st.Page("views/monitor.py", title=t("Monitor"), icon=":material/monitoring:"),
        st.Page("views/settings.py", title=t("Settings"), icon=":material/settings:"),
        *(hidden(path, partial(navigation.redirect, place)) for path, place in navigation.MOVED.items()),
    ],
    expanded=True,  # its "View more" is English only
)
place = navigation.here(page.url_path)
login.who()
explanations()
presentation.switch()
tour.switch()
model_note()
job_bar.show()
speak()
with st.container():  # what comes and goes here must not move what is below: a table would lose the open cell
    with guarded():
        store_edits()
    show_notices()
    unsaved.remind(place)
    slides.frame(place)
    with guarded():
        tour.panel(place)
with guarded():
    workspace.header(place)
with guarded():
    page.run()
unsaved.ask_before_leaving()
