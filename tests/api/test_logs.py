"""The API's log: one JSON line a request, and never a word of what users sent."""

from __future__ import annotations

import json
import logging
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets.exceptions
import websockets.sync.client

from dashboard.api.access_log import request_id
from dashboard.api.metrics import OTHER
from dashboard.api.request_log import RequestLog
from dashboard.defects import OneLine, described
from dashboard.server import UNLISTED
from tests.api.conftest import Guarded, home, serving

PRIVATE = "身份证号四四零一零三的客户"


def lines(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def line_of(server: Guarded, identity: str) -> dict[str, Any]:
    """The line of a request; it is written in the background."""
    for _ in range(100):
        found = [line for line in lines(server.log()) if line["id"] == identity]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no line for {identity}")


def test_a_line_has_the_facts_of_its_request(guarded: Guarded) -> None:
    headers = {"X-API-Key": guarded.read, "X-Request-ID": "job-7"}
    body = {"sources": [PRIVATE], "targets": ["a", "b"]}
    answer = httpx.post(f"{guarded.base}/v1/similarity", headers=headers, json=body, timeout=60)
    assert answer.headers["X-Request-ID"] == "job-7"
    line = line_of(guarded, "job-7")
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/similarity", 200)
    assert (line["texts"], line["key"], line["event"], line["level"]) == (3, "reader", "request", "info")
    assert line["ms"] > 0
    assert line["time"].endswith("Z")


def test_ids_are_the_callers_where_they_are_sane(guarded: Guarded) -> None:
    assert request_id("a-b_c.9") == "a-b_c.9"
    for odd in (None, "", "a b", 'x"', "x" * 65, "身份"):
        assert len(request_id(odd)) == 32
    made = guarded.ask("/health").headers["X-Request-ID"]
    assert line_of(guarded, made)["route"] == "/health"


def test_no_text_and_no_key_is_ever_in_the_log(guarded: Guarded) -> None:
    key = {"X-API-Key": guarded.write}
    bodies: list[tuple[str, Any]] = [
        ("/v1/similarity", {"sources": [PRIVATE], "targets": [PRIVATE]}),
        ("/v1/similarity", {"sources": PRIVATE, "targets": [1], "domain": PRIVATE}),
        ("/v1/match", {"queries": [PRIVATE], "faq": [PRIVATE, "a"], "keys": [PRIVATE, ""]}),
        ("/v1/match", {"queries": [PRIVATE], "faq": [PRIVATE], "keys": [], "domain": PRIVATE}),
        ("/v1/embeddings", {"input": PRIVATE * 5000}),
        ("/v1/embeddings", {"input": [PRIVATE, "\u200b"]}),
        ("/v1/bad-cases", {"text_a": PRIVATE, "text_b": "b", "expected": PRIVATE}),
        ("/v1/bad-cases", {"text_a": PRIVATE, "text_b": "b", "expected": "same", "note": PRIVATE}),
        ("/v1/bad-cases", {"text_a": PRIVATE + "\x00", "text_b": "\ud800", "expected": "same"}),
        ("/api/predict", {"data": [PRIVATE, PRIVATE]}),
        ("/api/predict", {"data": [PRIVATE]}),
        (f"/v1/{PRIVATE}", {}),
        (f"/v1/policies/current?q={PRIVATE}", {}),
    ]
    for path, body in bodies:
        content = json.dumps(body).encode()
        last = httpx.post(guarded.base + path, headers=key, content=content, timeout=60)
    httpx.post(f"{guarded.base}/v1/similarity", headers=key, content=PRIVATE.encode())
    guarded.ask("/metrics", PRIVATE.encode().hex())
    line_of(guarded, last.headers["X-Request-ID"])
    log = guarded.log()
    assert PRIVATE[:4] not in log
    assert json.dumps(PRIVATE)[1:20] not in log
    for secret in (guarded.write, guarded.read, guarded.environment, PRIVATE.encode().hex()):
        assert secret not in log
    # Other tests ask this server too: a route is a declared path or "other", never a path as it was sent.
    declared = {*guarded.ask("/openapi.json").json()["paths"], *UNLISTED, OTHER}
    assert {line["route"] for line in lines(log)} <= declared


def test_an_exception_is_described_without_its_message() -> None:
    try:
        json.loads(PRIVATE)
    except ValueError as error:
        found = described(error)
    assert found["error"] == "json.decoder.JSONDecodeError"
    assert len(found["trace"]) >= 2
    assert PRIVATE[:4] not in json.dumps(found, ensure_ascii=False)


def test_a_database_error_does_not_quote_its_parameters(tmp_path: Path) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    from calibration.store.engine import database_url, make_engine

    engine = make_engine(database_url(tmp_path / "x.sqlite"))
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("INSERT INTO nowhere VALUES (:text)"), {"text": PRIVATE})
    assert PRIVATE not in str(caught.value)
    engine.dispose()


def test_texts_are_logged_where_the_operator_says_so(tmp_path: Path, data_dir: Path) -> None:
    folder = home(tmp_path, data_dir)
    with serving(folder, SIMTIER_LOG_TEXT="1") as base:
        httpx.post(f"{base}/api/predict", json={"data": ["花呗", "借呗"]}, timeout=60)
    (line,) = [line for line in lines((folder / "server.log").read_text()) if line["route"] == "/api/predict"]
    assert line["text"] == ["花呗", "借呗"]


def test_a_reader_that_is_stuck_holds_up_nobody() -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    log = RequestLog(write)
    begun = time.monotonic()
    for _ in range(12_000):
        log.write("x" * 100)
    assert time.monotonic() - begun < 5
    assert log.dropped > 0
    os.close(read)  # what still waits is dropped at once
    assert log.close(60)
    os.close(write)  # only now: a thread that still wrote here would write into the next file with this number


def test_other_libraries_tracebacks_become_one_line_without_the_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("tests.quiet")
    quiet = OneLine()
    logger.addFilter(quiet)
    try:
        int(PRIVATE)
    except ValueError as error:
        logger.warning("Error deserializing %s", "back message", exc_info=error)
    logger.removeFilter(quiet)
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.getMessage().startswith("Error deserializing back message: builtins.ValueError at ")
    assert PRIVATE not in caplog.text
    assert len(caplog.text.splitlines()) == 1


def test_what_browsers_send_is_logged_in_one_line(guarded: Guarded) -> None:
    with websockets.sync.client.connect(guarded.base.replace("http", "ws") + "/_stcore/stream") as socket:
        socket.send(b"\xff no message")
        with suppress(websockets.exceptions.ConnectionClosedError):
            for _ in socket:  # until the server closes it
                pass
    found = [line for line in guarded.log().splitlines() if "deserializing" in line]
    assert len(found) == 1
    assert "Traceback" not in guarded.log()
