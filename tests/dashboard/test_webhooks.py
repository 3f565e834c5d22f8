"""Webhooks against a receiver on this machine: payloads, signatures, retries, and nothing of a user's text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from calibration.errors import BadArgument
from dashboard.webhooks.events import CONFLICT, DRIFT, MESSAGES, Event
from dashboard.webhooks.payloads import Target, targets
from dashboard.webhooks.sender import Webhooks


@dataclass
class Receiver:
    """Keeps what it got; answers the statuses given, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    answer: bytes = b'{"errcode": 0, "code": 0}'
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def next(self) -> tuple[str, dict[str, str], Any]:
        assert self.arrived.acquire(timeout=30)
        path, headers, body = self.got[-1]
        return path, headers, json.loads(body)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = found.statuses.pop(0) if found.statuses else 200
            self.send_response(status)
            self.end_headers()
            self.wfile.write(found.answer)
            found.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            found.arrived.release()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/hook?token=secret"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


EVENT = Event(DRIFT, {"domain": "bank", "days": 7}, key="drift bank")


def told(receiver: Receiver, format_: str, secret: str = "") -> tuple[str, dict[str, str], Any]:
    hooks = Webhooks([Target(format_, receiver.url, secret)], first=0.01)
    hooks.notify(EVENT)
    got = receiver.next()
    hooks.close()
    return got


def test_plain_json_is_signed_over_moment_and_body(receiver: Receiver) -> None:
    _, headers, body = told(receiver, "json", "s3cret")
    assert (body["event"], body["facts"], body["id"]) == ("drift", {"domain": "bank", "days": 7}, EVENT.id)
    assert "bank" in body["message"]
    signed = f"{headers['x-simtier-timestamp']}.".encode() + receiver.got[-1][2]
    digest = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert headers["x-simtier-signature"] == f"sha256={digest}"
    assert "x-simtier-signature" not in told(receiver, "json")[1]


def test_feishu_gets_its_own_signature(receiver: Receiver) -> None:
    _, _, body = told(receiver, "feishu", "s3cret")
    assert (body["msg_type"], "bank" in body["content"]["text"]) == ("text", True)
    key = f"{body['timestamp']}\ns3cret".encode()
    assert body["sign"] == base64.b64encode(hmac.digest(key, b"", "sha256")).decode()


def test_dingtalk_is_signed_in_the_address(receiver: Receiver) -> None:
    path, _, body = told(receiver, "dingtalk", "s3cret")
    assert (body["msgtype"], "bank" in body["text"]["content"]) == ("text", True)
    asked = parse_qs(urlsplit(path).query)
    assert asked["token"] == ["secret"]
    said = f"{asked['timestamp'][0]}\ns3cret".encode()
    assert unquote(asked["sign"][0]) == base64.b64encode(hmac.digest(b"s3cret", said, "sha256")).decode()


def test_wecom_gets_text(receiver: Receiver) -> None:
    path, _, body = told(receiver, "wecom", "s3cret")
    assert (path, body["msgtype"]) == ("/hook?token=secret", "text")
    assert not body["text"]["content"].isascii()


def test_a_receiver_that_fails_is_tried_again_and_one_that_refuses_is_not(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [500, 503]
    hooks = Webhooks([Target("json", receiver.url)], first=0.01)
    hooks.notify(EVENT)
    for _ in range(3):
        receiver.next()
    receiver.statuses = [403]
    hooks.notify(Event(CONFLICT, {"case": 7, "domain": "bank"}))
    receiver.next()
    hooks.notify(Event(CONFLICT, {"case": 8, "domain": "bank"}))
    receiver.next()  # the queue goes on
    assert [json.loads(body)["event"] for _, _, body in receiver.got] == ["drift"] * 3 + ["conflict"] * 2
    assert "127.0.0.1" in caplog.text
    assert "token" not in caplog.text
    hooks.close()


def test_a_chat_service_that_refuses_in_a_200_is_logged(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answer = b'{"errcode": 310000, "errmsg": "sign not match"}'
    hooks = Webhooks([Target("dingtalk", receiver.url)], first=0.01)
    hooks.notify(EVENT)
    receiver.next()
    hooks.notify(Event(CONFLICT, {"case": 7, "domain": "bank"}))
    receiver.next()
    assert "does not take it" in caplog.text
    hooks.close()


def test_a_receiver_that_is_away_holds_up_nobody() -> None:
    hooks = Webhooks([Target("json", "http://127.0.0.1:9/hook")], patience=60)
    for case in range(1000):
        hooks.notify(Event(CONFLICT, {"case": case, "domain": "bank"}))
    hooks.close()


def test_a_story_is_told_once_until_it_is_over(receiver: Receiver) -> None:
    hooks = Webhooks([Target("json", receiver.url)], first=0.01)
    hooks.notify(EVENT)
    hooks.notify(EVENT)
    receiver.next()
    hooks.over("drift bank")
    hooks.notify(EVENT)
    receiver.next()
    assert len(receiver.got) == 2
    hooks.close()


def test_every_kind_has_a_sentence_in_both_languages() -> None:
    facts = {"domain": "bank", "policy": "p v1", "lost": 1, "broken": 3, "case": 7}
    for kind in MESSAGES:
        event = Event(kind, facts)
        assert event.message("en").isascii()
        assert not event.message("zh_CN").isascii()


def test_addresses_are_checked_and_never_quoted() -> None:
    assert [one.format for one in targets({"SIMTIER_WEBHOOKS": "json=http://a, wecom=https://b/c?key=d"})] == [
        "json",
        "wecom",
    ]
    assert targets({}) == ()
    for wrong in ("http://a", "slack=https://a", "json=ftp://a", "json=", "feishu=https://"):
        with pytest.raises(BadArgument, match="SIMTIER_WEBHOOKS"):
            targets({"SIMTIER_WEBHOOKS": wrong})
