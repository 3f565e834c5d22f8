"""Presentation mode: results large and without controls, for a projector or a call; in the URL as `present`.

Everything runs as ever and is only hidden, so nothing that was set gets lost. Left and right walk through the
slides that were chosen; Esc ends it.
"""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import state
from dashboard.components.frame import progress
from dashboard.i18n import t

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
[data-testid="stMain"] .st-key-{BAR} :is([data-testid="stButton"], [data-testid="stPopover"]) {{ display: block; }}
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
    """A container for controls, which a presentation hides; "stretch" makes it as high as its neighbour."""
    return st.container(key=f"{HIDDEN}{name}", height=height)


def presenting() -> bool:
    """Whether it is on."""
    return bool(state.get(state.PRESENT))


def nothing_yet(slot: str) -> None:
    """Say what to do where a page has no result to show, nor one on its way in job `slot`."""
    if presenting() and progress.recall(slot) is None:
        text = t("There is no result to show yet. End the presentation, start it on this page, and come back.")
        st.info(text, icon=":material/slideshow:")


def end() -> None:
    """Turn it off, as a callback."""
    state.put(state.PRESENT, False)
