"""Addresses of pages, and the ways between them.

A place is written `page` or `page/tab`, for example `calibrate/costs`: the page's file in `views/`, and the
value that its URL carries as `tab`. URLs hold values, never labels, so that a link works in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard import state

TAB: Final = "tab"

MOVED: Final[Mapping[str, str]] = {
    "live": "compare",
    "bad_cases": "review/cases",
    "triage": "review/inbox",
    "find_cases": "review/find",
    "patterns": "review/patterns",
    "dedup": "batch/dedup",
    "match": "batch/match",
    "dataset": "data/dataset",
    "distribution": "calibrate/distribution",
    "calibration": "calibrate/fit",
    "costs": "calibrate/costs",
    "quality": "calibrate/quality",
    "ablation": "calibrate/preprocessing",
    "labels": "label/plan",
    "versions": "policies/compare",
    "drift": "monitor/drift",
    "model": "settings/model",
}
"""The addresses of earlier versions, and where their content is now."""


def view(place: str) -> str:
    """The file of a place's page."""
    return f"views/{place.partition('/')[0]}.py"


def query_of(place: str) -> dict[str, str]:
    """What a place adds to the URL of its page."""
    tab = place.partition("/")[2]
    return {TAB: tab} if tab else {}


def here(path: str) -> str:
    """The place that is shown at a page's URL path: its tab as the URL says, else where the reader was last."""
    tab = st.query_params.get(TAB) or state.get(state.tab(path))
    return f"{path}/{tab}" if tab else path


def at(shown: str, place: str) -> bool:
    """Whether `shown`, as `here` gives it, is this place.

    A page without a tab shows its first one; a page that has no tabs is the same place whatever tab its URL names.

    >>> at("calibrate", "calibrate/fit"), at("overview/fit", "overview"), at("calibrate/fit", "calibrate/costs")
    (True, True, False)
    """
    page, _, tab = place.partition("/")
    return shown in (place, page) or (not tab and shown.partition("/")[0] == page)


def go(place: str, **query: str | list[str]) -> None:
    """Go to a place, with these parameters in its URL.

    Parameters are given even where there are none: without them Streamlit clears the URL, which it refuses where a
    widget is bound to it, as the language is.
    """
    st.switch_page(view(place), query_params={**query, **query_of(place)})


def link(place: str, label: str, icon: str | None = None, width: str = "content") -> None:
    """A link to a place."""
    st.page_link(view(place), label=label, icon=icon, width=width, query_params=query_of(place))  # type: ignore[arg-type]


def redirect(place: str) -> None:
    """Go to a place with all parameters of the address that was asked for."""
    go(place, **{name: st.query_params.get_all(name) for name in st.query_params})
