"""A server whose PostgreSQL goes away and comes back: scoring continues, writes are refused, no address is
revealed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from tests.api.conftest import home, serving
from tests.store.conftest import MISSING, binaries, unprivileged

HOST_PART = "simtier-pg-away"


@dataclass
class Database:
    """A PostgreSQL server of our own on a Unix socket."""

    folder: Path
    programs: Path

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        with (self.folder / "output.log").open("a") as log:
            subprocess.run(command, user=unprivileged(), cwd=self.folder, check=True, stdout=log, stderr=log)

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-w", "-l", str(self.folder / "server.log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")

    @property
    def url(self) -> str:
        url = URL.create("postgresql+psycopg", "simtier", database="postgres", query={"host": str(self.folder)})
        return url.render_as_string(hide_password=False)


@pytest.fixture
def database() -> Iterator[Database]:
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix=HOST_PART))
    if (user := unprivileged()) is not None:
        shutil.chown(folder, user)
    found = Database(folder, programs)
    try:
        found.run("initdb", "-U", "simtier", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        found.start()
        yield found
        found.stop()
    finally:
        shutil.rmtree(folder)


def until(client: httpx.Client, path: str, status: int, **body: object) -> httpx.Response:
    last = time.monotonic() + 60
    while True:
        answer = client.post(path, json=body) if body else client.get(path)
        if answer.status_code == status:
            return answer
        assert time.monotonic() < last, answer.text
        time.sleep(0.2)


def test_a_store_that_is_away_stops_writes_only(database: Database, tmp_path: Path, data_dir: Path) -> None:
    case = {"text_a": "甲", "text_b": "乙", "expected": 0}
    key = {"X-API-Key": "a-key"}
    with (
        serving(
            home(tmp_path, data_dir), clean=False, SIMTIER_DATABASE_URL=database.url, SIMTIER_API_KEY="a-key"
        ) as base,
        httpx.Client(base_url=base, timeout=60, headers=key) as client,
    ):
        assert client.post("/v1/bad-cases", json=case).status_code == 201
        assert client.post("/api/predict", json={"data": ["卡丢了", "银行卡遗失"]}).status_code == 200
        database.stop()
        refused = until(client, "/v1/bad-cases", 503, **(case | {"text_b": "丙"}))
        assert refused.json()["error"]["code"] == "store_unavailable"
        assert int(refused.headers["Retry-After"]) >= 1
        time.sleep(2.5)  # keys and policy are no longer fresh
        for number in range(3):
            scored = client.post("/api/predict", json={"data": ["卡丢了", f"银行卡遗失{number}"]})
            assert scored.status_code == 200, scored.text
        assert httpx.get(f"{base}/v1/policies/current", timeout=60).status_code == 401
        told = [refused.text, httpx.get(f"{base}/readyz", timeout=60).text]
        assert not any(HOST_PART in text or "postgresql" in text for text in told)
        assert httpx.get(f"{base}/livez", timeout=60).status_code == 200
        assert client.get("/readyz").status_code == 503
        database.start()
        assert until(client, "/v1/bad-cases", 201, **(case | {"text_b": "丁"})).json()["created"] is True
        until(client, "/readyz", 200)
        assert client.post("/v1/bad-cases", json=case).status_code == 200  # the first is still there


def test_a_store_that_was_never_there_tells_no_address(tmp_path: Path, data_dir: Path) -> None:
    from calibration.errors import StoreUnavailable
    from dashboard.api.errors import explained

    error = StoreUnavailable("postgresql+psycopg://simtier:***@db.internal:5432/simtier", "connection refused")
    answer = explained(error, "en")
    assert answer.status_code == 503
    assert b"db.internal" not in answer.body
    assert b'"store_unavailable"' in answer.body
