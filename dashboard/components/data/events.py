"""The history of a dataset, and earlier versions of it as datasets of their own."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.store import COPY, Dataset, Part
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.data.words import ACTIONS, event_detail
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared import tables
from dashboard.i18n import escaped, t

SIZE = 20


def history(dataset: Dataset) -> None:
    """Every change, newest first, and the way back to each."""
    st.caption(t("Every change creates a version, and every version can be restored."))
    place = st.container()
    rows = tables.page_of(dataset.version, state.HISTORY_PAGE, SIZE)
    events = resources.store().datasets.history(dataset.id, limit=SIZE, offset=rows.start)
    kind = dataset.kinds[0] if len(dataset.kinds) == 1 else ""
    shown = pd.DataFrame(
        {
            "version": [event.version for event in events],
            "at": [event.at for event in events],
            "actor": [event.actor or t("somebody") for event in events],
            "action": [t(ACTIONS[event.action]) for event in events],
            "detail": [event_detail(event, kind) for event in events],
            "rows": [event.rows for event in events],
            "hash": [event.content_hash[:12] for event in events],
        }
    )
    place.dataframe(
        shown,
        hide_index=True,
        lazy=False,
        alt=t("History"),
        column_config={
            "version": st.column_config.NumberColumn(t("Version"), width=75),
            "at": tables.when(t("When"), 140),
            "actor": tables.text(t("Who"), 110),
            "action": tables.text(t("What"), 130),
            "detail": tables.text(t("Details"), "large"),
            "rows": st.column_config.NumberColumn(t("Pairs"), width=75),
            "hash": tables.text(t("Content"), 110),
        },
    )
    _keep_version(dataset, [event.version for event in events])


def _keep_version(dataset: Dataset, versions: list[int]) -> None:
    """Make a dataset of an earlier version."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        version = st.selectbox(t("Version"), versions, key=f"copy_version_{dataset.id}", width=110)
        key = f"copy_name_{dataset.id}_{version}"
        free = resources.store().datasets.free_name(f"{dataset.name} v{version}")
        st.text_input(t("Name of the dataset"), value=free, key=key, width=360)
        label = t("Keep this version as a dataset")
        st.button(label, key="copy_go", icon=":material/history:", on_click=_copy, args=(dataset, version, key))


@attempting
def _copy(dataset: Dataset, version: int, key: str) -> None:
    """Make it, as a callback."""
    makings = {str(state.get(key)): [Part(dataset.id, version=version)]}
    (made,) = resources.store().datasets.derive(makings, COPY, actor=actor())
    say(t("Saved “{name}”: {rows} pairs.", name=escaped(made.name), rows=f"{made.rows:,}"))
