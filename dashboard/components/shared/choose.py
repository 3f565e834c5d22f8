"""Which datasets a page works on; the choice is in the URL and shared between pages."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.score import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.shared import samples, scoring_options
from dashboard.i18n import t

Datasets = tuple[Dataset, ...]
Options = ScoringOptions

CHOSEN_ROWS: Final = 50_000
"""Datasets are chosen to begin with while they have no more pairs together than this."""


def datasets() -> tuple[Dataset, ...]:
    """The datasets to work on; where there are none, what to do about it."""
    saved = {dataset.name: dataset for dataset in resources.store().datasets.list()}
    if not saved:
        _nothing_saved()
        return ()
    names = st.multiselect(
        t("Datasets"),
        list(saved),
        default=_first(saved),
        key=state.DATASETS,
        bind="query-params",
        placeholder=t("Choose at least one"),
        format_func=lambda name: f"{name} · {saved[name].rows:,}",
    )
    return tuple(saved[name] for name in names if name in saved)


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
        st.page_link("views/data.py", label=t("Upload labelled pairs"), icon=":material/upload:")
    with right:
        samples.offer("samples_here")


def options() -> ScoringOptions:
    """How texts are cleaned and cut; one choice for all pages that work on datasets."""
    return scoring_options.choose(state.SEGMENTS, state.PUNCTUATION)
