"""Bootstrap over groups of pairs: intervals for thresholds, and for metrics at a threshold.

Pairs that share a text are not independent, so groups (`calibration.stats.text_groups.text_groups`) are drawn,
not pairs.
At a fixed threshold only the four cells of the confusion table matter, so a resample is one multinomial draw. A
threshold that is searched again in every resample may have no normal limit (the best F1 moves at the rate
n^(1/3), Kim & Pollard 1990), and there the plain bootstrap is inconsistent; drawing m of n groups is not (Bickel,
Goetze & van Zwet 1997; Lee & Pun 2006).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.stats.intervals import M_OF_N, Estimate, check_confidence, spread_estimate
from calibration.stats.threshold_counts import Curve, Floats, Ints, check_arrays, curve, quantise

RESAMPLES: Final = 1000
M_POWER: Final = 0.8
"""Groups drawn to judge a threshold that is searched again: G^0.8 of G groups."""

RATE: Final = 1.0 / 3.0
"""How fast a threshold settles: its error falls like n^-RATE (the slowest of the rules here)."""

Rule = Callable[[Curve], float]
"""Counts to a threshold; +inf where there is none."""


class GroupSampler:
    """Draws rows by whole groups: `rows(draws)` are the row numbers of the drawn groups, O(rows drawn)."""

    def __init__(self, groups: Ints, seed: int) -> None:
        _, codes = np.unique(groups, return_inverse=True)
        self.sizes: Ints = np.bincount(codes).astype(np.int64)
        self._order = np.argsort(codes, kind="stable")
        self._starts = np.cumsum(self.sizes) - self.sizes
        self._random = np.random.default_rng(seed)

    @property
    def count(self) -> int:
        """How many groups there are."""
        return self.sizes.size

    def draw(self, size: int) -> NDArray[np.intp]:
        """Row numbers of `size` groups drawn with replacement."""
        drawn = self._random.integers(self.count, size=size)
        lengths = self.sizes[drawn]
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        return np.asarray(self._order[np.repeat(self._starts[drawn], lengths) + places])


def bootstrap_cells(cells: ArrayLike, resamples: int = RESAMPLES, seed: int = 0) -> Ints:
    """(resamples, c) sums over groups drawn with replacement, for the (G, c) counts of each of G groups.

    Groups with equal counts are drawn together, as one multinomial over the kinds of group: with groups of one
    pair that is the multinomial on the cells of the confusion table, whatever n.
    """
    kinds, many = distinct_rows(np.asarray(cells, dtype=np.int64))
    drawn = np.random.default_rng(seed).multinomial(many.sum(), many / many.sum(), size=resamples)
    return np.asarray(drawn @ kinds, dtype=np.int64)


def distinct_rows(cells: Ints) -> tuple[Ints, Ints]:
    """The distinct rows of whole numbers >= 0, rising, and how often each occurs (np.unique(axis=0), faster)."""
    shape = tuple(int(top) + 1 for top in cells.max(axis=0))
    if math.prod(shape) >= 2**62:
        return np.unique(cells, axis=0, return_counts=True)
    keys, many = np.unique(np.ravel_multi_index(tuple(cells.T), shape), return_counts=True)
    return np.stack(np.unravel_index(keys, shape), axis=1), many


def group_cells(accepted: ArrayLike, positives: ArrayLike, groups: Ints) -> Ints:
    """(G, 4) true positives, false positives, false negatives, true negatives of every group, from (n,) flags."""
    cell = 3 - 2 * np.asarray(accepted, dtype=np.int64) - np.asarray(positives, dtype=np.int64)
    _, codes = np.unique(groups, return_inverse=True)
    size = int(codes.max()) + 1 if codes.size else 0
    return np.bincount(codes * 4 + cell, minlength=4 * size).reshape(size, 4).astype(np.int64)


def threshold_interval(
    scores: ArrayLike,
    positives: ArrayLike,
    groups: Ints,
    rule: Rule,
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
    rate: float = RATE,
    counts: Curve | None = None,
) -> Estimate:
    """The threshold that `rule` finds, with the m-out-of-n bootstrap interval of where it is on all such pairs.

    scores, positives: (n,) as for `calibration.stats.threshold_counts.curve`, unusable ones are left out. groups:
    (n,) whole
    numbers. rule: searched again in every resample; `precision_rule(p)`, `f1_rule` or the caller's own. rate: the
    threshold's error shrinks like n^-rate; 1/3 is safe for every rule here. counts: the curve of these labels, if
    made already.
    With m = G^0.8 of G groups, t + (m/G)^rate (q - t) for the quantiles q of the resampled thresholds; it covered
    92-98% for a nominal 90%, the plain bootstrap 86-94% (tests, docs/method.md). Bounds may be infinite, where the
    rule finds no threshold in many resamples.

    >>> from calibration.fitting.empirical_threshold import f1_rule
    >>> labels = np.arange(400) >= 200
    >>> found = threshold_interval(np.arange(400) / 400, labels, np.arange(400), f1_rule, resamples=50)
    >>> found.value, found.low <= 0.5 <= found.high
    (0.5, True)
    """
    check_confidence(confidence)
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    kept, negatives, clusters = quantise(raw[usable]), 1 - labels[usable].astype(np.int64), groups[usable]
    value = rule(curve(kept, 1 - negatives) if counts is None else counts)
    if not kept.size:
        return spread_estimate(math.nan, (), 0, confidence, method=M_OF_N)
    sampler = GroupSampler(clusters, seed)
    size = math.ceil(sampler.count**M_POWER)
    distinct, level = np.unique(-kept, return_inverse=True)
    drawn = [_redrawn(sampler.draw(size), -distinct, level, negatives, rule) for _ in range(resamples)]
    shrink = (size / sampler.count) ** rate
    return spread_estimate(value, drawn, kept.size, confidence, shrink=shrink, method=M_OF_N)


def _redrawn(
    rows: NDArray[np.intp], distinct: Floats, level: NDArray[np.intp], negatives: Ints, rule: Rule
) -> float:
    """The threshold that `rule` finds among the drawn rows; `level` numbers the `distinct` falling scores."""
    above = np.bincount(level[rows], minlength=distinct.size)
    wrong = np.bincount(level[rows[negatives[rows] == 1]], minlength=distinct.size)
    seen = above > 0
    return rule(Curve(distinct[seen], np.cumsum(above)[seen], np.cumsum(wrong)[seen], 0))
