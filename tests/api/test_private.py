"""What keeps people's texts private: modes of files, and keys where people log in."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from calibration.settings import DATABASE_NAME, data_dir
from calibration.store import open_store
from tests.api.conftest import home, serving

LOGIN = {"SIMTIER_LOGIN_HEADER": "X-Forwarded-Email", "SIMTIER_ADMINS": "li@example.com"}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.fixture(scope="module")
def logged_in(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[tuple[str, Path]]:
    """A server with a login and without a key, on a data directory that others could enter."""
    folder = tmp_path_factory.mktemp("private")
    with open_store(folder / DATABASE_NAME):
        pass
    (folder / DATABASE_NAME).chmod(0o644)
    folder.chmod(0o755)
    with serving(home(folder, data_dir), **LOGIN) as base:
        yield base, folder


def test_where_people_log_in_the_api_asks_for_a_key_on_loopback_too(logged_in: tuple[str, Path]) -> None:
    base, folder = logged_in
    case = {"text_a": "a", "text_b": "b", "expected": 1}
    refused = httpx.post(f"{base}/v1/bad-cases", json=case)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "key_refused")
    assert httpx.get(f"{base}/metrics").status_code == 401
    assert httpx.get(f"{base}/health").json() == {"status": "ready"}
    log = (folder / "server.log").read_text()
    assert "keys add" in log
    assert "--insecure" in log


def test_the_owner_alone_reads_the_data_directory(logged_in: tuple[str, Path]) -> None:
    _, folder = logged_in
    assert mode(folder) == "0o700"
    for name in (DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm"):
        assert mode(folder / name) == "0o600", name
    for path in (folder / "cache").iterdir():
        assert mode(path) == "0o600", path


def test_a_directory_is_made_private_and_one_of_something_else_is_left_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert mode(data_dir(tmp_path / "new" / "data")) == "0o700"
        for name in ("empty", "used", "other"):
            (tmp_path / name).mkdir(mode=0o755)
        (tmp_path / "used" / DATABASE_NAME).touch()
        (tmp_path / "other" / "thesis.tex").touch()
        assert [mode(data_dir(tmp_path / name)) for name in ("empty", "used", "other")] == [
            "0o700",
            "0o700",
            "0o755",
        ]
        with open_store(tmp_path / "other" / DATABASE_NAME):
            pass
        assert mode(tmp_path / "other" / DATABASE_NAME) == "0o600"
    finally:
        os.umask(before)
