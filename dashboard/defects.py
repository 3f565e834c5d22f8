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


class OneLine(logging.Filter):
    """Takes tracebacks out of other libraries' records: anybody can have one printed by a broken message, and an
    exception's message may quote a text. What `described` says of it stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Put class and calls behind the record's own words."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            found = described(error)
            record.msg = f"{record.getMessage()}: {found['error']} at {' < '.join(reversed(found['trace']))}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def log_defect(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log `what` went wrong in one line, with the exception's class and calls."""
    found = described(error)
    log.error("%s: %s at %s", what, found["error"], " < ".join(reversed(found["trace"])))
