"""Encoders behind a server: against a small server of OpenAI's API that fails as real ones do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.encoding import CachedEncoder, load_encoder
from calibration.encoding.remote import RemoteEncoder, from_environment
from calibration.encoding.remote_exchange import RemoteSettings
from calibration.errors import (
    BadArgument,
    Cancelled,
    RemoteChanged,
    ServiceBusy,
    ServiceFailed,
    ServiceRefused,
    ServiceUnreachable,
)

QUICK = RemoteSettings(batch=3, connections=2, patience=3.0)


class Server:
    """Embeds by the real model, and answers the next requests with the statuses in `failures` first."""

    def __init__(self, encoder: CachedEncoder) -> None:
        self.encoder, self.failures, self.asked, self.connections = encoder, list[int](), list[int](), set[int]()
        self.fingerprint: str | None = None
        self.change: Any = lambda vectors: vectors
        self.base = ""

    def answer(self, texts: list[str]) -> dict[str, Any]:
        vectors = self.change(self.encoder.encode(texts))
        rows = [{"index": at, "embedding": row.tolist()} for at, row in enumerate(vectors)]
        return {"data": rows[::-1], "model": "m"}  # in any order: the index counts


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told = {"model": {"fingerprint": server.fingerprint}} if server.fingerprint else None
            self._send(200 if told else 404, told or {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(len(body["input"]))
            server.connections.add(self.client_address[1])
            status = server.failures.pop(0) if server.failures else 200
            self._send(status, server.answer(body["input"]) if status == 200 else {"error": "no"})

        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    server.base = f"http://127.0.0.1:{listening.server_address[1]}/v1"
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


@pytest.fixture
def server(encoder: CachedEncoder) -> Iterator[Server]:
    with serving(Server(encoder)) as ready:
        yield ready


TEXTS = [
    "花呗怎么还款",
    "今天天气不错",
    "怎么办理信用卡挂失",
    "信用卡丢了怎么办",
    "公司几点上班",
    "好",
    "怎么办理信用卡挂失",
]


def test_vectors_are_the_servers_in_the_order_of_the_texts(
    server: Server, encoder: CachedEncoder, tmp_path: Path
) -> None:
    remote = RemoteEncoder(f"{server.base}#m", QUICK, tmp_path)
    seen: list[int] = []
    vectors = remote.encode(TEXTS, progress=lambda done, _: seen.append(done))
    assert np.abs(vectors - encoder.encode(TEXTS)).max() < 1e-6
    assert (seen[0], seen[-1], remote.dim) == (0, 6, encoder.dim)
    assert max(server.asked) == 3
    assert len(server.connections) <= QUICK.connections
    assert remote.encode([]).shape == (0, encoder.dim)
    remote.close()


def test_what_passes_is_tried_again_and_what_does_not_is_said(server: Server, tmp_path: Path) -> None:
    remote = RemoteEncoder(server.base, QUICK, tmp_path)
    server.failures = [503, 429, 500]
    assert len(remote.encode(["甲"])) == 1
    server.failures = [401]
    with pytest.raises(ServiceRefused):
        remote.encode(["甲"])
    server.failures = [503] * 50
    with pytest.raises(ServiceBusy):
        remote.encode(["甲"])
    server.failures = []
    server.change = lambda vectors: vectors[:, :5]
    with pytest.raises(ServiceFailed):
        remote.encode(["甲"])
    server.change = lambda vectors: vectors * np.nan
    with pytest.raises(ServiceFailed):
        remote.encode(["甲"])
    with pytest.raises(ServiceUnreachable):
        RemoteEncoder("http://127.0.0.1:9/v1", RemoteSettings(patience=0.1), tmp_path)
    remote.close()


def test_a_server_that_changes_its_model_is_noticed(server: Server, tmp_path: Path) -> None:
    first = RemoteEncoder(server.base, QUICK, tmp_path)
    again = RemoteEncoder(server.base, QUICK, tmp_path)
    assert again.fingerprint == first.fingerprint
    first.close()
    again.close()
    server.change = lambda vectors: np.roll(vectors, 1, axis=1)
    with pytest.raises(RemoteChanged, match="remove"):
        RemoteEncoder(server.base, QUICK, tmp_path)


def test_a_simtier_says_its_models_fingerprint(server: Server, encoder: CachedEncoder) -> None:
    server.fingerprint = encoder.fingerprint
    remote = load_encoder(server.base)
    assert remote.fingerprint == encoder.fingerprint
    before = len(server.asked)
    assert np.abs(remote.encode(TEXTS) - encoder.encode(TEXTS)).max() < 1e-6
    assert len(server.asked) == before  # the same vectors are in the cache already
    remote.close()


def test_no_more_requests_a_second_than_asked_for(server: Server, tmp_path: Path) -> None:
    remote = RemoteEncoder(server.base, RemoteSettings(batch=1, connections=4, per_second=20.0), tmp_path)
    started = time.monotonic()
    remote.encode([f"第{n}个" for n in range(8)])
    assert time.monotonic() - started >= 7 / 20
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        remote.encode(["甲", "乙"], cancel=stop)
    remote.close()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMTIER_REMOTE_BATCH", "7")
    assert from_environment().batch == 7
    monkeypatch.setenv("SIMTIER_REMOTE_PER_SECOND", "none")
    with pytest.raises(BadArgument, match="PER_SECOND"):
        from_environment()
