"""How often the interval of a threshold holds the threshold that all pairs of the pool would give."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from benchmarks.calibration.pools import Pool
from benchmarks.calibration.simulate import Estimate, mean
from calibration.fitting.empirical_threshold import f1_rule, precision_rule
from calibration.stats.group_bootstrap import Rule, threshold_interval
from calibration.stats.threshold_counts import Curve

SIZES: Final = (300, 1000)
RESAMPLES: Final = 200
CONFIDENCE: Final = 0.9


@dataclass(frozen=True)
class Coverage:
    """Intervals of a threshold from n labels: the share that held the pool's, and their median width."""

    pool: str
    rule: str
    n: int
    repetitions: int
    covered: Estimate
    width: float


def coverages(
    pools: Sequence[Pool],
    repetitions: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
    sizes: Sequence[int] = SIZES,
) -> list[Coverage]:
    """Every rule on `repetitions` samples of every pool and size, 90% intervals from 200 resamples."""
    found = []
    for pool in pools:
        for name, rule in (("precision", precision_rule(pool.target)), ("best F1", f1_rule)):
            for n in sizes:
                say(f"coverage of {name}, n={n}, {pool.name}")
                found.append(_cell(pool, name, rule, n, repetitions, seed))
    return found


def pool_curve(pool: Pool) -> Curve:
    """The counts of all pairs of a pool, false positives as expected from their chances, in whole numbers."""
    last = np.flatnonzero(np.append(np.diff(pool.scores) != 0, True))
    wrong = np.rint(np.cumsum(1.0 - pool.chances)[last]).astype(np.int64)
    return Curve(pool.scores[last], (last + 1).astype(np.int64), wrong, 0)


def _cell(pool: Pool, name: str, rule: Rule, n: int, repetitions: int, seed: int) -> Coverage:
    truth = rule(pool_curve(pool))
    rng = np.random.default_rng([seed, n, zlib.crc32(f"{pool.name}, {name}".encode())])
    one = partial(threshold_interval, rule=rule, confidence=CONFIDENCE, resamples=RESAMPLES)
    found = [one(*pool.sample(n, rng), np.arange(n), seed=number) for number in range(repetitions)]
    held = np.array([interval.low <= truth <= interval.high for interval in found])
    width = float(np.median([interval.high - interval.low for interval in found]))
    return Coverage(pool.name, name, n, repetitions, mean(held), width)
