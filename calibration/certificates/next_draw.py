"""Where to draw next: the floor that brings the next certificate nearest, and what it costs in labels and pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax
from scipy.stats import binom

from calibration.stats.sample_size import POWER
from calibration.stats.sequential_thresholds import Stream, ThresholdTest
from calibration.stats.threshold_counts import Floats, Ints

LEAST_BATCH, MOST_BATCH = 20, 200
PRIOR: Final = 20.0
"""Labels that the smooth curve is worth."""
HORIZON: Final = 16.0
"""Labels beyond this multiple of what has been drawn, or of what is expected, are no advice."""


@dataclass(frozen=True)
class NextDraw:
    """The next certificate that is in sight.

    threshold: what would be certified; draw from the pairs at or above it, as a floor. precision: what the labels
    so far make one expect there. labels: how many more, drawn there, certify it with a chance of about 80%.
    live_pairs: how many random pairs must be gone through to find as many above the floor. batch: how many to
    label before the next look. everywhere: the labels are drawn from all pairs, above no floor.
    """

    threshold: float
    precision: float
    labels: int
    live_pairs: int
    batch: int
    everywhere: bool = False


def batch_of(labels: int) -> int:
    """How many of so many labels to make before the next look."""
    return min(labels, max(LEAST_BATCH, min(MOST_BATCH, math.ceil(labels / 4))))


def next_draw(
    test: ThresholdTest, stream: Stream, thresholds: Floats, done: int, everywhere: bool = False
) -> NextDraw | None:
    """The cheapest next certificate after the first `done` thresholds; None where none is in sight.

    Labels drawn above a floor feed every threshold above it too, so that the dearest of those still to be refuted
    decides. everywhere: no floor may be set, so labels are counted in all pairs.
    """
    if done >= thresholds.size:
        return None
    expected = expected_precision(test, stream)
    more = _labels_wanted(test, stream, expected, done)
    drawn_there = more[None, :] * test.shares[:, None] / test.shares[None, :]
    below = np.tri(thresholds.size, dtype=bool)
    below[:, :done] = False
    below[test.fine :, : test.fine] = False  # the main chain needs none of the fine one
    labels = np.where(below, drawn_there, 0.0).max(axis=1)
    if everywhere:
        labels = labels / test.shares
    labels[:done] = math.inf
    # A certificate of the fine chain accepts few pairs: it is advised where the main chain has none in sight.
    best = test.fine + int(np.argmin(labels[test.fine :]))
    best = best if math.isfinite(labels[best]) else int(np.argmin(labels))
    if not math.isfinite(labels[best]):
        return None
    count = max(1, math.ceil(labels[best] - 1e-9))
    pairs = count if everywhere else math.ceil(count / test.shares[best])
    found = float(thresholds[best]), float(expected[best])
    return NextDraw(*found, count, pairs, batch_of(count), everywhere)


def expected_precision(test: ThresholdTest, stream: Stream) -> Floats:
    """(m,) precision at or above each threshold, falling: as observed, drawn to what a smooth curve expects there.

    The curve is the mean of the family that is bet on, weighted by how well each explains the labels; it counts for
    PRIOR labels.
    """
    family, m = test.family, test.shares.size
    known = stream.bands < m
    right = np.bincount(stream.bands[known], 1.0 - stream.wrong[known], m)
    wrong = np.bincount(stream.bands[known], stream.wrong[known], m)
    weight = softmax(family.right @ right + family.wrong @ wrong)
    width = np.diff(test.shares, prepend=0.0)
    smooth = np.cumsum((weight @ np.exp(family.right)) * width) / test.shares
    blended = (np.cumsum(right) + PRIOR * smooth) / (np.cumsum(right + wrong) + PRIOR)
    return np.asarray(np.minimum.accumulate(blended), dtype=np.float64)


def _labels_wanted(test: ThresholdTest, stream: Stream, expected: Floats, done: int) -> Floats:
    """(m,) labels at or above each threshold that refute its start with the usual chance; inf: too many."""
    limit = math.ceil(HORIZON * max(test.expected, stream.bands.size))
    wanted = np.full(expected.size, math.inf)
    for chain, first in ((test.top, 0), (test.main, test.fine)):
        if chain.shares.size:
            looks, bounds = chain.bounds(limit)
            for start in range(max(done, first), first + chain.shares.size):
                places = stream.at_or_above(start)
                state = places.size, int(stream.wrong[places].sum()), float(expected[start])
                wanted[start] = _first_likely(looks, bounds[start - first], *state, test.precision)
    return wanted


def _first_likely(looks: Ints, bounds: Ints, k: int, wrong: int, precision: float, target: float) -> float:
    if precision <= target:
        return math.inf
    ahead = (looks > k) & (bounds >= 0)
    further = looks[ahead] - k
    likely = np.flatnonzero(wrong + binom.ppf(POWER, further, 1.0 - precision) <= bounds[ahead])
    return float(further[likely[0]]) if likely.size else math.inf
