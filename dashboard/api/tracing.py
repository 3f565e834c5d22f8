"""OpenTelemetry spans of requests, where the extra `[otel]` is installed and the operator has set a provider.

Only the API package is used: without an SDK its spans cost nothing and go nowhere. `opentelemetry-instrument`, or
code of the operator's own, says where they go. A span carries the route, the status and counts, never a text.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.metrics import METHODS, OTHER

api: Any = None
with suppress(ImportError):
    from opentelemetry import context as _context
    from opentelemetry import propagate, trace

    api = trace


class Tracing:
    """ASGI middleware: one server span a request. `routes`: the paths that name it; any other is "other"."""

    def __init__(self, app: ASGIApp, routes: Iterable[str]) -> None:
        self._app, self._routes = app, frozenset(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on inside of a span that continues the caller's trace."""
        if api is None or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        route = scope["path"] if scope["path"] in self._routes else OTHER
        method = scope["method"] if scope["method"] in METHODS else OTHER
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        token = _context.attach(propagate.extract(carrier))
        attributes = {"http.request.method": method, "http.route": route}
        tracer = api.get_tracer("simtier")
        try:
            with tracer.start_as_current_span(
                f"{method} {route}", kind=api.SpanKind.SERVER, attributes=attributes, record_exception=False
            ) as span:

                async def noted(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        span.set_attribute("http.response.status_code", message["status"])
                        if message["status"] >= 500:
                            span.set_status(api.StatusCode.ERROR)
                    await send(message)

                await self._app(scope, receive, noted)
        finally:
            _context.detach(token)
