"""What suggested thresholds truly cost where a small domain borrows from others, by their weight kappa."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.calibration.pools import Pool
from benchmarks.calibration.simulate import Estimate, mean
from calibration.columns import BINARY
from calibration.costs.borrow import suggest_domain
from calibration.costs.matrix import CostMatrix, UnitCosts
from calibration.costs.minimise import costs_by_row
from calibration.policies.tiers import PUBLISHED, Thresholds, assign_tiers
from calibration.stats.threshold_counts import Floats

SIZES: Final = (5, 20, 50, 200)
KAPPAS: Final = (0.0, 3.0, 10.0, 20.0, 40.0, 1e9)
"""The last leaves own labels no weight to speak of: thresholds of all others pooled."""
LENT: Final = 1000
"""Labels of every other domain."""


@dataclass(frozen=True)
class Borrowed:
    """Mean true cost a pair, over pools and samples, of thresholds from n own labels and kappa."""

    kappa: float
    n: int
    repetitions: int
    cost: Estimate


def borrowing(
    pools: Sequence[Pool],
    repetitions: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
    sizes: Sequence[int] = SIZES,
) -> list[Borrowed]:
    """Every pool in turn is the small domain, the others lend; every kappa on the same samples."""
    costs = UnitCosts().matrix(BINARY)
    found = []
    for n in sizes:
        say(f"borrowing, n={n}")
        rng = np.random.default_rng([seed, n])
        drawn = [_one(pools, own, n, costs, rng) for _ in range(repetitions) for own in range(len(pools))]
        by_repetition = np.array(drawn).reshape(repetitions, len(pools), len(KAPPAS)).mean(axis=1)
        found += [
            Borrowed(kappa, n, repetitions, mean(column))
            for kappa, column in zip(KAPPAS, by_repetition.T, strict=True)
        ]
    return found


def published_cost(pools: Sequence[Pool]) -> float:
    """Mean true cost a pair of the thresholds published for everybody."""
    costs = UnitCosts().matrix(BINARY)
    return float(np.mean([true_cost(pool, PUBLISHED, costs) for pool in pools]))


def true_cost(pool: Pool, thresholds: Thresholds, costs: CostMatrix) -> float:
    """Exact mean cost of a pair of the pool."""
    given = assign_tiers(pool.scores, thresholds)
    chances = np.stack([pool.chances, 1.0 - pool.chances])
    masses = {tier: chances[:, given == tier].sum(axis=1) for tier in set(given)}
    by_tier = dict(zip(("same", "related", "weak", "unrelated"), costs.values.T, strict=True))
    return float(sum(mass @ by_tier[tier] for tier, mass in masses.items()) / pool.scores.size)


def _one(pools: Sequence[Pool], own: int, n: int, costs: CostMatrix, rng: np.random.Generator) -> list[float]:
    drawn = [pool.sample(n if place == own else LENT, rng) for place, pool in enumerate(pools)]
    scores: Floats = np.concatenate([scores for scores, _ in drawn])
    labels = np.concatenate([labels for _, labels in drawn])
    domains = np.repeat(np.array([pool.name for pool in pools], dtype=object), [len(s) for s, _ in drawn])
    table = costs_by_row(1.0 - labels, costs)
    name = pools[own].name
    return [
        true_cost(pools[own], suggest_domain(scores, table, domains, name, kappa).thresholds, costs)
        for kappa in KAPPAS
    ]
