"""Draw samples, let every method choose, and count: violations, recall, abstentions."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.calibration.methods import Method
from benchmarks.calibration.pools import Pool
from calibration.stats.threshold_counts import Floats


@dataclass(frozen=True)
class Estimate:
    """A mean over repetitions and its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Result:
    """One method on samples of n labels from one pool.

    violations: share of repetitions whose threshold misses the target in the pool; the smaller the better.
    recall: recall in the pool as a share of the oracle's, 0 where the method declines; NaN where no threshold
    meets the target. It counts every repetition; kept_recall counts those that miss the target as 0.
    declined: share of repetitions without a threshold.
    """

    pool: str
    kind: str
    target: float
    n: int
    method: str
    promises: bool
    repetitions: int
    violations: Estimate
    recall: Estimate
    kept_recall: Estimate
    declined: Estimate


def simulate(
    pools: Sequence[Pool],
    methods: Sequence[Method],
    sizes: Sequence[int],
    repetitions: int,
    delta: float,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> list[Result]:
    """Every method on the same samples of every pool and size."""
    found = []
    for n in sizes:
        for pool in pools:
            say(f"n={n}, {pool.name}")
            rng = np.random.default_rng([seed, n, zlib.crc32(pool.name.encode())])
            found += _one_cell(pool, methods, n, repetitions, delta, rng)
    return found


def _one_cell(
    pool: Pool, methods: Sequence[Method], n: int, repetitions: int, delta: float, rng: np.random.Generator
) -> list[Result]:
    chosen = np.empty((len(methods), repetitions))
    for column in range(repetitions):
        scores, positives = pool.sample(n, rng)
        for row, method in enumerate(methods):
            chosen[row, column] = method.threshold(scores, positives, pool.target, delta)
    return [_judge(pool, method, n, thresholds) for method, thresholds in zip(methods, chosen, strict=True)]


def _judge(pool: Pool, method: Method, n: int, thresholds: Floats) -> Result:
    broken = np.array([pool.broken(threshold) for threshold in thresholds])
    recall = np.array([pool.truth(threshold).recall for threshold in thresholds])
    share = recall / pool.oracle if pool.oracle else np.full(recall.shape, math.nan)
    return Result(
        pool=pool.name,
        kind=pool.kind,
        target=pool.target,
        n=n,
        method=method.name,
        promises=method.promises,
        repetitions=thresholds.size,
        violations=mean(broken),
        recall=mean(share),
        kept_recall=mean(np.where(broken, 0.0, share)),
        declined=mean(recall == 0.0),
    )


def mean(values: Floats | np.typing.NDArray[np.bool_]) -> Estimate:
    """The mean of independent repetitions; the error of a single one is NaN."""
    given = np.asarray(values, dtype=np.float64)
    error = float(given.std(ddof=1) / math.sqrt(given.size)) if given.size > 1 else math.nan
    return Estimate(float(given.mean()), error)


def pooled(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of independent estimates."""
    errors = [estimate.error for estimate in estimates]
    total = sum(estimate.value for estimate in estimates) / len(estimates)
    return Estimate(total, math.hypot(*errors) / len(estimates))
