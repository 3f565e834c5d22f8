"""Where a row comes from, and who changed it when."""

from __future__ import annotations

import streamlit as st

from calibration.columns import KIND, LABEL
from calibration.store import CellChange, Dataset, Origin, RowFilter, TraceStep
from dashboard import resources
from dashboard.components.data.words import change_line
from dashboard.i18n import escaped, t


def ask(dataset: Dataset) -> None:
    """Ask for a row and tell its story."""
    with st.expander(t("Where does a row come from?"), icon=":material/route:"):
        number = st.number_input(
            t("Row"), 1, dataset.rows, None, 1, key=f"trace_{dataset.id}", width=200, placeholder=t("Its number")
        )
        if number is None:
            return
        for step in resources.store().datasets.trace(dataset.id, int(number) - 1):
            _step(step)


def _step(step: TraceStep) -> None:
    """One dataset's part of the story, newest first."""
    st.markdown(t("**{name}**, row {row}", name=escaped(step.name), row=f"{step.row + 1:,}"))
    kind = _kind(step)
    for change in reversed(step.changes):
        st.caption(_line(change, kind))
    st.caption(origin_line(step.origin))


def _kind(step: TraceStep) -> str:
    """The kind of the row's label."""
    page = resources.store().datasets.page(step.dataset_id, RowFilter(), limit=1, offset=step.row)
    return str(page.frame[KIND].iloc[0])


def _line(change: CellChange, kind: str) -> str:
    return change_line(change, kind if change.field == LABEL else "")


def origin_line(origin: Origin) -> str:
    """Where a row came from, in words."""
    if origin.kind == "bad_case":
        return t("from bad case {id}", id=origin.key)
    if origin.dataset is not None:
        _, version = origin.dataset
        return t("taken from version {version} of this dataset:", version=version)
    file = escaped(origin.key) if origin.key else t("a file of unknown name")
    if origin.row is None:
        return t("from {file}", file=file)
    return t("from {file}, line {line}", file=file, line=f"{origin.row:,}")
