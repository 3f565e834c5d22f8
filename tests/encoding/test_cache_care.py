"""The vector cache's size limit, and its commands as a user runs them, on real SQLite files."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calibration.cli.main import main
from calibration.encoding import CachedEncoder, SentenceEncoder, cache_care
from calibration.encoding.cache import CACHE_NAME
from calibration.encoding.vector_cache import VectorCache
from calibration.encoding.vector_file import Owner, connect, used_bytes
from calibration.errors import BadArgument
from calibration.settings import CACHE_BYTES_VARIABLE, DATA_DIR_VARIABLE
from calibration.store import open_store

DIM = 256
TEXTS = [f"花呗额度怎么提升{i}" for i in range(40)]


def key(i: int) -> bytes:
    return i.to_bytes(16, "big")


def units(count: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Callable[..., Path]) -> list[SentenceEncoder]:
    folder = tmp_path_factory.mktemp("models")
    made = [tiny_bert(folder / f"m{seed}", seed=seed) for seed in (0, 1)]
    return [SentenceEncoder(path, name=path.name, device="cpu", pooling="cls") for path in made]


# ---------------------------------------------------------------- the limit


def test_a_full_cache_forgets_what_was_written_longest_ago(tmp_path: Path) -> None:
    limit = 3_000_000
    cache = VectorCache(tmp_path / "v.sqlite", DIM, limit=limit)
    for start in range(0, 8000, 100):
        cache.write([key(i) for i in range(start, start + 100)], units(100, start))
    found = sorted(int.from_bytes(k, "big") for k in cache.read([key(i) for i in range(8000)]))
    assert len(found) > 1000
    assert found == list(range(found[0], 8000)), "the newest, without a gap"
    assert used_bytes(connect(tmp_path / "v.sqlite")) <= limit
    assert (tmp_path / "v.sqlite").stat().st_size < 1.2 * limit
    cache.close()


def test_within_the_limit_nothing_goes(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM, limit=100_000_000)
    for start in range(0, 2000, 100):
        cache.write([key(i) for i in range(start, start + 100)], units(100, start))
    assert len(cache.read([key(i) for i in range(2000)])) == 2000
    cache.close()


def test_who_reads_while_rows_go_gets_whole_vectors(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM, limit=1_000_000)
    expected = units(3000)
    done = threading.Event()

    def write() -> None:
        for start in range(0, 3000, 50):
            cache.write([key(i) for i in range(start, start + 50)], expected[start : start + 50])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    while not done.is_set():
        for k, vector in cache.read([key(i) for i in range(3000)]).items():
            np.testing.assert_array_equal(vector, expected[int.from_bytes(k, "big")])
            seen += 1
    writer.join()
    assert seen > 100
    cache.close()


def test_the_limit_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_BYTES_VARIABLE, "123456")
    assert VectorCache(tmp_path / "v.sqlite", DIM).limit == 123456
    monkeypatch.setenv(CACHE_BYTES_VARIABLE, "much")
    with pytest.raises(BadArgument, match=CACHE_BYTES_VARIABLE):
        VectorCache(tmp_path / "v.sqlite", DIM)


# ---------------------------------------------------------------- files of earlier versions


def test_a_file_of_an_earlier_version_keeps_its_vectors(tmp_path: Path) -> None:
    path, vectors = tmp_path / "v.sqlite", units(3)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE vectors (k BLOB PRIMARY KEY, v BLOB NOT NULL)")
    db.executemany("INSERT INTO vectors VALUES (?, ?)", [(key(i), vectors[i].tobytes()) for i in range(2)])
    db.commit()
    db.close()
    cache = VectorCache(path, DIM, Owner("f" * 32, "new", DIM))
    np.testing.assert_array_equal(cache.read([key(1)])[key(1)], vectors[1])
    cache.write([key(2)], vectors[2:])
    cache.close()
    counted = {model.fingerprint: model.entries for model in cache_care.content(path).models}
    assert counted == {None: 2, "f" * 32: 1}


# ---------------------------------------------------------------- the commands


@pytest.fixture
def home(models: list[SentenceEncoder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory, whose cache holds 40 vectors of one model and 10 of another."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    for model, count in zip(models, (40, 10), strict=True):
        cached = CachedEncoder(model, tmp_path / "cache" / CACHE_NAME)
        cached.encode(TEXTS[:count])
        cached.close()
    return tmp_path


Ask = Callable[..., dict]


@pytest.fixture
def ask(home: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*arguments: str) -> dict:
        assert main(["cache", *arguments, "--json"]) == 0, capsys.readouterr().err
        found: dict = json.loads(capsys.readouterr().out)
        return found

    return asked


def test_info_counts_by_model(ask: Ask, home: Path, models: list[SentenceEncoder]) -> None:
    found = ask("info")
    assert found["path"] == str(home / "cache" / CACHE_NAME)
    assert found["entries"] == 50
    assert 0 < found["used_bytes"] <= found["limit_bytes"]
    assert [(m["fingerprint"], m["name"], m["dim"], m["entries"], m["vector_bytes"]) for m in found["models"]] == [
        (models[0].fingerprint, "m0", 32, 40, 40 * 128),
        (models[1].fingerprint, "m1", 32, 10, 10 * 128),
    ]


def test_info_of_no_cache_makes_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "info", "--data-dir", str(home / "other"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 0
    assert not (home / "other" / "cache").exists()


def test_clear_asks_first_and_then_removes(ask: Ask, models: list[SentenceEncoder]) -> None:
    assert ask("clear", "--model", "m1") == {"entries": 10, "removed": 0}
    assert ask("info")["entries"] == 50
    assert ask("clear", "--model", "M1", "--yes") == {"entries": 10, "removed": 10}
    assert [m["name"] for m in ask("info")["models"]] == ["m0"]
    assert ask("clear", "--fingerprint", models[0].fingerprint[:8], "--yes")["removed"] == 40
    assert ask("clear", "--yes") == {"entries": 0, "removed": 0}


def test_clear_gives_the_room_back(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM)
    cache.write([key(i) for i in range(3000)], units(3000))
    cache.close()
    before = (tmp_path / "v.sqlite").stat().st_size
    assert cache_care.clear(tmp_path / "v.sqlite") == 3000
    assert (tmp_path / "v.sqlite").stat().st_size < before / 5


@pytest.mark.parametrize(
    "arguments",
    [["clear", "--model", "nobody"], ["clear", "--fingerprint", "00"], ["verify", "--sample", "-1"], ["wipe"]],
)
def test_bad_input_is_one_line_and_exit_2(
    home: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["cache", *arguments])
    except SystemExit as stopped:  # as the parser refuses
        code = int(str(stopped.code))
    assert code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_verify_removes_rows_that_are_no_vectors(ask: Ask, home: Path) -> None:
    db = sqlite3.connect(home / "cache" / CACHE_NAME)
    rows = [row[0] for row in db.execute("SELECT rowid FROM vectors ORDER BY rowid")]
    for rowid, blob in zip(rows, (b"short", np.full(32, np.nan, "<f4").tobytes(), bytes(128)), strict=False):
        db.execute("UPDATE vectors SET v = ? WHERE rowid = ?", (blob, rowid))
    db.commit()
    db.close()
    found = ask("verify")
    assert (found["checked"], found["removed"], found["set_aside"]) == (50, 3, False)
    assert ask("verify")["removed"] == 0
    assert ask("info")["entries"] == 47


def test_verify_computes_anew_what_datasets_hold(ask: Ask, home: Path, models: list[SentenceEncoder]) -> None:
    """A vector of the right length but of another text is found only so."""
    import pandas as pd

    pairs = pd.DataFrame(
        {"text_a": TEXTS[:20], "text_b": TEXTS[20:], "label": 1.0, "kind": "binary", "domain": "d"}
    )
    with open_store(home / "simtier.sqlite") as store:
        store.datasets.add("d", pairs)
    db = sqlite3.connect(home / "cache" / CACHE_NAME)
    wrong = np.zeros(32, "<f4")
    wrong[0] = 1
    db.execute("UPDATE vectors SET v = ? WHERE rowid = 7", (wrong.tobytes(),))
    db.commit()
    db.close()
    folder = str(Path(models[0].folder))
    arguments = ("verify", "--model", folder, "--pooling", "cls", "--database", str(home / "simtier.sqlite"))
    few = ask(*arguments, "--sample", "5")
    assert (few["known"], few["recomputed"]) == (40, 5)
    found = ask(*arguments, "--all")
    assert found["recomputed"] + few["wrong"] == 40
    assert found["wrong"] + few["wrong"] == 1
    assert ask(*arguments, "--all")["wrong"] == 0


def test_a_damaged_file_is_set_aside(ask: Ask, home: Path) -> None:
    path = home / "cache" / CACHE_NAME
    path.write_bytes(b"not a database" * 5000)
    assert ask("verify")["set_aside"] is True
    assert ask("info")["entries"] == 0
    assert len(list(path.parent.glob(f"{CACHE_NAME}.damaged-*"))) == 1


def test_text_for_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "info"]) == 0
    shown = capsys.readouterr().out
    assert "50 vectors" in shown
    assert "m0" in shown
    assert main(["cache", "clear"]) == 0
    assert "--yes" in capsys.readouterr().out
