"""What a log says of a defect: never the exception's message, which may quote a user's text."""

from __future__ import annotations

import logging
import traceback
from typing import Any


def described(error: BaseException) -> dict[str, Any]:
    """An exception without its message: the class, and the calls that it came through, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    kind = type(error)
    return {
        "error": f"{kind.__module__}.{kind.__qualname__}",
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def log_defect(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log `what` went wrong in one line, with the exception's class and calls."""
    found = described(error)
    log.error("%s: %s at %s", what, found["error"], " < ".join(reversed(found["trace"])))
