"""Callbacks that run to their end.

Streamlit calls a callback off at the first session value that it touches after the browser has sent something
else, and a click that was called off is never made again: an Undo pressed at once after a cell was typed did
nothing. What the browser sent waits here until the callback has ended. This needs `runner.fastReruns` off
(dashboard.theme): with it, Streamlit ends the script's thread for good and starts a second one beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState

Value = TypeVar("Value")


def touch(access: Callable[[], Value]) -> Value:
    """Read or write a value of the session or the URL, which a callback may do at any time."""
    waiting = list[RerunData]()
    while True:
        try:
            value = access()
        except RerunException as newer:
            if ThreadState.get().run_location is not RunLocation.CALLBACK:
                raise
            waiting.append(newer.rerun_data)  # taken up by this, it stands in the way no longer
        else:
            break
    context = get_script_run_ctx() if waiting else None
    if context is not None and context.script_requests is not None:
        for data in waiting:
            context.script_requests.request_rerun(data)
    return value
