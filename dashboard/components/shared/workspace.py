"""The workspace: datasets, promise, sampling and policy in one line on every page that works with them."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.fitting.fit import FitSettings
from calibration.stats.formatting import asked_percent
from dashboard import resources, state
from dashboard.components.frame import navigation
from dashboard.components.frame.presentation import controls
from dashboard.components.shared import choose, drawn, promise, scoring_options
from dashboard.components.shared.saved_policies import plain_title
from dashboard.i18n import escaped, t, tn

WITHOUT: Final = ("compare", "settings", "label", "label/session", "label/second", "review", "review/inbox")
"""Places without the line: Compare in the guide's plain form, and where one works by keyboard."""


def header(place: str) -> None:
    """The line, and a popover to change it; nothing where there is no dataset yet."""
    saved = resources.store().datasets.list()
    if not saved or place in WITHOUT or place.partition("/")[0] == "settings":
        return
    chosen = choose.chosen(saved)
    with controls("workspace"), st.container(horizontal=True, vertical_alignment="center", key="workspace"):
        st.caption(_line(chosen), width="stretch")
        with st.popover(t("Change"), icon=":material/tune:", type="tertiary", key="workspace_change"):
            choose.ask(saved)
            promise.ask()
            drawn.ask(choose.chosen(saved))
            scoring_options.ask(state.SEGMENTS, state.PUNCTUATION)
            navigation.link("policies/versions", t("Policies"), icon=":material/rule_settings:")


def _line(chosen: choose.Datasets) -> str:
    """What every page works with."""
    asked, current = promise.asked(), resources.store().policies.current()
    used = t("in use: {name}", name=escaped(plain_title(current))) if current else t("no policy in use")
    parts = (
        f":material/table_view: {_datasets(chosen)}",
        f":material/verified: {promise.words(asked)}{_confidence(asked)}",
        f":material/casino: {drawn.words(chosen, drawn.asked(chosen))}",
        f":material/rule_settings: {used}",
    )
    return " · ".join(parts)


def _datasets(chosen: choose.Datasets) -> str:
    """One by its name, several by their number, with their pairs."""
    if not chosen:
        return t("no dataset")
    named = escaped(chosen[0].name) if len(chosen) == 1 else tn("{count} dataset", "{count} datasets", len(chosen))
    rows = sum(dataset.rows for dataset in chosen)
    return f"{named} ({tn('{count} pair', '{count} pairs', rows)})"


def _confidence(asked: FitSettings) -> str:
    """The confidence, where it is not the usual one."""
    if asked.confidence == FitSettings.confidence:
        return ""
    return t(" at {confidence} confidence", confidence=asked_percent(asked.confidence))
