"""The vector cache with real SQLite files, real threads and real processes, some of them killed."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration.calibrate import calibrate
from calibration.encoding import CachedEncoder, SentenceEncoder
from calibration.encoding.vector_cache import VectorCache
from calibration.errors import Cancelled
from calibration.fitting.fit import FitSettings

DIM = 8
TEXTS = [f"花呗额度怎么提升{i}" for i in range(200)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Callable[..., Path]) -> SentenceEncoder:
    return SentenceEncoder(tiny_bert(tmp_path_factory.mktemp("tiny")), device="cpu", pooling="cls")


def key(i: int) -> bytes:
    return i.to_bytes(16, "big")


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=DIM).astype(np.float32)
    return vector / np.linalg.norm(vector)


def script(body: str, *arguments: object) -> list[str]:
    """A process that has `cache`, `key` and `unit` as here, and the arguments in `args`."""
    head = (
        "import sys, time, logging, numpy as np; from pathlib import Path\n"
        "from calibration.encoding.vector_cache import VectorCache\n"
        f"DIM = {DIM}; args = sys.argv[2:]; cache = VectorCache(Path(sys.argv[1]), DIM)\n"
        "def key(i): return i.to_bytes(16, 'big')\n"
        "def unit(seed):\n"
        "    v = np.random.default_rng(seed).normal(size=DIM).astype(np.float32)\n"
        "    return v / np.linalg.norm(v)\n"
    )
    return [sys.executable, "-c", head + body, *map(str, arguments)]


# ---------------------------------------------------------------- vectors


@pytest.mark.slow
@settings(deadline=None)  # every example makes a file: that is the disk's pace, not ours
@given(
    st.dictionaries(
        st.binary(min_size=16, max_size=16),
        arrays(np.float32, DIM, elements=st.floats(-100, 100, width=32)).filter(lambda v: np.linalg.norm(v) > 1e-3),
        max_size=30,
    )
)
def test_vectors_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[bytes, np.ndarray]
) -> None:
    entries = {k: (v / np.linalg.norm(v)).astype(np.float32) for k, v in entries.items()}
    cache = VectorCache(tmp_path_factory.mktemp("cache") / "v.sqlite", DIM)
    if entries:
        cache.write(list(entries), np.stack(list(entries.values())))
    found = cache.read([*entries, b"nobody wrote it!"])
    cache.close()
    assert {k: v.tobytes() for k, v in found.items()} == {k: v.tobytes() for k, v in entries.items()}


def test_many_keys_in_one_read(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM)
    keys = [key(i) for i in range(5000)]
    cache.write(keys, np.stack([unit(i) for i in range(5000)]))
    found = cache.read(keys)
    assert len(found) == 5000
    np.testing.assert_array_equal(found[key(4321)], unit(4321))
    cache.close()


def test_the_file_is_wal_with_large_pages(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM)
    cache.write([key(1)], unit(1)[None])
    cache.close()
    db = sqlite3.connect(tmp_path / "v.sqlite")
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA page_size").fetchone() == (32768,)
    db.close()


@pytest.mark.parametrize(
    "blob", [b"", b"short", np.zeros(DIM, "<f4"), np.full(DIM, np.nan, "<f4"), 2 * unit(1), "text"]
)
def test_damaged_entries_count_as_missing(tmp_path: Path, blob: object) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM)
    cache.write([key(1), key(2)], np.stack([unit(1), unit(2)]))
    db = sqlite3.connect(tmp_path / "v.sqlite")
    stored = blob.tobytes() if isinstance(blob, np.ndarray) else blob
    db.execute("UPDATE vectors SET v = ? WHERE k = ?", (stored, key(1)))
    db.commit()
    db.close()
    assert set(cache.read([key(1), key(2)])) == {key(2)}
    cache.close()


# ---------------------------------------------------------------- the encoder


def test_nothing_is_encoded_twice(tiny: SentenceEncoder, tmp_path: Path) -> None:
    first = CachedEncoder(tiny, tmp_path / "v.sqlite")
    cold = first.encode([*TEXTS, TEXTS[0]])
    assert (first.hits, first.misses) == (0, 200)
    first.close()
    second = CachedEncoder(tiny, tmp_path / "v.sqlite")
    seen: list[tuple[int, int]] = []
    warm = second.encode([*TEXTS, TEXTS[0]], progress=lambda done, total: seen.append((done, total)))
    assert (second.hits, second.misses) == (200, 0)
    assert seen == [(200, 200)]
    np.testing.assert_array_equal(warm, cold)
    mixed = second.encode(["new", TEXTS[5]])
    np.testing.assert_array_equal(mixed[1], cold[5])
    np.testing.assert_array_equal(mixed[0], tiny.encode(["new"])[0])
    assert (second.hits, second.misses) == (201, 1)
    assert second.encode([]).shape == (0, 32)
    second.close()


def test_fitting_again_encodes_nothing(tiny: SentenceEncoder, tmp_path: Path) -> None:
    """Other targets, another evaluation, the same pairs opened in another process: no text goes to the model."""
    pairs = pd.DataFrame({"text_a": TEXTS[:100], "text_b": TEXTS[100:], "label": np.arange(100) % 2 * 1.0})
    pairs = pairs.assign(kind="binary", domain="d")
    first = CachedEncoder(tiny, tmp_path / "v.sqlite")
    scores = calibrate(pairs, first).scored["score"]
    first.close()
    again = CachedEncoder(tiny, tmp_path / "v.sqlite")
    for precision in (0.7, 0.8):
        run = calibrate(pairs, again, FitSettings(precision=precision))
        np.testing.assert_array_equal(run.scored["score"], scores)
    assert (again.hits, again.misses) == (400, 0)
    again.close()


def test_another_model_shares_nothing(
    tiny: SentenceEncoder, tiny_bert: Callable[..., Path], tmp_path: Path
) -> None:
    other = SentenceEncoder(tiny_bert(tmp_path / "other", seed=9), device="cpu", pooling="cls")
    a, b = CachedEncoder(tiny, tmp_path / "v.sqlite"), CachedEncoder(other, tmp_path / "v.sqlite")
    a.encode(TEXTS)
    vectors = b.encode(TEXTS)
    assert (b.hits, b.misses) == (0, 200)
    np.testing.assert_array_equal(vectors, other.encode(TEXTS))
    a.close()
    b.close()


def test_a_cancel_keeps_what_is_done(tiny: SentenceEncoder, tmp_path: Path) -> None:
    cached = CachedEncoder(tiny, tmp_path / "v.sqlite")
    cancel = threading.Event()

    def stop(done: int, _: int) -> None:
        if done:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        cached.encode(TEXTS, progress=stop, cancel=cancel)
    done = caught.value.params["done"]
    assert 0 < int(str(done)) < 200
    again = CachedEncoder(tiny, tmp_path / "v.sqlite")
    np.testing.assert_allclose(again.encode(TEXTS), tiny.encode(TEXTS), atol=1e-5)
    assert again.hits == done
    cached.close()
    again.close()


# ---------------------------------------------------------------- damage


def wreck(path: Path, how: str) -> None:
    whole = path.read_bytes()
    for side in ("-wal", "-shm"):
        Path(f"{path}{side}").unlink(missing_ok=True)
    if how == "garbage":
        path.write_bytes(os.urandom(len(whole)))
    elif how == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "holes":
        path.write_bytes(whole[:32768] + b"\xff" * (len(whole) - 32768))


@pytest.mark.parametrize("how", ["garbage", "truncated", "holes"])
def test_a_damaged_file_is_set_aside(
    tiny: SentenceEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    path = tmp_path / "v.sqlite"
    first = CachedEncoder(tiny, path)
    expected = first.encode(TEXTS)
    first.close()
    wreck(path, how)
    second = CachedEncoder(tiny, path)
    with caplog.at_level(logging.WARNING):
        np.testing.assert_allclose(second.encode(TEXTS), expected, atol=1e-5)
    assert "set aside" in caplog.text
    assert len(list(tmp_path.glob("v.sqlite.damaged-*[0-9]"))) == 1
    third = CachedEncoder(tiny, path)
    third.encode(TEXTS)
    assert third.misses == 0, "the new file works"
    second.close()
    third.close()


def test_damage_under_open_connections_is_survived(tiny: SentenceEncoder, tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    caches = [CachedEncoder(tiny, path) for _ in range(2)]
    expected, _ = (cache.encode(TEXTS) for cache in caches)
    for cache in caches:
        cache.close()
    wreck(path, "garbage")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda i: caches[i % 2].encode(TEXTS), range(8)))
    for vectors in results:
        np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert len(list(tmp_path.glob("v.sqlite.damaged-*[0-9]"))) == 1, "only the damaged one is set aside"
    for cache in caches:
        cache.close()


def test_a_file_that_was_replaced_already_is_not_set_aside_again(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    path.write_bytes(b"not a database" * 100)
    first, second = VectorCache(path, DIM), VectorCache(path, DIM)
    first.write([key(1)], unit(1)[None])
    assert second._set_aside(), "as a process does that met the damage at the same time"
    assert set(second.read([key(1)])) == {key(1)}
    assert len(list(tmp_path.glob("v.sqlite.damaged-*"))) == 1
    first.close()
    second.close()


def test_a_cache_that_cannot_be_written_is_no_cache(
    tiny: SentenceEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cached = CachedEncoder(tiny, tmp_path / "file" / "v.sqlite")
    with caplog.at_level(logging.WARNING):
        np.testing.assert_array_equal(cached.encode(TEXTS), tiny.encode(TEXTS))
        cached.encode(TEXTS)
    assert caplog.text.count("vectors are not cached") == 1
    assert cached.hits == 0


@pytest.mark.slow
def test_a_full_disk_stops_no_work(tmp_path: Path) -> None:
    body = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "logging.basicConfig(stream=sys.stdout)\n"
        "for i in range(0, 50_000, 500):\n"
        "    cache.write([key(i + j) for j in range(500)], np.stack([unit(j) for j in range(500)]))\n"
        "cache.read([key(0)]); print('went on')\n"
    )
    done = subprocess.run(script(body, tmp_path / "v.sqlite"), capture_output=True, text=True, check=True)
    assert "vectors are not cached" in done.stdout
    assert done.stdout.endswith("went on\n")
    cache = VectorCache(tmp_path / "v.sqlite", DIM)
    np.testing.assert_array_equal(cache.read([key(3)])[key(3)], unit(3))
    cache.close()


# ---------------------------------------------------------------- threads and processes


def test_threads_share_the_file_and_leave_no_connections(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite", DIM)

    def work(i: int) -> None:
        cache.write([key(i)], unit(i)[None])
        np.testing.assert_array_equal(cache.read([key(i)])[key(i)], unit(i))

    for start in range(0, 64, 8):
        threads = [threading.Thread(target=work, args=(i,)) for i in range(start, start + 8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(cache.read([key(i) for i in range(64)])) == 64
    opened = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)]
    assert sum(name.startswith(str(tmp_path)) for name in opened) < 8
    cache.close()


def _is_open(fd: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{fd}")


@pytest.mark.slow
def test_processes_write_at_once(tmp_path: Path) -> None:
    body = (
        "n = int(args[0])\n"
        "for i in range(n * 300, n * 300 + 400):\n"  # neighbours overlap by 100 keys
        "    cache.write([key(i)], unit(i)[None])\n"
        "    assert (cache.read([key(i)])[key(i)] == unit(i)).all()\n"
    )
    path = tmp_path / "v.sqlite"
    processes = [subprocess.Popen(script(body, path, n)) for n in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    cache = VectorCache(path, DIM)
    found = cache.read([key(i) for i in range(1000)])
    assert len(found) == 1000
    assert all((found[key(i)] == unit(i)).all() for i in range(1000))
    cache.close()


@pytest.mark.slow
def test_a_killed_process_costs_one_batch_at_most(tmp_path: Path) -> None:
    body = (
        "for i in range(0, 10**9, 10):\n"
        "    cache.write([key(i + j) for j in range(10)], np.stack([unit(i + j) for j in range(10)]))\n"
        "    print(i + 10, flush=True)\n"
    )
    path = tmp_path / "v.sqlite"
    for _ in range(3):
        process = subprocess.Popen(script(body, path), stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        reported = 0
        deadline = time.monotonic() + 60
        while reported < 500 and time.monotonic() < deadline:
            reported = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
        process.wait()
        process.stdout.close()
        reported = max([reported, *(int(line) for line in rest[:-1] if line)])
        cache = VectorCache(path, DIM)
        found = cache.read([key(i) for i in range(reported)])
        assert len(found) == reported >= 500
        assert all((vector == unit(int.from_bytes(k, "big"))).all() for k, vector in found.items())
        cache.close()
    assert not list(tmp_path.glob("*.damaged-*"))


def test_a_forked_child_uses_its_own_connection(tmp_path: Path) -> None:
    body = (
        "import os\n"
        "cache.write([key(1)], unit(1)[None])\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    cache.write([key(2)], unit(2)[None]); os._exit(0 if len(cache.read([key(1), key(2)])) == 2 else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "assert len(cache.read([key(1), key(2)])) == 2\n"
        "cache.write([key(3)], unit(3)[None]); assert len(cache.read([key(3)])) == 1\n"
    )
    subprocess.run(script(body, tmp_path / "v.sqlite"), check=True)
