"""`python -m benchmarks.corpus.on_ray`: deduplication by Ray workers of this machine, beside one process.

Processor seconds of one thread each: what workers spend on steps, what the driver spends, and all that the job
takes with Ray's own services once the workers have started and imported. Needs `pip install 'simtier[ray]' psutil`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # 127.0.0.1 alone

import numpy as np

from benchmarks.corpus.contenders import THRESHOLD, encoded
from benchmarks.corpus.vectors import make

WARM: Final = 2_000
"""Texts a worker that are deduplicated first, so that it has imported what it needs."""


def options() -> argparse.Namespace:
    """What is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus.on_ray", description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=384)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--json", type=Path, help="also write every number here")
    return parser.parse_args()


def alone(vectors: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
    """One process."""
    from calibration.corpus.leaders import find_leaders
    from calibration.scoring.similarity import DEFAULT_OPTIONS

    wall, began = time.perf_counter(), time.process_time()
    found = find_leaders(encoded(vectors), np.arange(len(vectors)), THRESHOLD, DEFAULT_OPTIONS)
    seconds = time.process_time() - began
    return {
        "wall": time.perf_counter() - wall,
        "steps": seconds,
        "driver": 0.0,
        "all": seconds,
    }, found.representative


def on_ray(vectors: np.ndarray, workers: int) -> tuple[dict[str, float], np.ndarray]:
    """A cluster of this machine with so many workers, started for it."""
    import psutil
    import ray

    from calibration.corpus.spread.leaders import spread_leaders, step_bytes
    from calibration.corpus.spread.on_ray import RayWorkers
    from calibration.corpus.spread.workers import Cost
    from calibration.scoring.similarity import DEFAULT_OPTIONS

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        given, cost = RayWorkers(None, workers, step_bytes=step_bytes(*vectors.shape)), Cost()
        few = vectors[: WARM * workers]
        spread_leaders(encoded(few), np.arange(len(few)), THRESHOLD, DEFAULT_OPTIONS, given, block=WARM // 2)
        begun = _spent(psutil.Process().children(recursive=True))
        wall, began = time.perf_counter(), time.process_time()
        order = np.arange(len(vectors))
        found = spread_leaders(encoded(vectors), order, THRESHOLD, DEFAULT_OPTIONS, given, cost=cost)
        told = {"wall": time.perf_counter() - wall, "steps": cost.seconds, "driver": time.process_time() - began}
        told["all"] = told["driver"] + _spent(psutil.Process().children(recursive=True)) - begun
        return told | {"number": cost.steps}, found.representative
    finally:
        ray.shutdown()


def _spent(processes: list[Any]) -> float:
    """Their processor seconds."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def main() -> None:
    """Measure and print."""
    asked = options()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        make(path, asked.texts, asked.dim)
        vectors = np.load(path)
    import torch

    torch.set_num_threads(1)
    first, stands = alone(vectors)
    rows = [{"name": "one process", **first}]
    print("| who | seconds | processor s of steps | of the driver | with all of Ray | overhead |")
    print("|---|---:|---:|---:|---:|---:|")
    print(f"| one process | {first['wall']:.1f} | {first['steps']:.1f} | | {first['all']:.1f} | |", flush=True)
    for workers in asked.workers:
        told, found = on_ray(vectors, workers)
        assert (found == stands).all(), "not the clusters of one process"
        over = told["all"] / first["steps"] - 1
        rows.append({"name": f"{workers} workers", **told, "overhead": over})
        print(
            f"| Ray, {workers} workers | {told['wall']:.1f} | {told['steps']:.1f} | {told['driver']:.1f} | "
            f"{told['all']:.1f} | {over:+.0%} |",
            flush=True,
        )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
