"""How labelled pairs were drawn: asked once for all pages, and what it lets a result claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from calibration.drawn import ADJUSTED, DATA_DRAWS, LABELS_ONLY, LIVE, UNKNOWN, UNVERIFIED, DataDraw, data_draw
from calibration.errors import N_
from dashboard import state
from dashboard.i18n import naming, t

SETTING: Final = "drawn"
"""Where a policy's settings keep it."""

HOLDS: Final[Mapping[str, str]] = {
    LIVE: N_(
        ":material/check_circle: The labels were drawn at random from live pairs, so this holds for live pairs."
    ),
    ADJUSTED: N_(
        ":material/science: **Illustration only for live pairs**: it holds for pairs balanced like these labels. "
        "What it is worth at your live share of positives stands on the quality page."
    ),
    LABELS_ONLY: N_(
        ":material/science: **Illustration only**: it holds for pairs picked like these labels, and says nothing "
        "about live pairs."
    ),
    UNVERIFIED: N_(
        ":material/help: It holds for live pairs **only if** these labels were drawn at random from them; nobody "
        "has said so."
    ),
}
"""What a draw's claim means for the sentences of a result."""


def ask() -> DataDraw:
    """How the chosen pairs were drawn, as the user says; not known to begin with."""
    names = list(DATA_DRAWS)
    chosen = st.selectbox(
        t("How were these pairs drawn?"),
        names,
        index=names.index(UNKNOWN),
        format_func=naming(names, lambda name: t(DATA_DRAWS[name].title)),
        key=state.DRAWN,
        persist_state="session",
        help=t("A promise holds for pairs drawn like the labelled ones. This decides what the results may claim."),
    )
    draw = data_draw(chosen)
    st.caption(t(draw.explanation))
    return draw


def holds(draw: DataDraw) -> str:
    """For whom a result on labels drawn so holds, in a line of Markdown."""
    return t(HOLDS[draw.claims])
