"""Errors on a page: said in the reader's language, never as a traceback."""

from __future__ import annotations

import functools
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from calibration.errors import SimTierError
from dashboard.defects import log_defect
from dashboard.i18n import escaped, explained, t

P = ParamSpec("P")

log = logging.getLogger(__name__)


@contextmanager
def guarded() -> Iterator[None]:
    """Show a SimTierError where it happens instead of ending the page with it."""
    try:
        yield
    except SimTierError as error:
        show(error)


def guarding(function: Callable[P, None]) -> Callable[P, None]:
    """Guard a fragment or dialog, which run again on their own, past the guard of their page."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> None:
        with guarded():
            function(*args, **kwargs)

    return inner


def show(error: SimTierError) -> None:
    """One error, as a message."""
    st.error(escaped(explained(error)), icon=":material/error:")


def show_defect(error: Exception) -> bool:
    """Last resort for what no guard caught: the user sees a reference, the log has the calls under it."""
    if isinstance(error, SimTierError):
        show(error)
        return True
    reference = uuid.uuid4().hex[:8]
    log_defect(log, f"page failed, reference {reference}", error)
    st.error(
        t(
            "Something went wrong on our side. The server's log has the details under {reference}.",
            reference=reference,
        ),
        icon=":material/error:",
    )
    return True
