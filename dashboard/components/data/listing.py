"""Saved datasets: listed, looked into, renamed, exported, deleted and brought back."""

from __future__ import annotations

import io
from functools import partial
from typing import Final

import streamlit as st

from calibration.pairs import write_pairs
from calibration.store import Dataset, RowFilter
from dashboard import resources, roles, state
from dashboard.actor import actor
from dashboard.components.frame import navigation
from dashboard.components.frame.notices import attempting, offer_undo, say
from dashboard.components.shared.pairs_view import count_table, pairs_table
from dashboard.components.shared.samples import SOURCE
from dashboard.components.shared.tables import page_of
from dashboard.i18n import escaped, moment, t, tn

EVERY: Final = RowFilter()
FORMATS: Final = {"csv": "CSV", "tsv": "TSV", "jsonl": "JSONL", "xlsx": "XLSX", "parquet": "Parquet"}
LIST_PAGE: Final = "datasets_page"
MOST_DELETED: Final = 50


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
    when = moment(dataset.created_at)
    origin = t("sample data") if dataset.source == SOURCE else escaped(dataset.source)
    return " · ".join(part for part in (origin, when) if part)


def _actions(dataset: Dataset) -> None:
    """Rename, export, delete."""
    opened = st.button("", icon=":material/open_in_new:", key=f"open_{dataset.id}", type="tertiary", help=t("Open"))
    if opened:
        navigation.go("data/dataset", **{state.DATASET: str(dataset.id)})
    with st.popover("", icon=":material/edit:", type="tertiary", help=t("Rename")):
        key = f"rename_{dataset.id}"
        st.text_input(t("Name of the dataset"), value=dataset.name, key=key)
        st.button(t("Rename"), key=f"rename_go_{dataset.id}", on_click=_rename, args=(dataset, key))
    with st.popover("", icon=":material/download:", type="tertiary", help=t("Export")):
        exports(dataset)
    st.button(
        "",
        icon=":material/delete:",
        key=f"delete_{dataset.id}",
        type="tertiary",
        help=t("Delete"),
        on_click=_delete,
        args=(dataset,),
        disabled=not roles.allowed(roles.DELETE),
    )


def exports(dataset: Dataset, wanted: RowFilter = EVERY, name: str = "") -> None:
    """A button for each kind of file that a dataset, or the rows of it that are wanted, can be had as."""
    kind = "found" if wanted != EVERY else "export"
    for format_name, shown in FORMATS.items():
        st.download_button(
            shown,
            partial(export, dataset.id, format_name, wanted),
            f"{name or dataset.name}.{format_name}",
            key=f"{kind}_{dataset.id}_{format_name}",
            width="stretch",
            on_click="ignore",
        )


def export(dataset_id: int, format_name: str, wanted: RowFilter = EVERY) -> bytes:
    """A dataset, or the wanted rows, as a file in one of FORMATS; CSV opens in Excel with Chinese intact."""
    store, buffer = resources.store().datasets, io.BytesIO()
    frame = store.frame(dataset_id)
    if wanted != EVERY:
        frame = frame.iloc[list(store.find_rows(dataset_id, wanted))].reset_index(drop=True)
    write_pairs(frame, buffer, format_name)
    return buffer.getvalue()


@attempting
def _rename(dataset: Dataset, key: str) -> None:
    """Rename, as a callback."""
    new = str(state.get(key, ""))
    renamed = resources.store().datasets.rename(dataset.id, new, version=dataset.version, actor=actor())
    say(t("Renamed to “{name}”.", name=escaped(renamed.name)))


@attempting
def _delete(dataset: Dataset) -> None:
    """Delete with a way back, as a callback."""
    resources.store().datasets.delete(dataset.id, actor=actor())
    offer_undo(t("Deleted “{name}”.", name=escaped(dataset.name)), _bring_back, dataset.id)


def deleted() -> None:
    """Deleted datasets, each with a way back."""
    gone = [dataset for dataset in resources.store().datasets.list(include_deleted=True) if dataset.deleted_at]
    if not gone:
        return
    with st.expander(
        tn("{count} deleted dataset", "{count} deleted datasets", len(gone)), icon=":material/delete:"
    ):
        for dataset in gone[:MOST_DELETED]:
            with st.container(horizontal=True, vertical_alignment="center"):
                text = f"**{escaped(dataset.name)}** · {tn('{count} pair', '{count} pairs', dataset.rows)}"
                st.markdown(text, width="stretch")
                key = f"restore_{dataset.id}"
                st.button(t("Restore"), key=key, icon=":material/undo:", on_click=_restore, args=(dataset.id,))


@attempting
def _restore(dataset_id: int) -> None:
    """Bring a deleted dataset back, as a callback."""
    restored = _bring_back(dataset_id)
    say(t("“{name}” is back.", name=escaped(restored.name)))


def _bring_back(dataset_id: int) -> Dataset:
    """Restore, under another name where its own is taken by now."""
    store = resources.store().datasets
    return store.restore(dataset_id, store.free_name(store.get(dataset_id).name), actor=actor())
