"""Keys of the API: who may ask, who may write, and what a key leaves behind."""

from __future__ import annotations

import http.client
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from calibration.cli.main import main
from calibration.errors import SimTierError
from calibration.settings import DATA_DIR_VARIABLE
from calibration.store import open_store
from calibration.store.api_keys import key_hash
from dashboard.api.cors import origins
from dashboard.api.keys import KeyGuard, KeyRing
from tests.api.conftest import Guarded

PAIR = {"text_a": "花呗怎么还款", "text_b": "借呗怎么还款", "expected": "related"}


def test_a_key_is_shown_once_kept_as_a_hash_and_revoked_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))

    def keys(*arguments: str) -> tuple[int, str]:
        return main(["keys", *arguments]), capsys.readouterr().out

    code, out = keys("add", "web", "--read-only", "--json")
    made: dict[str, Any] = json.loads(out)
    assert (code, made["keys"][0]["access"]) == (0, "read")
    code, out = keys("list")
    assert code == 0
    assert "web: read" in out
    assert made["secret"] not in out
    with sqlite3.connect(tmp_path / "simtier.sqlite") as connection:
        dump = "\n".join(connection.iterdump())
    assert made["secret"] not in dump
    assert key_hash(made["secret"]) in dump
    assert keys("add", "web")[0] == 1
    assert keys("revoke", "web")[0] == 0
    assert "revoked" in keys("list")[1]
    assert keys("revoke", "nobody") == (1, "")


@pytest.mark.parametrize("path", ["/v1/policies/current", "/metrics"])
def test_without_a_key_that_opens_nothing_is_told(guarded: Guarded, path: str) -> None:
    for key in (None, "x", "wrong", guarded.read[:-1], key_hash(guarded.read)):
        refused = guarded.ask(path, key)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "key_refused"
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert guarded.ask(path, guarded.read).status_code != 401
    assert httpx.get(guarded.base + path, headers={"X-API-Key": guarded.write}).status_code != 401


def guard(path: str, root: str = "") -> int:
    """The status of a request without a key; 200 where it gets past the guard."""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await Response()(scope, receive, send)

    ring = KeyRing(lambda: pytest.fail("no store is needed"), "secret")
    ring._read_at = time.monotonic()
    app = KeyGuard(inner, lambda: ring)
    # A server that is mounted below a prefix puts both into the scope.
    return TestClient(app, root_path=root).post(path).status_code


@pytest.mark.parametrize(
    "path",
    [
        "/v1/bad-cases", "/v1//bad-cases", "//v1/bad-cases", "/V1/bad-cases", "/%76%31/bad-cases", "/v1;/bad-cases",
        "/v1/../v1/bad-cases", "/health/../v1/bad-cases", "/docs-assets", "/healthy", "/metrics/", "/",
        "/x/v1/bad-cases",
    ],
)  # fmt: skip
def test_no_spelling_of_a_path_gets_past_the_guard(path: str) -> None:
    assert guard(path) == 401
    assert guard(path, "/simtier") == 401


def test_what_is_open_is_open() -> None:
    assert [guard(path) for path in ("/health", "/docs", "/docs-assets/x.js", "/openapi.json")] == [200] * 4


def test_paths_with_tricks_reach_nothing_on_a_real_server(guarded: Guarded) -> None:
    port = int(guarded.base.rpartition(":")[2])
    for path in ("/v1/../v1/policies/current", "/v1%2Fpolicies/current", "//metrics", "/metrics%00", "/./metrics"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)  # sends the path as it is
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        # A refusal, the guard's or the pages', or the pages' shell, which every unknown path gets.
        assert answer.status in (400, 401, 404) or b"<title>" in said, (path, answer.status)
        assert b"simtier_requests" not in said


def test_a_body_is_not_read_before_the_key(guarded: Guarded) -> None:
    refused = httpx.post(f"{guarded.base}/v1/similarity", content=b"no json" * 2_000_000)
    assert refused.status_code == 401


def test_reading_and_writing_keys(guarded: Guarded) -> None:
    asked = {"sources": ["a"], "targets": ["b"]}
    for key in (guarded.read, guarded.write, guarded.environment):
        assert guarded.ask("/v1/similarity", key, **asked).status_code == 200
    refused = guarded.ask("/v1/bad-cases", guarded.read, **PAIR)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "key_read_only"
    assert guarded.ask("/v1/bad-cases", guarded.write, **PAIR).status_code == 201
    assert guarded.ask("/v1/bad-cases", guarded.environment, **PAIR).status_code == 200
    with open_store(guarded.folder / "simtier.sqlite") as store:
        assert store.bad_cases.search().rows[0].reporter == "worker"


def test_health_is_open_but_says_no_more_than_it_must(guarded: Guarded) -> None:
    assert guarded.ask("/health").json() == {"status": "ready"}
    assert guarded.ask("/health", "wrong").json() == {"status": "ready"}
    assert guarded.ask("/health", guarded.read).json()["store"] == {"ok": True}


def test_a_revoked_key_stops_within_seconds(guarded: Guarded) -> None:
    with open_store(guarded.folder / "simtier.sqlite") as store:
        secret = store.api_keys.add("short-lived")[1]
        until = time.monotonic() + 10
        while guarded.ask("/metrics", secret).status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        store.api_keys.revoke("short-lived")
    while guarded.ask("/metrics", secret).status_code != 401:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_the_documentation_has_a_button_for_keys(guarded: Guarded) -> None:
    schema = guarded.ask("/openapi.json").json()
    assert set(schema["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyHeader"}
    assert schema["paths"]["/v1/similarity"]["post"]["security"]
    assert "security" not in schema["paths"]["/health"]["get"]


def test_other_origins_are_let_in_by_name_only(guarded: Guarded, url: str) -> None:
    def preflight(base: str, origin: str, path: str = "/v1/similarity") -> httpx.Headers:
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = "authorization"
        return httpx.options(base + path, headers=asked).headers

    allow = "access-control-allow-origin"
    assert preflight(guarded.base, "https://faq.example.com")[allow] == "https://faq.example.com"
    assert allow not in preflight(guarded.base, "https://evil.example.com")
    assert allow not in preflight(url, "https://faq.example.com")
    pages = httpx.get(guarded.base, headers={"Origin": "https://faq.example.com"})
    assert pages.headers.get(allow) != "https://faq.example.com"
    refused = httpx.get(f"{guarded.base}/metrics", headers={"Origin": "https://faq.example.com"})
    assert (refused.status_code, refused.headers[allow]) == (401, "https://faq.example.com")


@pytest.mark.parametrize("origin", ["faq.example.com", "https://a.example/path", "ftp://a", "null", "https://"])
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(SimTierError, match="SIMTIER_CORS_ORIGINS"):
        origins({"SIMTIER_CORS_ORIGINS": origin})
