"""Tests of correctness and metrics of both sides in one domain, with paired intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import KIND, is_binary
from calibration.comparison.paired_decisions import (
    LOSS_A,
    LOSS_B,
    TIER_A,
    TIER_B,
    counted,
    decision,
    label_tiers,
    told_tiers,
)
from calibration.comparison.result import DomainComparison, MetricComparison, TierComparison
from calibration.errors import N_, BadArgument
from calibration.stats.intervals import EXACT, Estimate, proportion, spread_estimate
from calibration.stats.paired_tests import McNemar, mcnemar, resample
from calibration.stats.text_groups import text_groups
from calibration.stats.threshold_counts import Flags, Floats, Ints

METRICS: Final[Mapping[str, Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]]] = {
    "precision": lambda hits, accepted, _: (hits, accepted),
    "recall": lambda hits, _, due: (hits, due),
    "f1": lambda hits, accepted, due: (2.0 * hits, accepted + due),
}
"""Numerator and denominator of each metric, from the pairs hit, accepted, and due to be accepted."""


@dataclass(frozen=True)
class Drawing:
    """How a domain's intervals are made."""

    groups: Ints
    confidence: float
    resamples: int
    seed: int

    def sums(self, columns: Mapping[str, Floats | Flags]) -> dict[str, Floats]:
        """Observed sums first, then those of every resample: (1 + resamples,) of each column."""
        drawn = resample(columns, self.groups, self.resamples, self.seed)
        return {name: np.concatenate([[np.sum(column)], drawn[name]]) for name, column in columns.items()}

    def difference(self, a: Floats, b: Floats, n: int, bounds: tuple[float, float]) -> Estimate:
        """b - a, the observed value first."""
        return spread_estimate(float(b[0] - a[0]), (b - a)[1:], n, self.confidence, bounds=bounds)

    def estimate(self, values: Floats, n: int, bounds: tuple[float, float]) -> Estimate:
        """One side's value, the observed one first."""
        return spread_estimate(float(values[0]), values[1:], n, self.confidence, bounds=bounds)


def compare_domain(name: str, part: pd.DataFrame, confidence: float, resamples: int, seed: int) -> DomainComparison:
    """One domain's rows of a judged frame; p-values are not corrected yet."""
    reviewed, usable = counted(part)
    rows = part if usable.all() else part[usable]
    drawing = Drawing(text_groups(rows), confidence, resamples, seed)
    moves = rows[rows[TIER_A] != rows[TIER_B]].groupby([TIER_A, TIER_B]).size()
    return DomainComparison(
        domain=name,
        n=len(rows),
        groups=len(np.unique(drawing.groups)),
        dropped=int((~usable & ~reviewed).sum()),
        reviewed=int(reviewed.sum()),
        tiers={tier: _tier(rows, tier, drawing) for tier in told_tiers(rows)},
        exact=_exact(rows, drawing),
        cost=_cost(rows, drawing),
        transitions=dict(zip(moves.index.to_flat_index().tolist(), moves.tolist(), strict=True)),
        binary=is_binary(rows[KIND]),
    )


def _tier(rows: pd.DataFrame, tier: str, drawing: Drawing) -> TierComparison:
    due, taken_a = decision(rows, rows[TIER_A], tier)
    _, taken_b = decision(rows, rows[TIER_B], tier)
    known = np.isfinite(due)
    of_known = replace(drawing, groups=drawing.groups[known])
    right, a, b = due[known] == 1.0, taken_a[known], taken_b[known]
    columns = {"due": right, "taken_a": a, "taken_b": b, "hits_a": a & right, "hits_b": b & right}
    sums = of_known.sums(columns)
    test = mcnemar(a == right, b == right, of_known.groups, drawing.confidence)
    return TierComparison(tier, test, {name: _metric(name, sums, right.size, of_known) for name in METRICS})


def _metric(name: str, sums: Mapping[str, Floats], n: int, drawing: Drawing) -> MetricComparison:
    values, sides = {}, {}
    for side in ("a", "b"):
        part, whole = METRICS[name](sums[f"hits_{side}"], sums[f"taken_{side}"], sums["due"])
        values[side] = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
        if name == "f1":
            sides[side] = drawing.estimate(values[side], n, (0.0, 1.0))
        else:
            share = proportion(int(part[0]), int(whole[0]), drawing.confidence)
            sides[side] = Estimate(share.value, share.low, share.high, share.n, share.confidence, EXACT)
    difference = drawing.difference(values["a"], values["b"], n, (-1.0, 1.0))
    return MetricComparison(name, sides["a"], sides["b"], difference)


def _exact(rows: pd.DataFrame, drawing: Drawing) -> McNemar | None:
    meant = label_tiers(rows)
    known = meant != ""
    if not known.any():
        return None
    right = [(rows[side].to_numpy(dtype=object) == meant)[known] for side in (TIER_A, TIER_B)]
    return mcnemar(right[0], right[1], drawing.groups[known], drawing.confidence)


def _cost(rows: pd.DataFrame, drawing: Drawing) -> MetricComparison | None:
    if rows.empty or not {LOSS_A, LOSS_B} <= set(rows.columns):
        return None
    columns = {side: rows[side].to_numpy(dtype=np.float64) for side in (LOSS_A, LOSS_B)}
    if not all(np.isfinite(column).all() for column in columns.values()):
        raise BadArgument("losses", N_("finite numbers"), "nan")
    sums = drawing.sums(columns | {"n": np.ones(len(rows))})
    a, b = sums[LOSS_A] / sums["n"], sums[LOSS_B] / sums["n"]
    everything = (-np.inf, np.inf)
    n = len(rows)
    sides = drawing.estimate(a, n, everything), drawing.estimate(b, n, everything)
    return MetricComparison("cost", *sides, drawing.difference(a, b, n, everything))
