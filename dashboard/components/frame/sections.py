"""A page of several tabs: the chosen one is in the URL by its value, and only that one is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard import state
from dashboard.components.frame.navigation import TAB
from dashboard.i18n import naming, t


@dataclass(frozen=True)
class Section:
    """A tab: its name and purpose in English as the catalogue knows them, and what shows it."""

    name: str
    purpose: str
    show: Callable[[], None]


def page(view: str, title: str, sections: Mapping[str, Section]) -> None:
    """A page's name, its tabs, what the chosen one is for, and the chosen one itself."""
    st.title(title, anchor=False)
    chosen = sections[_choose(view, sections)]
    st.caption(t(chosen.purpose))
    chosen.show()


def _choose(view: str, sections: Mapping[str, Section]) -> str:
    """The value of the chosen tab: what the URL says, else where the reader was last, else the first."""
    if len(sections) == 1:
        return next(iter(sections))
    key = state.tab(view)
    asked, last = st.query_params.get(TAB), state.get(key)
    value = next((str(one) for one in (asked, last) if one in sections), next(iter(sections)))
    state.put(key, value)
    st.query_params[TAB] = value
    st.segmented_control(
        t("Section"),
        list(sections),
        required=True,
        format_func=naming(sections, lambda name: t(sections[name].name)),
        key=key,
        label_visibility="collapsed",
        persist_state="session",
        on_change=_put_in_url,
        args=(key,),
    )
    return value


def _put_in_url(key: str) -> None:
    """The URL follows a click, as a callback: on the run that follows it decides."""
    st.query_params[TAB] = str(state.get(key))
