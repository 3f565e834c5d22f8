"""A real server process with the bundled model, and a client that speaks HTTP to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import Store, open_store

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def home(folder: Path, data_dir: Path) -> Path:
    """`folder` as a server's data directory; its models are those of all tests."""
    (folder / "models").symlink_to(data_dir / "models", target_is_directory=True)
    return folder


@contextmanager
def serving(folder: Path, port: int | None = None, clean: bool = True, **environ: str) -> Iterator[str]:
    """The address of a server that is ready; what it says on stderr is in `server.log`."""
    port, log = port or free_port(), folder / "server.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", "--port", str(port), "--data-dir", str(folder)],
            cwd=ROOT,
            env=os.environ | environ,
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        await_ready(base, process, log)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert not clean or "Traceback" not in log.read_text()


@pytest.fixture(scope="session")
def api_data(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Path:
    """The server's data directory."""
    return home(tmp_path_factory.mktemp("api"), data_dir)


@pytest.fixture(scope="session")
def url(api_data: Path) -> Iterator[str]:
    """The address of a server that is ready, and asks for no key."""
    with serving(api_data, SIMTIER_API_CHARACTERS="5000") as base:
        yield base


@dataclass
class Guarded:
    """A server with keys: in its environment, one that may write, one that may only read."""

    base: str
    folder: Path
    environment: str
    write: str
    read: str

    def ask(self, path: str, key: str | None = None, **body: object) -> httpx.Response:
        """GET, or POST where there is a body."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        if body:
            return httpx.post(self.base + path, headers=headers, json=body, timeout=60)
        return httpx.get(self.base + path, headers=headers, timeout=60)

    def log(self) -> str:
        """Everything that it has said."""
        return (self.folder / "server.log").read_text()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Guarded]:
    folder = home(tmp_path_factory.mktemp("guarded"), data_dir)
    with open_store(folder / "simtier.sqlite") as store:
        write, read = store.api_keys.add("worker")[1], store.api_keys.add("reader", access="read")[1]
    environment = "a-key-of-the-environment"
    cors = "https://faq.example.com"
    with serving(folder, SIMTIER_API_KEY=environment, SIMTIER_CORS_ORIGINS=cors) as base:
        yield Guarded(base, folder, environment, write, read)


def await_ready(
    base: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 600
) -> set[tuple[int, str]]:
    """Until /health says that requests can be served; every code and status that it gave on the way."""
    until, seen = time.monotonic() + seconds, set()
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            answer = httpx.get(f"{base}/health", timeout=5)
            seen.add((answer.status_code, str(answer.json()["status"])))
            if answer.status_code == 200:
                return seen
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError("never ready")


@pytest.fixture(scope="session")
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="session")
def api_store(url: str, api_data: Path) -> Iterator[Store]:
    """The server's own store, from a second process, as a neighbour would use it."""
    with open_store(api_data / "simtier.sqlite") as opened:
        yield opened


@pytest.fixture
def publish(client: httpx.Client, api_store: Store) -> None:
    """Two domains are in use from here on."""
    if api_store.policies.current() is not None:
        return
    fingerprint = client.get("/health").json()["model"]["fingerprint"]
    bank = DomainPolicy({"same": 0.95, "related": 0.9, "weak": None})
    legal = DomainPolicy({"same": None, "related": 0.99, "weak": None})
    policy = Policy(
        {"bank": bank, "legal": legal}, name="api", fingerprint=fingerprint, cleaner="1", segments="none"
    )
    stored = api_store.policies.publish(api_store.policies.save(policy).id)
    until = time.monotonic() + 5
    while client.get("/v1/policies/current").json().get("id") != stored.id:
        assert time.monotonic() < until, "a publication is not served"
        time.sleep(0.1)
