"""The server as its operator has it: a process, its one line, its health, its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    first_page: float
    """Seconds until the first page was served."""
    health_then: tuple[int, dict[str, object]]
    """What /health said at that moment."""

    def get(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        return fetch(self.port, path, method)


def fetch(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def start(*flags: str, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", *flags],
        cwd=ROOT,
        env=os.environ | (environ or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[Server]:
    port = free_port()
    process = start("--port", str(port), "--data-dir", str(data_dir))
    begun = time.monotonic()
    while True:
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() - begun < 120
        try:
            status, _ = fetch(port, "/")
            break
        except OSError:
            time.sleep(0.2)
    assert status == 200
    code, body = fetch(port, "/health")
    yield Server(process, port, time.monotonic() - begun, (code, json.loads(body)))
    process.kill()
    process.communicate()


def ready(server: Server) -> dict[str, object]:
    for _ in range(300):
        status, body = server.get("/health")
        report: dict[str, object] = json.loads(body)
        if status == 200:
            return report
        assert report["status"] == "loading", report
        time.sleep(0.5)
    raise AssertionError("never ready")


def test_the_page_is_there_before_the_model(server: Server) -> None:
    status, report = server.health_then
    assert (status, report["status"]) in ((503, "loading"), (200, "ready"))


def test_health_tells_model_and_store(server: Server) -> None:
    report = ready(server)
    assert report["status"] == "ready"
    assert report["store"] == {"ok": True}
    model = report["model"]
    assert isinstance(model, dict)
    assert model["dim"] == 384
    assert len(model["fingerprint"]) >= 16
    assert report["version"]
    assert server.get("/health", "HEAD") == (200, b"")


def test_a_taken_port_is_one_line_and_two(server: Server) -> None:
    process = start("--port", str(server.port))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in err


def test_an_open_address_is_refused_in_one_line() -> None:
    process = start("--host", "0.0.0.0")  # noqa: S104
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "--insecure" in err


def test_a_login_alone_does_not_open_the_api_to_a_network(tmp_path: Path) -> None:
    login = {"SIMTIER_LOGIN_HEADER": "X-Forwarded-Email", "SIMTIER_ADMINS": "li@example.com"}
    process = start("--host", "0.0.0.0", "--data-dir", str(tmp_path), environ=login)  # noqa: S104
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "the API needs no key" in err


def test_it_prints_its_address_and_ends_when_asked(server: Server) -> None:
    ready(server)
    server.process.send_signal(signal.SIGTERM)
    out, err = server.process.communicate(timeout=60)
    assert out == f"SimTier http://localhost:{server.port}\n"
    assert "Traceback" not in err
