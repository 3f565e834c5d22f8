"""Cut scores into ordered tiers at least cost, exactly, by dynamic programming.

With G_k(i) the cost of giving the i highest distinct scores tier k (k = 0 the highest of K), and m distinct scores,

    R_{K-1}(i) = G_{K-1}(m) - G_{K-1}(i)                    all that is left goes to the last tier
    R_k(i) = min over j >= i of [G_k(j) - G_k(i) + R_{k+1}(j)]

by a running minimum from the far end, in O(n log n + m K). R_0(0) is the least cost (optimal partition of an
ordered set, Fisher 1958; Bellman 1961); G_0(i) + R_1(i) is the least cost when exactly the i highest scores are in
the first tier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from calibration.columns import TIERS
from calibration.errors import N_, BadArgument
from calibration.stats.threshold_counts import Floats, Ints, quantise

ROUNDING: Final = 1e-12
"""Choices whose costs differ by less than this share of the dearest one are equally cheap."""


@dataclass(frozen=True)
class CostSums:
    """Costs of every prefix and every rest of the sorted scores.

    scores: (m,) distinct quantised scores, strictly falling. sizes: (m + 1,) pairs among the i highest.
    sums: (K, m + 1) G_k(i). rest: (K, m + 1) R_k(i). weight: sum of the weights. dropped: pairs left out.
    """

    scores: Floats
    sizes: Ints
    sums: Floats
    rest: Floats
    weight: float
    dropped: int

    @property
    def n(self) -> int:
        """Pairs counted."""
        return int(self.sizes[-1])

    def mean(self, total: Floats) -> Floats:
        """Total costs per unit of weight, at least 0; NaN without weight."""
        return np.maximum(total, 0.0) / self.weight if self.weight else np.full(np.shape(total), np.nan)


def cost_sums(scores: ArrayLike, pair_costs: ArrayLike, weights: ArrayLike | None = None) -> CostSums:
    """Sort, merge ties and add up; arguments as for `calibration.costs.minimise.cheapest_thresholds`."""
    raw, table = np.asarray(scores, dtype=np.float64), np.asarray(pair_costs, dtype=np.float64)
    if raw.ndim != 1 or table.shape != (raw.size, len(TIERS)):
        raise BadArgument("pair_costs", f"({raw.size}, {len(TIERS)})", table.shape)
    heavy = np.ones(raw.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if heavy.shape != raw.shape or (heavy < 0).any():
        raise BadArgument("weights", N_("one weight a pair, 0 or above"), heavy.shape)
    usable = np.isfinite(raw) & np.isfinite(table).all(axis=1) & np.isfinite(heavy)
    kept = quantise(raw[usable])
    order = np.argsort(-kept, kind="stable")
    kept = kept[order]
    last_of_tie = np.flatnonzero(np.append(np.diff(kept) != 0, True)) if kept.size else np.empty(0, np.int64)
    sums = np.zeros((len(TIERS), last_of_tie.size + 1))
    sums[:, 1:] = np.cumsum((table[usable] * heavy[usable, None])[order], axis=0)[last_of_tie].T
    sizes = np.concatenate(([0], last_of_tie + 1)).astype(np.int64)
    weight, dropped = float(heavy[usable].sum()), int(raw.size - usable.sum())
    return CostSums(kept[last_of_tie], sizes, sums, _rest(sums), weight, dropped)


def cheapest_cuts(table: CostSums) -> tuple[int, ...]:
    """(K - 1,) how many distinct scores are at or above each threshold; the fewest of equally cheap choices."""
    slack, start, cuts = ROUNDING * float(np.abs(table.sums).max(initial=0.0)), 0, []
    for k in range(len(table.sums) - 1):
        total = table.sums[k, start:] + table.rest[k + 1, start:]
        start += int(np.argmax(total <= total.min() + slack))
        cuts.append(start)
    return tuple(cuts)


def _rest(sums: Floats) -> Floats:
    rest = np.empty_like(sums)
    rest[-1] = sums[-1, -1] - sums[-1]
    for k in range(len(sums) - 2, -1, -1):
        rest[k] = np.minimum.accumulate((sums[k] + rest[k + 1])[::-1])[::-1] - sums[k]
    return rest
