"""Thresholds of least cost for the four tiers, exact on the given labels.

A pair of true tier y that is given tier k costs C[y, k]. Of all thresholds same >= related >= weak, those of
least total cost are found by dynamic programming (`calibration.costs.optimal_cuts`). Nothing here is certified:
the cost is least on the pairs at hand, and `calibration.costs.evaluate` says what to expect on others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.columns import LOWEST_SCORE, RELATED, SAME, THRESHOLD_TIERS, TIERS
from calibration.costs.matrix import CostMatrix
from calibration.costs.optimal_cuts import CostSums, cheapest_cuts, cost_sums
from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.policies.tiers import Thresholds
from calibration.stats.threshold_counts import Floats


@dataclass(frozen=True)
class CostFit:
    """Thresholds of least cost on n labelled pairs, and that cost. A suggestion: nothing is certified.

    thresholds: by tier, observed scores accepted with >=; None where the tier is empty; -1, the lowest cosine,
    where nothing is left for the tiers below. Merging is never extended to scores below all that were seen: where
    all pairs are best `same`, what is lower is `related`, for a person to check.
    cost: mean cost per pair on the very pairs fitted on, >= 0, the smaller the better, weighted where weights
    were given; optimistic, and NaN without pairs. counts: pairs given each of the four tiers. weight: sum of the
    weights. dropped: pairs left out because score, label or weight is not a finite number.
    """

    thresholds: Thresholds
    cost: float
    n: int
    counts: tuple[int, ...]
    weight: float
    dropped: int = 0


def minimum_cost_thresholds(
    scores: ArrayLike, true_tier: ArrayLike, costs: CostMatrix, weights: ArrayLike | None = None
) -> CostFit:
    """The thresholds of least total cost.

    scores: (n,) the higher the more alike. true_tier: (n,) row of the cost matrix, 0 for `same`; negative or NaN:
    unknown. weights: (n,) >= 0, by default 1. Unusable pairs are dropped and counted. Of equally cheap thresholds
    the highest are taken. Raises BadArgument for other shapes or values. O(n log n); dynamic programming, see
    `calibration.costs.optimal_cuts`.

    >>> matrix = CostMatrix(((0, 1, 3, 3), (10, 1, 1, 0)))
    >>> found = minimum_cost_thresholds([0.9, 0.8, 0.7, 0.6, 0.2, 0.1], [0, 0, 1, 0, 1, 1], matrix)
    >>> found.thresholds, round(found.cost, 3)
    ({'same': 0.8, 'related': 0.6, 'weak': None}, 0.333)
    """
    return cheapest_thresholds(scores, costs_by_row(true_tier, costs), weights)


def cheapest_thresholds(scores: ArrayLike, pair_costs: ArrayLike, weights: ArrayLike | None = None) -> CostFit:
    """`minimum_cost_thresholds` where every pair has its own costs: (n, 4) by tier given, NaN for unknown.

    So pairs with labels of different kinds, each with a matrix of its own, can be fitted together.
    """
    table = cost_sums(scores, pair_costs, weights)
    bounds = (0, *cheapest_cuts(table), table.scores.size)
    return CostFit(
        thresholds=_thresholds(table, bounds),
        cost=float(table.mean(table.rest[0, 0])),
        n=table.n,
        counts=tuple(int(table.sizes[end] - table.sizes[start]) for start, end in pairwise(bounds)),
        weight=table.weight,
        dropped=table.dropped,
    )


def costs_by_row(true_tier: ArrayLike, costs: CostMatrix) -> Floats:
    """(n, 4) cost of each pair by tier given, from its row of the matrix; NaN where that is negative or NaN.

    >>> costs_by_row([1, -1], CostMatrix(((0, 1, 3, 3), (10, 1, 1, 0)))).tolist()
    [[10.0, 1.0, 1.0, 0.0], [nan, nan, nan, nan]]
    """
    rows = np.asarray(true_tier, dtype=np.float64)
    known = np.isfinite(rows) & (rows >= 0)
    wrong = rows[known & ~np.isin(rows, np.arange(len(costs.rows)))]
    if rows.ndim != 1 or wrong.size:
        raise BadArgument(
            "true_tier",
            note(N_("0 to {most}, (n,)"), most=len(costs.rows) - 1),
            wrong[0] if wrong.size else rows.shape,
        )
    found = np.full((rows.size, len(TIERS)), np.nan)
    found[known] = costs.values[rows[known].astype(np.int64)]
    return found


def incurred(tiers_given: NDArray[np.object_], pair_costs: ArrayLike) -> Floats:
    """(n,) what each pair costs in the tier that it was given; NaN where its label is unknown.

    >>> incurred(np.array(["same", "unrelated"]), [[0, 1, 3, 3], [10, 1, 1, 0]]).tolist()
    [0.0, 0.0]
    """
    given = np.asarray(tiers_given, dtype=object)
    return np.asarray(np.select([given == tier for tier in TIERS], np.asarray(pair_costs, np.float64).T, np.nan))


def _thresholds(table: CostSums, bounds: tuple[int, ...]) -> Thresholds:
    found: dict[str, float | None] = dict.fromkeys(THRESHOLD_TIERS)
    for tier, (start, end) in zip(THRESHOLD_TIERS, pairwise(bounds), strict=False):
        if start == end:
            continue
        lowest = float(table.scores[end - 1])
        to_the_end = end == table.scores.size
        found[tier] = min(LOWEST_SCORE, lowest) if to_the_end and tier != SAME else lowest
        if to_the_end and tier == SAME and lowest > LOWEST_SCORE:
            found[RELATED] = LOWEST_SCORE
    return found
