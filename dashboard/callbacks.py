"""Callbacks that run to their end.

Streamlit calls a callback off at the first session value that it touches after the browser has sent something
else, and a click that was called off is never made again: an Undo pressed at once after a cell was typed did
nothing. What the browser sent waits here until the callback has ended. This needs `runner.fastReruns` off
(dashboard.theme): with it, Streamlit ends the script's thread for good and starts a second one beside it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

P = ParamSpec("P")
Value = TypeVar("Value")

_WAITING: Final[ContextVar[list[RerunException] | None]] = ContextVar("waiting", default=None)


def touch(access: Callable[[], Value]) -> Value:
    """Read or write a value of the session or the URL, which an `uninterrupted` callback may do at any time."""
    while True:
        try:
            return access()
        except RerunException as newer:
            waiting = _WAITING.get()
            if waiting is None:
                raise
            waiting.append(newer)


def uninterrupted(callback: Callable[P, object]) -> Callable[P, None]:
    """A callback that is not called off when the browser sends something else: that is answered after it."""

    @functools.wraps(callback)
    def inner(*args: P.args, **kwargs: P.kwargs) -> None:
        outer, waiting = _WAITING.get(), list[RerunException]()
        mark = _WAITING.set(waiting if outer is None else outer)
        try:
            callback(*args, **kwargs)
        finally:
            if waiting:
                touch(lambda: len(st.session_state))  # what has come last is handed back last
            _WAITING.reset(mark)
            _answer(waiting)

    return inner


def _answer(waiting: list[RerunException]) -> None:
    """Hand back all that the browser sent, in its order."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and context.script_requests is not None:
        for newer in waiting:
            context.script_requests.request_rerun(newer.rerun_data)
