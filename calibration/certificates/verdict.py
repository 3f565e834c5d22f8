"""Why nothing is certified: the target is not provable yet with these labels, or it is out of reach.

A target is out of reach only where the labels rule it out at every threshold with labels enough to tell. At one
threshold, k labels with f wrong rule out "precision >= p" where P(Binomial(k, 1 - p) >= f) <= delta, an exact
upper Clopper-Pearson bound below p. "No threshold reaches p" is said only where every threshold is ruled out: if
one of them does reach p, that one is ruled out with probability at most delta, so the statement is wrong with
probability at most delta however many thresholds there are (intersection-union test, Berger 1982). Otherwise the
target is not provable yet, and the threshold that takes the fewest live pairs says how many labels would do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import beta, binom

from calibration.errors import BadArgument
from calibration.stats.sample_size import POWER, SEARCH_COST, labels_needed, normal_labels
from calibration.stats.threshold_counts import Curve, Flags

TELLING: Final = 20
"""Fewer labels at or above a threshold than this rule nothing out, so they do not keep a target possible either."""
PRIOR: Final = 20.0
"""Labels at the target precision towards which an estimate is shrunk: the best of many thresholds is optimistic."""
_MOST: Final = 1e9


@dataclass(frozen=True)
class Possible:
    """A threshold at which the labels do not exclude the target, and what proving it would take.

    threshold: draw new labels at random at or above it. labels: how many, for a chance of POWER to certify, if the
    precision there is `expected`. live_pairs: pairs, drawn like these labels, to go through to find that many.
    """

    threshold: float
    expected: float
    labels: int
    live_pairs: int


def not_excluded(counts: Curve, precision: float, delta: float) -> Flags:
    """(m,) thresholds with TELLING labels whose upper bound on precision is at or above the target.

    precision in (0, 1), delta in (0, 1): the one-sided level of each bound.
    """
    enough = counts.n_above >= min(TELLING, counts.n)
    as_many_wrong = binom.sf(counts.false_positives - 1, counts.n_above, 1.0 - precision)
    return np.asarray(enough & (as_many_wrong > delta), dtype=np.bool_)


def possible(counts: Curve, precision: float, delta: float, power: float = POWER) -> Possible | None:
    """The threshold nearest to a certificate; None where the target is excluded at all of them: out of reach.

    counts: with labels enough for a test at some threshold. precision in (0, 1), delta and power in (0, 1).

    >>> from calibration.stats.threshold_counts import curve
    >>> right = curve(np.arange(100) / 100, np.arange(100) % 10 > 0)
    >>> possible(right, 0.9, 0.1) is not None, possible(right, 0.99, 0.001) is None
    (True, False)
    """
    candidates = np.flatnonzero(not_excluded(counts, precision, delta))
    if not candidates.size:
        return None
    k = counts.n_above[candidates].astype(np.float64)
    right = k - counts.false_positives[candidates]
    expected = (right + PRIOR * precision) / (k + PRIOR)
    if (expected <= precision).all():
        # As good as the labels still allow, at best.
        expected = np.asarray(beta.ppf(1.0 - delta, right + 1.0, np.maximum(k - right, 0.5)), dtype=np.float64)
    live = normal_labels(precision, expected, round(1.0 - delta, 12), power) * counts.n / k
    best = int(np.argmin(live))
    needed = above(precision, float(expected[best]), delta, power)
    return Possible(
        threshold=float(counts.thresholds[candidates[best]]),
        expected=float(expected[best]),
        labels=needed,
        live_pairs=math.ceil(needed * counts.n / k[best]),
    )


def above(precision: float, expected: float, delta: float, power: float = POWER) -> int:
    """Labels at or above a threshold that certify it with chance `power`, the search over thresholds included."""
    try:
        needed = labels_needed(precision, expected, round(1.0 - delta, 12), power)
    except BadArgument:  # so near to the target that no exact number is found
        needed = int(min(normal_labels(precision, np.asarray([expected]), 1.0 - delta, power)[0], _MOST))
    return math.ceil(SEARCH_COST * needed)
