"""What labels drawn at random above a score floor certify, beside as many drawn from all pairs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from benchmarks.calibration.methods import certified
from benchmarks.calibration.pools import Pool
from benchmarks.calibration.simulate import Estimate, mean
from calibration.certificates.procedures import AUTO
from calibration.certificates.score_floor import floor_for_share

SIZES: Final = (100, 300)
SHARES: Final = (1.0, 0.4, 0.25)


@dataclass(frozen=True)
class FloorResult:
    """n labels from the `share` of pairs with the highest scores: recall in the whole pool as a share of the
    oracle's, 0 where nothing is certified, and the share of thresholds that miss the target in the pool.
    """

    pool: str
    share: float
    n: int
    repetitions: int
    recall: Estimate
    violations: Estimate


def floors(
    pools: Sequence[Pool],
    repetitions: int,
    delta: float,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
    sizes: Sequence[int] = SIZES,
) -> list[FloorResult]:
    """Every pool, size and share; thresholds by `auto`."""
    found = []
    for pool in pools:
        for n in sizes:
            say(f"floor, n={n}, {pool.name}")
            found += [_cell(pool, share, n, repetitions, delta, seed) for share in SHARES]
    return found


def top(pool: Pool, share: float) -> Pool:
    """The pairs of a pool at or above the score that `share` of them reach."""
    above = pool.scores >= floor_for_share(pool.scores, share)
    return replace(pool, scores=pool.scores[above], chances=pool.chances[above])


def _cell(pool: Pool, share: float, n: int, repetitions: int, delta: float, seed: int) -> FloorResult:
    rng = np.random.default_rng([seed, n, round(100 * share), zlib.crc32(pool.name.encode())])
    drawn = top(pool, share)
    found = [certified(*drawn.sample(n, rng), pool.target, delta, AUTO) for _ in range(repetitions)]
    recall = np.array([pool.truth(threshold).recall for threshold in found]) / pool.oracle
    broken = np.array([pool.broken(threshold) for threshold in found])
    return FloorResult(pool.name, share, n, repetitions, mean(recall), mean(broken))
