"""What happened in a callback, said on the run that follows: a toast, an error, an offer to undo."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, ParamSpec

import streamlit as st

from calibration.errors import SimTierError
from dashboard import state
from dashboard.components.frame.guard import show
from dashboard.components.frame.presentation import presenting
from dashboard.i18n import t

P = ParamSpec("P")

SAID: Final = "notice_said"
FAILED: Final = "notice_failed"
UNDO: Final = "notice_undo"


@dataclass(frozen=True)
class Undo:
    """Something that can be taken back: what was done, and how to undo it."""

    text: str
    action: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


def say(text: str) -> None:
    """Tell the user on the next run."""
    state.put(SAID, text)


def offer_undo(text: str, action: Callable[..., Any], *arguments: Any) -> None:
    """Say what was done and offer to take it back, until something else is done."""
    state.put(UNDO, Undo(text, action, arguments))


def attempting(callback: Callable[P, None]) -> Callable[P, None]:
    """A callback whose SimTierError is shown on the run that follows instead of lost."""

    @functools.wraps(callback)
    def inner(*args: P.args, **kwargs: P.kwargs) -> None:
        state.drop(UNDO)
        try:
            callback(*args, **kwargs)
        except SimTierError as error:
            state.put(FAILED, error)

    return inner


@attempting
def _take_back(undo: Undo) -> None:
    """Undo, as a callback."""
    undo.action(*undo.arguments)
    say(t("Undone."))


def tell_from_fragment() -> None:
    """Run the whole page where there is something to say: a fragment runs without the place where it is said."""
    if any(state.get(key) is not None for key in (SAID, FAILED)):
        st.rerun()


def show_notices() -> None:
    """Everything there is to say, once; an offer to undo stays until the next deed, but stands on no slide."""
    said, failed, undo = state.get(SAID), state.get(FAILED), state.get(UNDO)
    state.drop(SAID, FAILED)
    if said:
        st.toast(said, icon=":material/check:")
    if failed is not None:
        show(failed)
    if undo is not None and not presenting():
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(undo.text)
            st.button(t("Undo"), key="undo", icon=":material/undo:", on_click=_take_back, args=(undo,))
