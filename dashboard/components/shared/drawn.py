"""How labelled pairs were drawn: asked once for all pages, and what it lets a result claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from calibration.chance import LIVE_PREVALENCE
from calibration.drawn import (
    ADJUSTED,
    DATA_DRAWS,
    DRAWN,
    HOLDS,
    LABELS_ONLY,
    LIVE,
    UNKNOWN,
    UNVERIFIED,
    DataDraw,
    data_draw,
)
from calibration.store import Dataset
from dashboard import state
from dashboard.i18n import naming, t

ICONS: Final[Mapping[str, str]] = {
    LIVE: ":material/check_circle:",
    ADJUSTED: ":material/science:",
    LABELS_ONLY: ":material/science:",
    UNVERIFIED: ":material/help:",
}


def choice(key: str, value: str, then: Callable[..., None] | None = None, *arguments: object) -> None:
    """Ask how some pairs were drawn, `value` to begin with; `then` is called when the answer changes."""
    names = list(DATA_DRAWS)
    shown = naming(names, lambda name: t(DATA_DRAWS[name].title))
    question, first = t("How were these pairs drawn?"), names.index(value)
    st.selectbox(question, names, first, format_func=shown, key=key, on_change=then, args=arguments)


def _follow(datasets: Sequence[Dataset]) -> None:
    """Start from what the chosen datasets say of themselves, anew whenever they or their words change."""
    said = tuple((dataset.id, dataset.drawn) for dataset in datasets)
    if not said or state.get(state.DRAWN_SAID) == said:
        return
    state.put(state.DRAWN_SAID, said)
    ways = {drawn for _, drawn in said}
    state.put(state.DRAWN, ways.pop() if len(ways) == 1 else UNKNOWN)


def ask(datasets: Sequence[Dataset] = (), share: bool = True) -> DataDraw:
    """How the chosen pairs were drawn, as the user says; to begin with, as their datasets say.

    share: ask for the live share of positives too, where the labels cannot tell it but results can use it.
    """
    _follow(datasets)
    names = list(DATA_DRAWS)
    if state.get(state.DRAWN) not in names:
        state.put(state.DRAWN, UNKNOWN)
    chosen = st.selectbox(
        t("How were these pairs drawn?"),
        names,
        format_func=naming(names, lambda name: t(DATA_DRAWS[name].title)),
        key=state.DRAWN,
        persist_state="session",
        help=t("A promise holds for pairs drawn like the labelled ones. This decides what the results may claim."),
    )
    draw = data_draw(chosen)
    st.caption(t(draw.explanation))
    if share and draw.claims == ADJUSTED:
        st.number_input(
            t("Share of live pairs that mean the same (%)"),
            0.1,
            99.9,
            None,
            0.5,
            format="%.1f",
            placeholder=t("Not known"),
            key=state.KNOWN_SHARE,
            persist_state="session",
            help=t("With it the compare page can say how likely a pair means the same; without, it says nothing."),
        )
    return draw


def recorded(draw: DataDraw) -> dict[str, Any]:
    """What a policy's settings keep of it: how pairs were drawn, and the live share where it was asked for."""
    share = state.get(state.KNOWN_SHARE) if draw.claims == ADJUSTED else None
    return {DRAWN: draw.name} | ({LIVE_PREVALENCE: share / 100} if share is not None else {})


def holds(draw: DataDraw) -> str:
    """For whom a result on labels drawn so holds, in a line of Markdown."""
    return f"{ICONS[draw.claims]} {t(HOLDS[draw.claims])}"
