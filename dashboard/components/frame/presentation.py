"""Presentation mode: results large and without controls, for a projector or a call; in the URL as `present`.

Everything runs as ever and is only hidden, so nothing that was set gets lost. Left and right walk through the pages
worth showing; Esc ends it.
"""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import state
from dashboard.components.frame import progress, walk
from dashboard.i18n import t

SHOWN: Final = {
    "": "views/live.py",
    "distribution": "views/distribution.py",
    "calibration": "views/calibration.py",
    "quality": "views/quality.py",
}
"""The pages to walk through, in order, by their path in the URL; the first is the start page."""
ON: Final = "1"
BAR: Final = "presentation_bar"
HIDDEN: Final = "controls_"
"""Containers whose key begins so hold controls only; `column_` behind it: their column goes too."""

STYLE: Final = f"""
<style>
html {{ font-size: 21px !important; }}
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"],
[class*="st-key-{HIDDEN}"], [data-testid="stColumn"]:has([class*="st-key-{HIDDEN}column_"]),
[data-testid="stElementToolbar"] {{ display: none !important; }}
[data-testid="stMain"] :is([data-testid="stButton"], [data-testid="stDownloadButton"], [data-testid="stPopover"],
  [data-testid="stCheckbox"]) {{ display: none; }}
[data-testid="stMainBlockContainer"] {{ padding: 1.5rem 3rem 4rem; }}
.st-key-{BAR} {{
  position: fixed; right: 1rem; bottom: .6rem; z-index: 1000; width: auto !important; opacity: .35;
}}
.st-key-{BAR}:is(:hover, :focus-within) {{ opacity: 1; }}
[data-testid="stMain"] .st-key-{BAR} [data-testid="stButton"] {{ display: block; }}
</style>
"""


def switch() -> None:
    """In the sidebar: turns it on; kept in the URL, so that a link opens it."""
    if state.get(state.PRESENT) is None:
        state.put(state.PRESENT, st.query_params.get(state.PRESENT) == ON)
    turned_on = st.sidebar.toggle(
        t("Presentation mode"),
        key=state.PRESENT,
        persist_state="session",
        help=t("Hides controls and enlarges text. Left and right change the page, Esc ends it."),
    )
    if turned_on:
        st.query_params[state.PRESENT] = ON
    else:
        st.query_params.pop(state.PRESENT, None)


def controls(name: str, height: Literal["content", "stretch"] = "content") -> DeltaGenerator:
    """A container for controls, which a presentation hides; "stretch" makes it as high as what stands beside it."""
    return st.container(key=f"{HIDDEN}{name}", height=height)


def presenting() -> bool:
    """Whether it is on."""
    return bool(state.get(state.PRESENT))


def nothing_yet(slot: str) -> None:
    """Say what to do where a page has no result to show, nor one on its way in job `slot`."""
    if presenting() and progress.recall(slot) is None:
        text = t("There is no result to show yet. End the presentation, start it on this page, and come back.")
        st.info(text, icon=":material/slideshow:")


def frame(path: str) -> None:
    """What is around the page at `path` while it is on: the style, and a small bar to walk on or to end it."""
    if not presenting():
        return
    st.html(STYLE)
    place = list(SHOWN).index(path) if path in SHOWN else 0
    with st.container(key=BAR, horizontal=True):
        back = st.button("", key="present_back", icon=":material/chevron_left:", shortcut="Left")
        on = st.button("", key="present_on", icon=":material/chevron_right:", shortcut="Right")
        st.button(t("End presentation"), key="present_end", icon=":material/close:", shortcut="Esc", on_click=_end)
    if back or on:
        walk.go(list(SHOWN.values())[(place + (1 if on else -1)) % len(SHOWN)])


def _end() -> None:
    """Turn it off, as a callback."""
    state.put(state.PRESENT, False)
