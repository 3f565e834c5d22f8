"""The pairs of a dataset, a page at a time: found, edited in place, taken back, traced."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.store import Dataset, RowFilter
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.data import trace
from dashboard.components.data.edit_session import Edition, edition_of, elsewhere, renew, shown, store_edits
from dashboard.components.data.editor import editor
from dashboard.components.data.filters import filters, keep_found
from dashboard.components.frame.notices import attempting
from dashboard.components.shared import tables
from dashboard.i18n import escaped, explained, joined, t, tn

SIZE: Final = 50


def table(dataset: Dataset) -> None:
    """Filters, what can be undone, and the page of pairs."""
    wanted = filters(dataset)
    store = resources.store().datasets
    total = store.page(dataset.id, wanted, limit=0).total
    editing = shown()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            joined(
                tn("{count} pair.", "{count} pairs.", total), t("Edits are saved as soon as you leave the cell.")
            )
            if editing is None or editing.over or not editing.refused
            else tn(
                ":red[{count} edit is not saved: see below the table.]",
                ":red[{count} edits are not saved: see below the table.]",
                len(editing.refused),
            ),
            width="stretch",
        )
        _steps(dataset)
        if total and wanted != RowFilter():
            keep_found(dataset, wanted, total)
    here = editing is not None and editing.place[:2] == (dataset.id, wanted) and not editing.over
    if not total and not here:
        st.info(t("No pair matches these filters."), icon=":material/search_off:")
        return
    place = st.container()
    # Rows that were edited out of the filter stay where they are until their user goes on.
    until = editing.place[2] + len(editing.page) if here and editing is not None else 0
    rows = tables.page_of(max(total, until), state.ROWS_PAGE, SIZE)
    with place:
        edition = edition_of(dataset, wanted, rows.start, SIZE)
        editor(edition)
        _troubles(edition, dataset)  # below: what comes and goes must not move a row from under the pointer
    trace.ask(dataset)


def _steps(dataset: Dataset) -> None:
    """Undo and redo of one's own edits."""
    can_undo, can_redo = resources.store().datasets.can_undo(dataset.id, by=actor())
    for key, name, icon, can in (
        ("rows_undo", t("Undo"), ":material/undo:", can_undo),
        ("rows_redo", t("Redo"), ":material/redo:", can_redo),
    ):
        st.button(name, key=key, icon=icon, disabled=not can, on_click=_step, args=(dataset, key == "rows_redo"))


@attempting
def _step(dataset: Dataset, again: bool) -> None:
    """Undo or redo, as a callback. What others edited meanwhile stands in the way only in the same cells."""
    store, edition, name = resources.store().datasets, store_edits(dataset.id), actor()
    (store.redo if again else store.undo)(dataset.id, actor=name, by=name)
    if edition is not None:
        edition.over = True


def _troubles(edition: Edition, dataset: Dataset) -> None:
    """What was typed and could not be stored, and whether the rows were changed elsewhere."""
    for edit, error in edition.refused.values():
        said = t(
            "Row {row}: “{value}” is not saved: {reason}",
            row=edit.row + 1,
            value=escaped("" if edit.value is None else str(edit.value)),
            reason=escaped(explained(error)),
        )
        st.error(said, icon=":material/error:")
    changed = elsewhere(edition, dataset)
    if changed:
        st.info(t("Rows on this page were changed elsewhere after you opened it."), icon=":material/sync:")
    if changed or edition.refused:
        label = t("Show the rows as they are stored")
        st.button(label, key="rows_renew", icon=":material/refresh:", on_click=renew, args=(dataset.id,))
