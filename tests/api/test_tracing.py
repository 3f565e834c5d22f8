"""Spans of requests, by the API package of OpenTelemetry and a provider that keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry import trace
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from dashboard.api import tracing

TRACE = "0af7651916cd43dd8448eb211c80319c"
PRIVATE = "客户张三"


class Kept(trace.NoOpTracer):
    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []

    @contextmanager
    def start_as_current_span(self, name: str, *_: Any, **options: Any) -> Iterator[Any]:  # type: ignore[override]
        parent = trace.get_current_span().get_span_context()
        found = {"name": name, "trace": f"{parent.trace_id:032x}", **options["attributes"]}
        self.spans.append(found)

        class Span:
            def set_attribute(self, key: str, value: object) -> None:
                found[key] = value

            def set_status(self, status: object) -> None:
                found["status"] = status

        yield Span()


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(status_code=500 if scope["path"] == "/health" else 200)(scope, receive, send)


def test_a_request_is_a_span_of_the_callers_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    monkeypatch.setattr(trace, "get_tracer", lambda _name: kept)
    client = TestClient(tracing.Tracing(inner, ["/v1/similarity", "/health"]))
    client.post("/v1/similarity", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, json={"a": PRIVATE})
    client.get(f"/v1/{PRIVATE}")
    client.get("/health")
    first, second, third = kept.spans
    assert (first["name"], first["trace"]) == ("POST /v1/similarity", TRACE)
    assert first["http.response.status_code"] == 200
    assert second["name"] == "GET other"
    assert third["status"] == trace.StatusCode.ERROR
    assert PRIVATE not in str(kept.spans)


def test_without_the_extra_requests_pass_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "api", None)
    assert TestClient(tracing.Tracing(inner, [])).get("/x").status_code == 200
    assert asyncio.iscoroutinefunction(tracing.Tracing(inner, []).__call__)
