"""How long one threshold takes, from raw scores and labels."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.calibration.methods import Method
from benchmarks.calibration.pools import PLAUSIBLE, Pool, binormal, pool
from calibration.stats.simultaneous_test import simultaneous_level, stepwise_level

AGAIN: Final = 3
PRECISION: Final = 0.9


@dataclass(frozen=True)
class Timing:
    """Seconds for n labels: `first` with nothing cached, `again` the median of three more calls."""

    method: str
    n: int
    first: float
    again: float


def time_methods(
    methods: Sequence[Method], sizes: Sequence[int], delta: float, seed: int, say: Callable[[str], None]
) -> list[Timing]:
    """Every method that allows that many labels, at precision .9 on the pool like LCQMC, imports not counted."""
    whole = pool("like LCQMC", PLAUSIBLE, PRECISION, *binormal(0.919, 0.5, max(sizes)))
    found = []
    for method in methods:
        method.threshold(*whole.sample(50, np.random.default_rng(seed)), PRECISION, delta)
        for n in (n for n in sizes if n <= method.limit):
            say(f"time of {method.name}, n={n}")
            found.append(_time(method, whole, n, delta, seed))
    return found


def _time(method: Method, whole: Pool, n: int, delta: float, seed: int) -> Timing:
    scores, positives = whole.sample(n, np.random.default_rng([seed, n]))

    def once() -> float:
        start = time.perf_counter()
        method.threshold(scores, positives, PRECISION, delta)
        return time.perf_counter() - start

    simultaneous_level.cache_clear()
    stepwise_level.cache_clear()
    return Timing(method.name, n, once(), statistics.median(once() for _ in range(AGAIN)))
