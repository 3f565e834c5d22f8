"""Saved datasets: listed, looked into, renamed, exported, deleted and brought back."""

from __future__ import annotations

import io
from functools import partial
from typing import Final

import streamlit as st

from calibration.pairs import write_pairs
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.notices import attempting, offer_undo, say
from dashboard.components.pairs_view import count_table, pairs_table
from dashboard.components.samples import SOURCE
from dashboard.components.tables import page_of
from dashboard.i18n import escaped, t, tn

FORMATS: Final = {"csv": "CSV", "tsv": "TSV", "jsonl": "JSONL", "xlsx": "XLSX", "parquet": "Parquet"}
LIST_PAGE: Final = "datasets_page"


def listing() -> None:
    """All saved datasets, newest first."""
    saved = resources.store().datasets.list()
    st.subheader(t("Saved datasets"), anchor=False)
    if not saved:
        st.info(t("Nothing is saved yet. Upload a file or load the samples above."), icon=":material/inbox:")
        return
    place = st.container()
    rows = page_of(len(saved), LIST_PAGE, 10)
    with place:
        for dataset in saved[rows]:
            _entry(dataset)


def _entry(dataset: Dataset) -> None:
    """One dataset: its name and counts, and what can be done with it."""
    with st.container(border=True, key=f"dataset_{dataset.id}"):
        left, middle, right = st.columns([3, 3, 1.6], vertical_alignment="center")
        with left:
            st.markdown(f"**{escaped(dataset.name)}**")
            st.caption(tn("{count} pair", "{count} pairs", dataset.rows) + " · " + _origin(dataset))
        with middle:
            st.markdown(" ".join(f":gray-badge[{escaped(name)}]" for name in dataset.domains[:8]))
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            _actions(dataset)
        details = st.expander(t("Show pairs"), key=f"show_{dataset.id}", on_change="rerun", type="compact")
        if details.open:
            frame = resources.dataset_frame(dataset)
            with details:
                st.table(count_table(frame), border="horizontal", width="content")
                pairs_table(frame, f"pairs_{dataset.id}")


def _origin(dataset: Dataset) -> str:
    """Where it came from and when."""
    when = dataset.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    origin = t("sample data") if dataset.source == SOURCE else escaped(dataset.source)
    return " · ".join(part for part in (origin, when) if part)


def _actions(dataset: Dataset) -> None:
    """Rename, export, delete."""
    with st.popover("", icon=":material/edit:", type="tertiary", help=t("Rename")):
        key = f"rename_{dataset.id}"
        st.text_input(t("Name of the dataset"), value=dataset.name, key=key)
        st.button(t("Rename"), key=f"rename_go_{dataset.id}", on_click=_rename, args=(dataset, key))
    with st.popover("", icon=":material/download:", type="tertiary", help=t("Export")):
        for format_name, shown in FORMATS.items():
            st.download_button(
                shown,
                partial(export, dataset.id, format_name),
                f"{dataset.name}.{format_name}",
                key=f"export_{dataset.id}_{format_name}",
                width="stretch",
                on_click="ignore",
            )
    st.button(
        "",
        icon=":material/delete:",
        key=f"delete_{dataset.id}",
        type="tertiary",
        help=t("Delete"),
        on_click=_delete,
        args=(dataset,),
    )


def export(dataset_id: int, format_name: str) -> bytes:
    """A dataset as a file in one of FORMATS; CSV opens in Excel with Chinese intact."""
    buffer = io.BytesIO()
    write_pairs(resources.store().datasets.frame(dataset_id), buffer, format_name)
    return buffer.getvalue()


@attempting
def _rename(dataset: Dataset, key: str) -> None:
    """Rename, as a callback."""
    renamed = resources.store().datasets.rename(dataset.id, str(state.get(key, "")), version=dataset.version)
    say(t("Renamed to “{name}”.", name=escaped(renamed.name)))


@attempting
def _delete(dataset: Dataset) -> None:
    """Delete with a way back, as a callback."""
    resources.store().datasets.delete(dataset.id)
    offer_undo(t("Deleted “{name}”.", name=escaped(dataset.name)), resources.store().datasets.restore, dataset.id)
