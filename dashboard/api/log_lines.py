"""One JSON line a request on stderr, written by a thread of its own: whoever reads slowly holds up no request."""

from __future__ import annotations

import os
import queue
import threading
from typing import Any, Final

import structlog

MOST_WAITING: Final = 10_000
"""Lines that wait to be written; beyond these they are dropped, and the next line says how many."""
STDERR: Final = 2


class LineWriter:
    """Writes lines to a file descriptor in the background."""

    def __init__(self, descriptor: int = STDERR) -> None:
        self._descriptor = descriptor
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self.dropped = 0
        self._thread = threading.Thread(target=self._write, name="log-lines", daemon=True)
        self._thread.start()

    def msg(self, line: str) -> None:
        """Queue a line."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    info = error = msg

    def close(self, seconds: float = 2) -> bool:
        """Write what waits, for `seconds` at most. True once it has ended: only then may the descriptor close."""
        try:
            self._lines.put(None, timeout=seconds)
        except queue.Full:
            return False
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                os.write(self._descriptor, (line + "\n").encode())
            except OSError:  # nobody reads any more; there is nowhere left to say so
                self.dropped += 1


def json_log(writer: LineWriter) -> structlog.typing.FilteringBoundLogger:
    """A logger whose events become one JSON object a line, with `time` in UTC."""

    def count_dropped(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if writer.dropped:
            event["dropped_lines"], writer.dropped = writer.dropped, 0
        return event

    log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        writer,
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            count_dropped,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    return log
