"""Run the benchmark: `python -m benchmarks.cache --help`."""

from __future__ import annotations

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.cache.encoder import RandomEncoder
from benchmarks.shared import Gate, gate_table, machine, table
from calibration.encoding import CachedEncoder, cache_care
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts, similarity

DAMAGED = 50


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.cache", description=__doc__)
    made.add_argument("--texts", type=int, default=100_000, help="vectors (default %(default)s)")
    made.add_argument("--pairs", type=int, default=1_000_000, help="pairs to score (default %(default)s)")
    made.add_argument("--dim", type=int, default=1024, help="length of a vector (default %(default)s)")
    made.add_argument("--rounds", type=int, default=3, help="warm reads and scorings (default %(default)s)")
    made.add_argument("--plot", type=Path, help="draw here, .svg or .png")
    return made


class Clock:
    """Rows of a table: seconds by the clock and of the processor, the median of all and the extremes."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[float, float]]] = {}

    def time(self, what: str, work: Callable[[], object]) -> object:
        """What `work` gives."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        self.seen.setdefault(what, []).append((time.perf_counter() - wall, time.process_time() - cpu))
        print(f"{what}: {self.seen[what][-1]}", file=sys.stderr, flush=True)
        return found

    def cpu(self, what: str) -> float:
        """Median processor seconds."""
        return float(np.median([cpu for _, cpu in self.seen[what]]))

    def table(self) -> str:
        """All rows."""
        rows = []
        for what, seen in self.seen.items():
            cells = [
                f"{np.median(column):.2f} ({min(column):.2f}-{max(column):.2f})"
                for column in zip(*seen, strict=True)
            ]
            rows.append([what, str(len(seen)), *cells])
        return table(["", "runs", "seconds by the clock", "of the processor"], rows)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables as Markdown on stdout."""
    asked, clock = parser().parse_args(arguments), Clock()
    texts = [f"花呗额度怎么提升{at}" for at in range(asked.texts)]
    with tempfile.TemporaryDirectory() as home:
        path, model = Path(home) / "vectors.sqlite", RandomEncoder(asked.dim)
        first = CachedEncoder(model, path)
        kept = clock.time("compute and keep", lambda: first.encode(texts))
        first.close()
        size = path.stat().st_size
        for _ in range(asked.rounds):
            again = CachedEncoder(model, path)
            found = clock.time("read them all", lambda again=again: again.encode(texts))
            assert np.array_equal(found, kept)
            again.close()
        assert model.computed == asked.texts, "nothing is computed twice"
        scored(asked, np.asarray(found), clock)
        damaged = damage(path, model, texts, np.asarray(kept), clock)
    print(
        f"{machine()}\n\n{asked.texts:,} vectors of {asked.dim} numbers, {asked.pairs:,} pairs.\n\n{clock.table()}"
    )
    raw = asked.texts * asked.dim * 4
    print(f"\nFile: {size / raw:.3f} of the vectors' own size. Memory at most: {peak():.0f} MiB. {damaged}\n")
    print(gate_table(gates(asked, clock)))
    if asked.plot:
        draw(clock, asked.plot)
    return 0


def scored(asked: argparse.Namespace, vectors: np.ndarray, clock: Clock) -> None:
    """Cosines of random pairs of the cached vectors, as pairs are scored."""
    rng, n = np.random.default_rng(1), len(vectors)
    starts, flags = np.arange(n + 1), np.zeros(n, bool)
    known = EncodedTexts(vectors, starts, np.zeros(n, np.intp), flags)
    a, b = rng.integers(n, size=(2, asked.pairs))
    for _ in range(asked.rounds):
        clock.time("score the pairs", lambda: similarity(known, a, b, DEFAULT_OPTIONS))


def damage(path: Path, model: RandomEncoder, texts: list[str], kept: np.ndarray, clock: Clock) -> str:
    """Random bytes into some rows: integrity_check finds none of it, the norm check all."""
    db, rng = sqlite3.connect(path), np.random.default_rng(2)
    rows = rng.choice(len(texts), DAMAGED, replace=False) + 1
    for row in rows.tolist():
        db.execute("UPDATE vectors SET v = ? WHERE rowid = ?", (rng.bytes(4 * model.dim), row))
    db.commit()
    said = db.execute("PRAGMA integrity_check").fetchone()[0]
    db.close()
    before = model.computed
    again = CachedEncoder(model, path)
    found = again.encode(texts)
    again.close()
    others = np.setdiff1d(np.arange(len(texts)), rows - 1)
    assert np.array_equal(found[others], kept[others]), "what is whole comes back bit for bit"
    checked = clock.time("verify every row", lambda: cache_care.check(path))
    return (
        f"{DAMAGED} rows overwritten: integrity_check says {said!r}; {model.computed - before} computed again; "
        f"verify then finds {checked.removed} more."  # type: ignore[attr-defined]
    )


def gates(asked: argparse.Namespace, clock: Clock) -> list[Gate]:
    """In processor seconds: both run in one thread, and a busy machine stretches the clock alone."""
    if (asked.texts, asked.dim, asked.pairs) != (100_000, 1024, 1_000_000):
        return []
    return [
        Gate("100k warm read", 1.5, clock.cpu("read them all"), least=False, unit=" s"),
        Gate("1M pair cosines", 3.0, clock.cpu("score the pairs"), least=False, unit=" s"),
    ]


def peak() -> float:
    """The most memory that was resident, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def draw(clock: Clock, path: Path) -> None:
    """Bars of processor seconds."""
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame({"what": list(clock.seen), "seconds": [clock.cpu(what) for what in clock.seen]})
    chart = alt.Chart(frame, width=420).mark_bar(color="#4c78a8")
    chart = chart.encode(
        x=alt.X("seconds:Q", title="seconds of the processor, median"), y=alt.Y("what:N", sort=None, title=None)
    )
    chart.configure(background="white").save(path)


if __name__ == "__main__":
    sys.exit(main())
