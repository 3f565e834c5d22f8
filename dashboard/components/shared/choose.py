"""Which datasets a page works on; the choice is in the URL and shared between pages."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.frame import navigation
from dashboard.components.shared import samples, scoring_options
from dashboard.i18n import t

Datasets = tuple[Dataset, ...]
Options = ScoringOptions

DATASETS_SEEN: Final = "datasets_seen"
"""The choice that this session has put into the URL itself; another one there is a link's."""
CHOSEN_ROWS: Final = 50_000
"""Datasets are chosen to begin with while they have no more pairs together than this."""


def datasets() -> Datasets:
    """The datasets of the workspace; where there are none, what to do about it."""
    saved = resources.store().datasets.list()
    if not saved:
        _nothing_saved()
        return ()
    found = chosen(saved)
    if not found:
        st.info(t("Choose at least one dataset in the line above."), icon=":material/table_view:")
    return found


def chosen(saved: Datasets) -> Datasets:
    """Those of the saved datasets that are chosen: as a link says, else as before, else those to begin with."""
    by_name = {dataset.name: dataset for dataset in saved}
    asked = [name for name in st.query_params.get_all(state.DATASETS) if name in by_name]
    if state.get(state.DATASETS) is None or (asked and asked != state.get(DATASETS_SEEN)):
        state.put(state.DATASETS, asked or _first(by_name))
    names = [name for name in state.get(state.DATASETS) if name in by_name]
    if names != state.get(state.DATASETS):
        state.put(state.DATASETS, names)
    state.put(DATASETS_SEEN, names)
    if names == _first(by_name):
        st.query_params.pop(state.DATASETS, None)
    elif names != asked:
        st.query_params[state.DATASETS] = names
    return tuple(by_name[name] for name in names)


def ask(saved: Datasets) -> None:
    """The choice of datasets, and how their texts are cleaned and cut."""
    rows = {dataset.name: dataset.rows for dataset in saved}
    st.multiselect(
        t("Datasets"),
        list(rows),
        key=state.DATASETS,
        persist_state="session",
        placeholder=t("Choose at least one"),
        format_func=lambda name: f"{name} · {rows[name]:,}" if name in rows else name,
    )


def _first(saved: dict[str, Dataset]) -> list[str]:
    """All of them while they are few, else the newest."""
    if sum(dataset.rows for dataset in saved.values()) <= CHOSEN_ROWS:
        return list(saved)
    return list(saved)[:1]


def _nothing_saved() -> None:
    """No data yet: the two ways to some."""
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        st.markdown(t("**There are no labelled pairs yet**"))
        st.caption(t("Upload your own pairs on the data page; a few hundred a domain are a good start."))
        navigation.link("data/datasets", label=t("Upload labelled pairs"), icon=":material/upload:")
    with right:
        samples.offer("samples_here")


def options() -> ScoringOptions:
    """How texts are cleaned and cut; one choice for all pages that work on datasets."""
    return scoring_options.chosen(state.SEGMENTS, state.PUNCTUATION)
