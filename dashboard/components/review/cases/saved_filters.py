"""Filters of bad cases under a name: kept, applied, forgotten."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.store import BadCaseFilter, SavedFilter
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, offer_undo, say
from dashboard.components.review.cases import filters as case_filters
from dashboard.i18n import escaped, t

NAME: Final = "case_filter_name"


def saved_filters(wanted: BadCaseFilter, order: str) -> None:
    """The saved filters, each a click away, and a name to save this one under."""
    kept = resources.store().case_filters.list()
    with st.popover(t("Saved filters"), icon=":material/bookmark:"):
        if not kept:
            st.caption(t("None yet. Choose filters and name them; the whole team can use them."))
        for saved in kept:
            _entry(saved)
        st.text_input(t("Name"), key=NAME, placeholder=t("For example: new false merges in bank"))
        st.button(
            t("Save these filters"), key="case_filter_save", on_click=_save, args=(wanted, order), type="primary"
        )


def _entry(saved: SavedFilter) -> None:
    """One saved filter."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            escaped(saved.name),
            key=f"case_filter_{saved.id}",
            type="tertiary",
            icon=":material/filter_alt:",
            on_click=case_filters.choose,
            args=(saved.wanted, saved.order),
        )
        st.button(
            "",
            key=f"case_filter_drop_{saved.id}",
            type="tertiary",
            icon=":material/delete:",
            help=t("Delete this filter"),
            on_click=_delete,
            args=(saved,),
        )


@attempting
def _save(wanted: BadCaseFilter, order: str) -> None:
    """Keep the filters, as a callback."""
    saved = resources.store().case_filters.save(str(state.get(NAME) or ""), wanted, order, actor=actor())
    state.put(NAME, "")
    say(t("Saved the filter “{name}”.", name=escaped(saved.name)))


@attempting
def _delete(saved: SavedFilter) -> None:
    """Forget a filter, as a callback, with a way back."""
    filters = resources.store().case_filters
    filters.delete(saved.id, actor=actor())
    text = t("Deleted the filter “{name}”.", name=escaped(saved.name))
    offer_undo(text, filters.save, saved.name, saved.wanted, saved.order)
