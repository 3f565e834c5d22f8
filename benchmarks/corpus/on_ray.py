"""`python -m benchmarks.corpus.on_ray`: deduplication by Ray workers of this machine, beside one process.

Processor seconds of one thread each: what workers spend on steps, what the driver spends, and all that the job
takes with Ray's own services once the workers have started and imported. Memory: the most that a worker holds of
its own; what it maps of Ray's object store is shared. With --approximate by an index, whose recall is measured.
Needs `pip install 'simtier[ray]' psutil`, and `simtier[faiss]` for --approximate.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # 127.0.0.1 alone

import numpy as np

from benchmarks.corpus.contenders import THRESHOLD, encoded
from benchmarks.corpus.vectors import make
from calibration.corpus.approximate import Pairs, near_pairs
from calibration.corpus.leaders import Leaders, find_leaders
from calibration.corpus.pair_leaders import leaders_of_pairs
from calibration.corpus.recall import Recall, tally_of_pairs
from calibration.corpus.spread import leaders, shards
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.leaders import spread_leaders
from calibration.corpus.spread.near_pairs import spread_near_pairs
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts

WARM: Final = 2_000
"""Texts a worker that are deduplicated first, so that it has imported what it needs."""
DRAWN: Final = 2_000
"""Texts on which recall is measured."""
IN_MEMORY: Final = 200_000
"""Vectors that are held in memory; more are mapped."""
HEADS: Final = (
    "| who | seconds | processor s of steps | of the driver | with all of Ray | overhead | memory a worker | kept "
    "| found; complete of texts drawn |"
)
Found = Leaders | Pairs


def options() -> argparse.Namespace:
    """What is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus.on_ray", description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=384)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--approximate", action="store_true", help="by an index")
    parser.add_argument("--only-ray", action="store_true", help="not in one process")
    parser.add_argument("--folder", type=Path, help="where vectors lie between runs (default: a temporary one)")
    parser.add_argument("--json", type=Path, help="also write every number here")
    return parser.parse_args()


def alone(vectors: np.ndarray, approximate: bool) -> tuple[dict[str, float], Found]:
    """One process."""
    wall, began = time.perf_counter(), time.process_time()
    texts, found = encoded(vectors), None
    if approximate:
        found = near_pairs(texts, THRESHOLD, DEFAULT_OPTIONS)
    else:
        found = find_leaders(texts, np.arange(len(vectors)), THRESHOLD, DEFAULT_OPTIONS)
    seconds = time.process_time() - began
    return {"wall": time.perf_counter() - wall, "steps": seconds, "driver": 0.0, "all": seconds}, found


def by_workers(texts: EncodedTexts, approximate: bool, spread: Spread) -> Found:
    """The same by the workers of a cluster."""
    if approximate:
        return spread_near_pairs(texts, THRESHOLD, DEFAULT_OPTIONS, spread)
    order, rule = np.arange(len(texts.tokens)), (THRESHOLD, DEFAULT_OPTIONS)
    return spread_leaders(texts, order, *rule, spread.workers, block=spread.block, cost=spread.cost)


def on_ray(vectors: np.ndarray, workers: int, approximate: bool) -> tuple[dict[str, float], Found]:
    """A cluster of this machine with so many workers, started for it."""
    import psutil
    import ray

    from calibration.corpus.spread.on_ray import RayWorkers

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        needed = (shards if approximate else leaders).step_bytes(*vectors.shape)
        given = RayWorkers(None, workers, step_bytes=needed)
        by_workers(encoded(vectors[: WARM * workers]), approximate, Spread(given, block=WARM // 2))
        begun, spread = _spent(psutil.Process().children(recursive=True)), Spread(given)
        wall, began = time.perf_counter(), time.process_time()
        with _watched() as most:
            found = by_workers(encoded(vectors), approximate, spread)
        told = {"wall": time.perf_counter() - wall, "steps": spread.cost.seconds}
        told["driver"] = time.process_time() - began - most.spent
        told["all"] = told["driver"] + _spent(psutil.Process().children(recursive=True)) - begun
        return told | {"number": spread.cost.steps, "worker_mb": most.bytes / 2**20}, found
    finally:
        ray.shutdown()


@dataclass
class _Most:
    """bytes: the most that a worker held alone. spent: processor seconds of looking."""

    bytes: int = 0
    spent: float = 0.0


@contextlib.contextmanager
def _watched() -> Iterator[_Most]:
    """Looks every two seconds at the workers, which are children of this process."""
    import psutil

    most, ended = _Most(), threading.Event()

    def look() -> None:
        while not ended.wait(2.0):
            for one in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if one.name().startswith("ray::"):
                        most.bytes = max(most.bytes, one.memory_full_info().uss)
            most.spent = time.thread_time()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def _spent(processes: list[Any]) -> float:
    """Their processor seconds."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def recall_of(vectors: np.ndarray, found: Found) -> Recall | None:
    """What the index finds; None where none was asked."""
    if isinstance(found, Leaders):
        return None
    return tally_of_pairs(encoded(vectors), found, THRESHOLD, DEFAULT_OPTIONS, DRAWN).recall(None)


def representatives(found: Found, total: int) -> np.ndarray:
    """Who stands for each text."""
    whole = found if isinstance(found, Leaders) else leaders_of_pairs(found, np.arange(total))
    return whole.representative


def row(name: str, told: dict[str, float], vectors: np.ndarray, found: Found, first: float | None) -> str:
    """A line of the table."""
    kept = int((representatives(found, len(vectors)) == np.arange(len(vectors))).sum())
    recall, over = recall_of(vectors, found), "" if first is None else f"{told['all'] / first - 1:+.0%}"
    memory = f"{told['worker_mb']:,.0f} MB" if "worker_mb" in told else ""
    of_all = ""
    if recall is not None:
        share = recall.complete
        of_all = f"{recall.found:.4f}; {share.value:.1%} [{share.low:.1%}, {share.high:.1%}] of {share.n}"
    seconds = " | ".join(f"{told[one]:.1f}" for one in ("wall", "steps", "driver", "all"))
    return f"| {name} | {seconds} | {over} | {memory} | {kept:,} | {of_all} |"


def main() -> None:
    """Measure and print."""
    asked = options()
    import torch

    torch.set_num_threads(1)
    rows: list[dict[str, Any]] = []
    with ExitStack() as ending:
        folder = asked.folder or Path(ending.enter_context(tempfile.TemporaryDirectory()))
        path = folder / f"vectors-{asked.texts}-{asked.dim}.npy"
        if not path.exists():
            make(path, asked.texts, asked.dim)
        vectors = np.load(path, mmap_mode="c" if asked.texts > IN_MEMORY else None)
        print(f"{HEADS}\n|---|" + "---:|" * 8)
        first, stands = None, None
        if not asked.only_ray:
            told, found = alone(vectors, asked.approximate)
            first, stands = told["steps"], representatives(found, len(vectors))
            rows.append({"name": "one process", **told})
            print(row("one process", told, vectors, found, None), flush=True)
        for workers in asked.workers:
            told, found = on_ray(vectors, workers, asked.approximate)
            if stands is not None and not asked.approximate:
                assert (representatives(found, len(vectors)) == stands).all(), "not the clusters of one process"
            rows.append({"name": f"{workers} workers", **told})
            print(row(f"Ray, {workers} workers", told, vectors, found, first), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
