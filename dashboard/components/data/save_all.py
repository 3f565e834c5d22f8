"""Several files at once: one button saves all that can be saved, each with its own name, domain and sampling."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calibration.errors import SimTierError
from dashboard import state
from dashboard.components.data.upload_report import Savable, save
from dashboard.components.frame.guard import show
from dashboard.components.frame.notices import attempting, say
from dashboard.i18n import tn


def offer(place: DeltaGenerator, waiting: Sequence[Savable], left_out: int) -> None:
    """The button, where there is more than one file to save; `left_out` have rows that nobody has accepted yet."""
    if len(waiting) < 2:
        return
    with place, st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            tn("Save this file", "Save all {count} files", len(waiting)), key="save_all", type="primary",
            icon=":material/save:", on_click=save_all, args=(tuple(waiting),),
        )  # fmt: skip
        if left_out:
            st.caption(
                tn(
                    "{count} file waits: say below that its bad rows are left out.",
                    "{count} files wait: say below that their bad rows are left out.",
                    left_out,
                )
            )


@attempting
def save_all(waiting: tuple[Savable, ...]) -> None:
    """Save each, as a callback; one that cannot be saved holds up no other."""
    saved, failed = 0, []
    for one in waiting:
        try:
            save(one.file, one.name, one.read)
            saved += 1
        except SimTierError as error:
            failed.append(error)
    state.put("save_all_failed", failed)
    say(tn("Saved {count} dataset.", "Saved {count} datasets.", saved))


def failures() -> None:
    """What could not be saved the last time, once."""
    for error in state.get("save_all_failed") or ():
        show(error)
    state.drop("save_all_failed")
