"""Backups: the whole store into one file and back, on both databases and from one to the other."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from calibration.errors import BackupDamaged, BadArgument, FileUnreadable, StoreNewer, StoreNotEmpty
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import BadCaseDraft, PolicySource, Store, open_store
from calibration.store.dump import TABLES, digest
from tests.conftest import CommandLine


def fill(store: Store) -> None:
    """Something of everything, with what is hard to carry: scores, moments, empty cells, Chinese, quotes."""
    texts = ['怎么“开户”?\n"a"', "e\u0301", "emoji 👍", "'; DROP TABLE pairs; --"]
    pairs = pd.DataFrame({"text_a": texts, "text_b": texts[::-1], "label": 1.0, "kind": "binary", "domain": "银行"})
    dataset = store.datasets.add("银行", pairs.assign(score=[0.1 + 0.2, -1.0, 1e-17, float("nan")]), actor="li")
    case, _ = store.bad_cases.add(BadCaseDraft("开户", "销户", expected=0, score=2 / 3, reporter="王"))
    store.bad_cases.set_status([case.id], "confirmed", actor="li")
    store.bad_cases.undo([case.id])
    source = PolicySource(dataset.id, dataset.name, dataset.version, dataset.content_hash, dataset.rows)
    policy = Policy({"银行": DomainPolicy({"same": 0.9})}, name="银行")
    store.policies.publish(store.policies.save(policy, "首版", sources=[source]).id, actor="li")
    store.audit.add("export", "dataset", dataset.id)


def content(store: Store) -> dict[str, tuple[int, str]]:
    with store._database.read() as connection:
        return {table.name: digest(connection, table) for table in TABLES}


@pytest.fixture
def saved(store: Store, tmp_path: Path) -> Path:
    fill(store)
    path = tmp_path / "out" / "backup.zip"
    found = store.backup(path)
    assert found.rows["pairs"] == 4
    assert [entry.name for entry in path.parent.iterdir()] == ["backup.zip"]
    return path


@pytest.mark.slow
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_comes_back_on_either_database(
    store: Store, saved: Path, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    make = None if target == "sqlite" else request.getfixturevalue("make_database")
    with open_store(tmp_path / "other.db" if make is None else make("template0")) as other:
        done = other.restore(saved, tmp_path / "safety.zip")
        assert (done.safety, content(other)) == (None, content(store))
        assert other.policies.current() == store.policies.current()
        assert other.bad_cases.history(1) == store.bad_cases.history(1)
        assert other.datasets.list() == store.datasets.list()
        case, created = other.bad_cases.add(BadCaseDraft("new", "case", expected=1))
        assert (case.id, created) == (2, True)


@pytest.mark.slow
def test_what_is_there_goes_only_when_agreed_and_is_saved_first(store: Store, saved: Path, tmp_path: Path) -> None:
    store.bad_cases.add(BadCaseDraft("later", "case", expected=1))
    before, safety = content(store), tmp_path / "kept" / "safety.zip"
    with pytest.raises(StoreNotEmpty, match="--yes"):
        store.restore(saved, safety)
    assert content(store) == before
    assert not safety.exists()
    done = store.restore(saved, safety, replace=True)
    assert done.safety == str(safety)
    assert store.bad_cases.search().total == 1
    store.restore(safety, tmp_path / "again.zip", replace=True)
    assert content(store) == before


def test_a_copy_of_the_file_is_whole_and_comes_back(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        fill(store)
        assert store.backup(tmp_path / "copy.sqlite").rows["pairs"] == 4
        with open_store(tmp_path / "copy.sqlite") as copy:
            assert content(copy) == content(store)
        with open_store(tmp_path / "other.db") as other:
            other.restore(tmp_path / "copy.sqlite", tmp_path / "safety.zip")
            assert content(other) == content(store)
        with pytest.raises(BadArgument, match=r"\.zip"):
            store.backup(tmp_path / "copy.txt")


def rewritten(source: Path, target: Path, **changed: bytes | None) -> Path:
    """A copy of a zip with members changed (`pairs` stands for pairs.jsonl), or left out where None is given."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = changed.get(name.split(".")[0], old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def manifest(path: Path, **values: Any) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return json.dumps(json.loads(archive.read("manifest.json")) | values).encode()


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    with open_store(tmp_path / "s.db") as store:
        fill(store)
        store.backup(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def test_damage_is_found_before_anything_is_touched(healthy: Path, tmp_path: Path) -> None:
    raw = healthy.read_bytes()
    with zipfile.ZipFile(healthy) as archive:
        member = archive.getinfo("pairs.jsonl")
    middle = member.header_offset + 30 + len(member.filename) + member.compress_size // 2  # in what it holds
    flipped = raw[:middle] + bytes([raw[middle] ^ 0xFF]) + raw[middle + 1 :]
    bad = tmp_path / "bad.zip"
    with open_store(tmp_path / "s.db") as store:
        before = content(store)
        for damaged in (b"", b"not a backup", raw[: len(raw) // 2], flipped):
            bad.write_bytes(damaged)
            with pytest.raises(BackupDamaged):
                store.restore(bad, tmp_path / "safety.zip", replace=True)
        for changed in (
            {"pairs": None},
            {"pairs": b""},
            {"bad_cases": b"[]\n"},
            {"manifest": None},
            {"manifest": b"{}"},
            {"manifest": b"[" * 100_000},
            {"manifest": manifest(healthy, format=2)},
            {"manifest": manifest(healthy, tables=[])},
        ):
            with pytest.raises(BackupDamaged):
                store.restore(rewritten(healthy, bad, **changed), tmp_path / "safety.zip", replace=True)
        with pytest.raises(FileUnreadable):
            store.restore(tmp_path / "nowhere.zip", tmp_path / "safety.zip", replace=True)
        assert content(store) == before
    assert not (tmp_path / "safety.zip").exists()


def test_a_damaged_copy_is_found(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        fill(store)
        store.backup(tmp_path / "copy.sqlite")
        raw = bytearray((tmp_path / "copy.sqlite").read_bytes())
        raw[4096:] = b"\xff" * (len(raw) - 4096)
        (tmp_path / "copy.sqlite").write_bytes(raw)
        with pytest.raises(BackupDamaged):
            store.restore(tmp_path / "copy.sqlite", tmp_path / "safety.zip", replace=True)


def test_a_backup_of_a_newer_version_is_refused(healthy: Path, tmp_path: Path) -> None:
    newer = rewritten(healthy, tmp_path / "newer.zip", manifest=manifest(healthy, revision="9999"))
    with open_store(tmp_path / "other.db") as store, pytest.raises((StoreNewer, BackupDamaged), match="9999"):
        store.restore(newer, tmp_path / "safety.zip")


def test_the_command_line(database: str, tmp_path: Path, cli: CommandLine) -> None:
    with open_store(database) as store:
        fill(store)
        before = content(store)
    home = {"SIMTIER_DATA_DIR": str(tmp_path / "home"), "SIMTIER_DATABASE_URL": database}
    out = str(tmp_path / "b.zip")
    done = cli.here("backup", out, "--json", **home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"]["pairs"], told["verified"]) == (4, True)
    refused = cli.here("restore", out, **home)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "--yes" in refused.stderr
    done = cli.here("restore", out, "--yes", "--json", **home)
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["safety"]).is_file()
    with open_store(database) as store:
        assert content(store) == before
    Path(out).write_bytes(Path(out).read_bytes()[:-40])
    damaged = cli.here("restore", out, "--yes", **home)
    assert (damaged.returncode, len(damaged.stderr.splitlines())) == (2, 1)
    assert "damaged" in damaged.stderr


def test_a_backup_of_an_earlier_revision_is_upgraded(tmp_path: Path) -> None:
    """The file of an earlier version, with a row in it, becomes a store of this one."""
    from calibration.store.engine import database_url
    from calibration.store.migrate import upgrade

    old = tmp_path / "old.sqlite"
    upgrade(database_url(old), "0001")
    raw = sqlite3.connect(old)
    raw.execute(
        "INSERT INTO policies (id, name, version, status, note, document, created_at)"
        " VALUES ('p', 'bank', 1, 'draft', '', '{}', '2026-01-02 03:04:05')"
    )
    raw.commit()
    raw.close()
    shutil.copy(old, tmp_path / "copy.sqlite")
    with open_store(tmp_path / "new.db") as store:
        assert store.restore(tmp_path / "copy.sqlite", tmp_path / "safety.zip").backup.revision == "0001"
        assert store.policies.get("p").name == "bank"
