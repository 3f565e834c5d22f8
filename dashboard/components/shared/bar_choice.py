"""A bar of a chart, by a click on it or from a list: a chart takes a mouse only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from calibration.report.histogram import BIN, COUNT
from dashboard import state
from dashboard.i18n import naming, t, tn

NONE: Final = ""


def choose(bins: pd.DataFrame, edges: np.ndarray, clicked: int | None, key: str) -> int | None:
    """The number of the bar to look at: what was clicked or chosen last; None for no bar.

    bins: what `histogram()` counted between these `edges`. key: of the list, one for each histogram.
    """
    held = bins.groupby(BIN)[COUNT].sum()
    numbers = [NONE, *(str(number) for number in held.index)]
    _follow(clicked, key)
    if state.get(key) not in numbers:
        state.put(key, NONE)

    def name(number: str) -> str:
        if number == NONE:
            return t("No bar")
        at, count = int(number), int(held[int(number)])
        return f"{edges[at]:.3f} – {edges[at + 1]:.3f} · " + tn("{count} pair", "{count} pairs", count)

    label = t("Click a bar to see its pairs, or choose it here")
    chosen = st.selectbox(label, numbers, key=key, format_func=naming(numbers, name), persist_state="session")
    return int(chosen) if chosen else None


def ask(names: Mapping[str, str], label: str, key: str) -> str | None:
    """The bar that is to be opened, chosen from a list; None until its button is pressed, as the page is then left.

    names: of the bars, by value. label: what the list holds, for who cannot see the chart above it.
    """
    if state.get(key) not in names:
        state.put(key, None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            label,
            list(names),
            None,
            naming(names, names.__getitem__),
            key=key,
            placeholder=t("Choose a bar"),
            label_visibility="collapsed",
        )
        go = st.button(t("See its cases"), key=f"{key}_go", disabled=chosen is None)
    return chosen if go else None


def _follow(clicked: int | None, key: str) -> None:
    """Let the list say what was clicked, once a click: what is chosen in it afterwards stands."""
    seen = f"{key}_clicked"
    if state.get(seen) != clicked:
        state.put(seen, clicked)
        state.put(key, NONE if clicked is None else str(clicked))
