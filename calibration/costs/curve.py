"""The cost of every threshold of `same`, for charts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from calibration.costs.optimal_cuts import cheapest_cuts, cost_sums
from calibration.errors import N_, BadArgument
from calibration.stats.threshold_counts import Floats

POINTS: Final = 200


@dataclass(frozen=True)
class CostCurve:
    """Mean cost per pair as the threshold of `same` moves, the lower thresholds best for each.

    thresholds: (b,) observed scores, strictly falling. same_share: (b,) share of the pairs at or above, in (0, 1].
    cost: (b,) >= 0, the smaller the better. without: mean cost with no `same` tier. best: the threshold of least
    cost, None where that is no `same` tier; best_cost: the least cost of all. n: pairs.
    """

    thresholds: Floats
    same_share: Floats
    cost: Floats
    without: float
    best: float | None
    best_cost: float
    n: int


def cost_curve(
    scores: ArrayLike, pair_costs: ArrayLike, weights: ArrayLike | None = None, points: int = POINTS
) -> CostCurve:
    """The cost of `same` thresholds, thinned to about `points` >= 2 for a chart; the best one is among them.

    Arguments as for `calibration.costs.minimise.cheapest_thresholds`. Kept are observed thresholds at even ranks
    of the
    pairs, so that a crowded range of scores keeps its detail; the cost is exact at each, G_0(i) + R_1(i) in the
    terms of `calibration.costs.optimal_cuts`.

    >>> same, other = [0.0, 1.0, 3.0, 3.0], [10.0, 1.0, 1.0, 0.0]
    >>> found = cost_curve([0.9, 0.8, 0.1], [same, same, other])
    >>> found.thresholds.tolist(), found.cost.round(2).tolist(), found.best, found.best_cost
    ([0.9, 0.8, 0.1], [0.33, 0.0, 3.33], 0.8, 0.0)
    """
    if points < 2:
        raise BadArgument("points", N_("2 or more"), points)
    table = cost_sums(scores, pair_costs, weights)
    if not table.weight:
        nothing = np.empty(0)
        return CostCurve(nothing, nothing, nothing, math.nan, None, math.nan, table.n)
    cost, best = table.mean(table.sums[0] + table.rest[1]), cheapest_cuts(table)[0]
    ranks = np.linspace(table.sizes[1], table.n, points)
    kept = np.unique(np.append(np.searchsorted(table.sizes, ranks), max(best, 1)))
    return CostCurve(
        thresholds=table.scores[kept - 1],
        same_share=table.sizes[kept] / table.n,
        cost=cost[kept],
        without=float(cost[0]),
        best=float(table.scores[best - 1]) if best else None,
        best_cost=float(cost[best]),
        n=table.n,
    )
