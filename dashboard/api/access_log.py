"""Around the whole API: an id for every request, a line in the log, the metrics; and never a word of a user's text.

Not even in errors: of an exception the log has the class and the lines of our source that it went through, because
its message may quote what was sent.
"""

from __future__ import annotations

import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.keys import CALLER
from dashboard.api.metrics import OTHER, Metrics
from dashboard.api.request_log import RequestLog
from dashboard.defects import described
from dashboard.settings import Server

EVENT: Final = "request"
ENTRY: Final = "simtier.entry"
REQUEST_ID: Final = "X-Request-ID"
SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
MOST_TEXTS: Final = 20


@dataclass
class Entry:
    """What is known of a request under way; `texts`, asked of the model, only where they are logged."""

    id: str
    count: int = 0
    texts: list[str] = field(default_factory=list)
    status: int = 0


def note_texts(scope: Scope, texts: Sequence[str]) -> None:
    """Count the texts of a request; where the operator wants it, keep the first of them for the log."""
    entry: Entry | None = scope.get(ENTRY)
    if entry is not None:
        entry.count += len(texts)
        if logs_text():
            entry.texts += texts[: MOST_TEXTS - len(entry.texts)]


def logs_text(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the operator wants users' texts in the log."""
    return Server.read(environ).log_text


def request_id(given: str | None) -> str:
    """The caller's id where it is one, else a new one.

    >>> request_id("job-7"), len(request_id("a b"))
    ('job-7', 32)
    """
    return given if given and SANE_ID.fullmatch(given) else uuid.uuid4().hex


class AccessLog:
    """ASGI application around the API. `routes`: its paths; any other is logged and counted as "other"."""

    def __init__(
        self, app: ASGIApp, routes: Iterable[str], metrics: Callable[[], Metrics], log: RequestLog
    ) -> None:
        self._app, self._routes, self._metrics, self._log = app, frozenset(routes), metrics, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write down how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        entry, begun = Entry(request_id(Headers(scope=scope).get(REQUEST_ID))), time.perf_counter()
        scope[ENTRY] = entry

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = entry.id
            await send(message)

        failure: Exception | None = None
        try:
            await self._app(scope, receive, named)
        except Exception as error:  # its answer was sent; the server's own log would print the message
            failure = error
        finally:
            self._write(scope, entry, time.perf_counter() - begun, failure)

    def _write(self, scope: Scope, entry: Entry, seconds: float, failure: Exception | None) -> None:
        matched = getattr(scope.get("route"), "path", scope["path"])  # a route with an id in it, by its template
        route = matched if matched in self._routes else OTHER
        method, status = scope["method"], entry.status or 499  # 499: the client left before any answer
        self._metrics().answered(method, route, status, seconds)
        caller = scope.get(CALLER)
        facts: dict[str, Any] = {
            "id": entry.id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(1000 * seconds, 1),
            "texts": entry.count,
            "key": caller.name if caller else "",
        }
        if entry.texts:
            facts["text"] = entry.texts
        if failure is None:
            self._log.write(EVENT, **facts)
        else:
            self._log.write(EVENT, logging.ERROR, **facts, **described(failure))
