"""One JSON line a request on stderr, written by a thread of its own: a slow reader holds up no request."""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from typing import Any, Final

MOST_WAITING: Final = 10_000
"""Lines that wait to be written; beyond these they are dropped, and the next line says how many."""
STDERR: Final = 2
FACTS: Final = "facts"
"""Where a record carries the fields of its line."""


class RequestLog:
    """Writes records as JSON lines to a file descriptor in the background."""

    def __init__(self, descriptor: int = STDERR) -> None:
        self._handler = _BoundedHandler(queue.Queue(MOST_WAITING))
        lines = _DescriptorHandler(descriptor)
        lines.setFormatter(_JsonFormatter())
        self._listener = _Listener(self._handler.queue, lines)
        self._listener.start()
        self._log = logging.Logger(
            "simtier.requests", logging.INFO
        )  # of its own: no other handler sees its records
        self._log.addHandler(self._handler)

    @property
    def dropped(self) -> int:
        """Lines that were dropped since the last one that was not."""
        return self._handler.dropped

    def write(self, event: str, level: int = logging.INFO, **facts: object) -> None:
        """Queue one line."""
        self._log.log(level, event, extra={FACTS: facts})

    def close(self, seconds: float = 2) -> bool:
        """Write what waits, for `seconds` at most. True once it has ended: only then may the descriptor close."""
        return self._listener.stop_within(seconds)


class _BoundedHandler(QueueHandler):
    """Drops and counts what finds no room."""

    dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record  # it holds plain values only

    def enqueue(self, record: logging.LogRecord) -> None:
        dropped = self.dropped
        if dropped:
            record.__dict__[FACTS]["dropped_lines"] = dropped
        try:
            self.queue.put_nowait(record)
            self.dropped -= dropped
        except queue.Full:
            self.dropped += 1


class _DescriptorHandler(logging.Handler):
    """Writes without a buffer, which could not be flushed at the end of a process whose log nobody reads."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        try:
            os.write(self._descriptor, (self.format(record) + "\n").encode())
        except OSError:  # nobody reads any more; there is nowhere left to say so
            return


class _JsonFormatter(logging.Formatter):
    """`{"event", ..., "level", "time"}`, the time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        facts = record.__dict__[FACTS]
        return json.dumps({**facts, "event": record.msg, "level": record.levelname.lower(), "time": moment})


class _Listener(QueueListener):
    """A listener that can be left behind where its reader is stuck."""

    queue: queue.Queue[Any]

    def enqueue_sentinel(self) -> None:
        self.queue.put(None)  # waits for room, where the base class raises

    def stop_within(self, seconds: float) -> bool:
        """Whether everything was written within `seconds`."""
        stopping = threading.Thread(target=self.stop, name="request-log-end", daemon=True)
        stopping.start()
        stopping.join(seconds)
        return not stopping.is_alive()
