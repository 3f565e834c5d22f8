"""What comes to the server's front: foreign hosts, wrong paths, odd bodies, headers of pages."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import websockets

from calibration.errors import SimTierError
from dashboard.api.host_check import allowed_hosts, is_allowed
from dashboard.api.paths import canonical, is_api, meant
from dashboard.theme import config

JSON = {"Content-Type": "application/json"}


def error(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    return found


# ---------------------------------------------------------------- hosts


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:7860", 200), ("LOCALHOST.", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("app.localhost", 200),
        ("evil.example", 421), ("evil.example:7860", 421), ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("10.0.0.1", 421), ("", 421),
    ],
)  # fmt: skip
def test_only_our_own_names_are_answered(client: httpx.Client, host: str, status: int) -> None:
    for path in ("/health", "/", "/_stcore/health"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == status, path
    if status == 421:
        assert (error(answer)["code"], error(answer)["field"]) == ("wrong_host", "Host")


def test_a_rebound_page_reaches_neither_bad_cases_nor_the_pages(client: httpx.Client, url: str) -> None:
    evil = {"Host": "evil.example", "Origin": "http://evil.example"}
    body = {"text_a": "rebind", "text_b": "me", "expected": 1}
    assert client.post("/v1/bad-cases", json=body, headers=evil).status_code == 421

    async def upgrade(host: str) -> int:
        port = int(url.rpartition(":")[2])
        address, origin = f"ws://{host}/_stcore/stream", websockets.Origin(f"http://{host}")
        try:
            async with websockets.connect(address, origin=origin, proxy=None, host="127.0.0.1", port=port):
                return 101
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    assert asyncio.run(upgrade("evil.example")) == 421
    assert asyncio.run(upgrade(url.removeprefix("http://"))) == 101


def test_more_names_are_added_by_the_operator() -> None:
    environ = {"SIMTIER_ALLOWED_HOSTS": "faq.example.com", "SIMTIER_PUBLIC_URL": "https://simtier.example.com"}
    allowed = allowed_hosts("127.0.0.1", environ)
    assert allowed is not None
    assert all(is_allowed(host, allowed) for host in ("faq.example.com:443", "simtier.example.com", "localhost"))
    assert not is_allowed("evil.example", allowed)
    assert allowed_hosts("127.0.0.1", {"SIMTIER_ALLOWED_HOSTS": "*"}) is None
    assert allowed_hosts("0.0.0.0", {}) is None  # noqa: S104
    assert allowed_hosts("0.0.0.0", {"SIMTIER_ALLOWED_HOSTS": "a"}) == {"a", "0.0.0.0"}  # noqa: S104
    with pytest.raises(SimTierError, match="SIMTIER_ALLOWED_HOSTS"):
        allowed_hosts("127.0.0.1", {"SIMTIER_ALLOWED_HOSTS": "https://faq.example.com"})


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize(
    "path",
    [
        "/v1", "/v1/nothing", "/api", "/api/", "/api/nothing", "/config", "/info/x", "/ping", "/ready",
        "/run/predict", "/gradio_api/info", "/queue/join", "/openai/deployments/x/embeddings", "/metrics/x",
        "/health/x", "/_stcore/metrics",
    ],
)  # fmt: skip
def test_an_unknown_path_below_a_known_prefix_is_json(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, error(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/run/predict", "/api/predict"), ("/predict", "/api/predict"), ("/embeddings", "/v1/embeddings"),
        ("/openai/v1/embeddings", "/v1/embeddings"), ("/call/predict", "/api/predict"), ("/triage", ""),
    ],
)  # fmt: skip
def test_a_write_elsewhere_is_json_and_names_the_right_path(client: httpx.Client, path: str, right: str) -> None:
    answer = client.post(path, json={"data": []})
    assert (answer.status_code, error(answer)["code"]) == (404, "not_found")
    assert right in error(answer)["message"]
    chinese = error(client.post(path, json={}, headers={"Accept-Language": "zh"}))["message"]
    assert not chinese.isascii()
    assert right in chinese


@pytest.mark.parametrize("path", ["/api/predict/", "//api/predict", "/api//predict", "/v1/similarity/"])
def test_odd_slashes_are_answered_without_a_redirect(url: str, path: str) -> None:
    body = {"data": ["a", "b"], "sources": ["a"], "targets": ["b"], "domain": "bank"}
    assert httpx.post(url + path, json=body, follow_redirects=False, timeout=60).status_code == 200


def test_probes_get_json_and_pages_their_shell(client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    for path in ("/healthz", "/readyz"):
        assert client.get(path).json()["status"] == "ready"
        assert client.head(path).status_code == 200
    assert "<title>" in client.get("/triage").text


def test_pages_are_neither_framed_nor_sniffed(client: httpx.Client) -> None:
    for path in ("/", "/_stcore/health", "/v1/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]


def test_paths_are_read_by_rules() -> None:
    assert [canonical(path) for path in ("/", "//", "/a/", "//a//b/")] == ["/", "/", "/a", "/a/b"]
    assert is_api("PUT", "/anything")
    assert not is_api("PUT", "/_stcore/upload_file/1/2")
    assert not is_api("POST", "/auth/logout")
    assert meant("/v1/embeddings", ["/v1/embeddings"]) == ""


def test_streamlits_agent_api_stays_off() -> None:
    assert config("127.0.0.1", 7860)["server.enableAgentApi"] is False


# ---------------------------------------------------------------- bodies that cannot be read

SIMILAR = '{"sources": ["花呗"], "targets": ["借呗"], "domain": "bank"}'


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (SIMILAR.encode("gbk"), JSON, 400, "UTF-8"),
        (SIMILAR.encode("gbk"), {"Content-Type": "application/json; charset=GBK"}, 400, "UTF-8"),
        ('{"sources": ["é"], "targets": ["a"]}'.encode("latin-1"), JSON, 400, "UTF-8"),
        (gzip.compress(SIMILAR.encode()), JSON | {"Content-Encoding": "gzip"}, 415, "gzip"),
        (gzip.compress(SIMILAR.encode()), JSON, 415, "gzip"),
        (b'{"sources": ' + b"[" * 5000, JSON, 400, "nested"),
        (b'{"sources": ["a"], "targets": ["b"], "k": ' + b"9" * 5000 + b"}", JSON, 400, "digits"),
        (b"{", JSON, 400, "JSON"),
        (b'{"sources": ["a"],}', JSON, 400, "character"),
        (SIMILAR.encode(), {}, 415, "Content-Type: application/json"),
        (SIMILAR.encode(), {"Content-Type": "text/plain"}, 415, "Content-Type: application/json"),
        (SIMILAR.encode(), {"Content-Type": "application/x-www-form-urlencoded"}, 415, "Content-Type"),
        (b"", JSON, 422, ""),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_told_why(
    client: httpx.Client, body: bytes, headers: Mapping[str, str], status: int, says: str
) -> None:
    answer = client.post("/v1/similarity", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert says in error(answer)["message"]
    assert error(answer)["field"] in ("body", "Content-Type")
    if status == 400:
        assert error(answer)["code"] == "invalid_json"
    chinese = client.post("/v1/similarity", content=body, headers={**headers, "Accept-Language": "zh-CN"})
    assert not error(chinese)["message"].isascii()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_unicode_in_its_other_forms_is_read(client: httpx.Client, encoding: str) -> None:
    assert client.post("/v1/similarity", content=SIMILAR.encode(encoding), headers=JSON).status_code == 200


# ---------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("path", "change", "field", "says"),
    [
        ("/v1/embeddings", {"input": [[57668, 53901]]}, "input", "check_embedding_ctx_length=False"),
        ("/v1/embeddings", {"input": [1, 2, 3]}, "input", "check_embedding_ctx_length=False"),
        ("/v1/embeddings", {"input": ["a", None]}, "input.1", "text"),
        ("/v1/embeddings", {"input": 123}, "input", "a text or a list of texts"),
        ("/v1/embeddings", {"input": None}, "input", "a text or a list of texts"),
        ("/v1/embeddings", {}, "input", "needed"),
        ("/v1/bad-cases", {"expected": {}}, "expected", "name of a tier"),
        ("/v1/bad-cases", {"expected": None}, "expected", "name of a tier"),
        ("/v1/bad-cases", {"expected": "2"}, "expected", "same"),
        ("/v1/bad-cases", {"domain": "x" * 201}, "domain", "200"),
        ("/v1/similarity", {"domain": "x" * 201}, "domain", "200"),
        ("/v1/similarity", {"domain": "\ud800"}, "domain", "Unicode"),
        ("/v1/similarity", {"targets": "b"}, "targets", "list"),
        ("/v1/similarity", {"targets": []}, "targets", "at least 1"),
        ("/v1/match", {"domain": "x" * 201}, "domain", "200"),
        ("/v1/match", {"keys": [1]}, "keys.0", "text"),
        ("/v1/match", {"k": "x"}, "k", "whole number"),
    ],
)
def test_a_wrong_field_is_named_by_its_name_in_the_request(
    client: httpx.Client, path: str, change: dict[str, Any], field: str, says: str
) -> None:
    good: dict[str, Any] = {"sources": ["a"], "targets": ["b"], "queries": ["a"], "faq": ["b"], "text_a": "a"}
    body = json.dumps(good | {"text_b": "b", "expected": 0} | change)
    refused = client.post(path, content=body, headers=JSON)
    assert (refused.status_code, error(refused)["field"]) == (422, field)
    assert says in error(refused)["message"]
    chinese = error(client.post(path, content=body, headers={**JSON, "Accept-Language": "zh"}))["message"]
    assert not chinese.isascii()


@pytest.mark.parametrize(("given", "kept"), [("1", "same"), ("0", "not_same"), (True, "same"), (False, "not_same")])
def test_an_expectation_may_be_written_as_forms_write_it(
    client: httpx.Client, api_store: Any, given: object, kept: str
) -> None:
    body = {"text_a": f"怎么办理{given!r}", "text_b": f"如何办理{given!r}", "expected": given}
    answer = client.post("/v1/bad-cases", json=body)
    assert answer.status_code == 201
    assert api_store.bad_cases.get(answer.json()["id"]).expected == kept


WRONG = b"1," * 400_000 + b"1]}"
"""Almost as many wrong items as a body may hold."""


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/v1/similarity", b'{"sources":["a"],"targets":['),
        ("/v1/similarity", b'{"targets":["a"],"sources":['),
        ("/v1/embeddings", b'{"input":['),
        ("/v1/embeddings", b'{"input":["a",'),
        ("/v1/match", b'{"queries":["a"],"faq":['),
        ("/v1/match", b'{"queries":["a"],"faq":["a"],"keys":['),
        ("/api/predict", b'{"data":['),
    ],
)
def test_a_body_full_of_wrong_items_makes_one_error(client: httpx.Client, path: str, start: bytes) -> None:
    refused = client.post(path, content=start + WRONG, headers=JSON)
    assert refused.status_code == 422
    assert len(refused.content) < 1000


@pytest.mark.parametrize(
    "body", [b'{"sources":["a"],"targets":[' + b"1," * 3_900_000 + b"1]}", b"[" * 8_000_000, b'{"a":{},' * 900_000]
)
def test_a_body_of_millions_of_values_is_refused_unread(client: httpx.Client, body: bytes) -> None:
    refused = client.post("/v1/similarity", content=body, headers=JSON)
    assert (refused.status_code, error(refused)["field"]) == (413, "body")


def test_a_long_text_full_of_punctuation_is_no_such_body(client: httpx.Client) -> None:
    texts = [", [a], {b}, " * 400] * 40
    answer = client.post("/v1/similarity", json={"sources": ["a"], "targets": texts, "domain": None})
    assert answer.status_code in (200, 422)  # where a policy of several domains is published by another test
    if answer.status_code == 422:
        assert error(answer)["field"] == "domain"


def test_millions_of_texts_are_counted_before_anything_is_made_of_them(client: httpx.Client) -> None:
    lines = json.dumps({"data": ["a", "b\n" * 2_700_000]}).encode()
    groups = b'{"data":[' + b'"a",' * 1_999_999 + b'"a","a"]}'
    texts = b'{"input":[' + b'"a",' * 2_000_000 + b'"a"]}'
    for path, body in (("/api/predict", lines), ("/api/predict", groups), ("/v1/embeddings", texts)):
        refused = client.post(path, content=body, headers=JSON)
        assert refused.status_code in (413, 422)
