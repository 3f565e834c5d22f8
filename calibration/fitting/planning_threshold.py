"""The threshold that needs the fewest labels to certify, and an unbiased estimate of its precision.

Selecting the best of many thresholds biases its precision upwards. So the threshold is chosen on four of five
folds, and the pairs of the fifth are counted at or above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm, rankdata
from sklearn.linear_model import LogisticRegression

from calibration.certificates.verdict import above as labels_above
from calibration.fitting.sample import DomainSample
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.sample_size import normal_labels
from calibration.stats.threshold_counts import Floats, quantise

FEWEST_ABOVE: Final = 10
"""A threshold with fewer labels at or above it is no candidate."""
PILOT: Final = 50
"""Fewer labels than this say too little about where precision is high."""
PRIOR: Final = 20.0
"""Labels that the curve is worth beside those counted."""
TOP_SHARE: Final = 0.05
"""The top set: the share of pairs with the highest scores. What is not reached there is out of reach."""


@dataclass(frozen=True)
class Goal:
    """What labels are to certify, and with what chance."""

    precision: float
    confidence: float
    power: float


@dataclass(frozen=True)
class Candidate:
    """A threshold, chosen on all labels; what was accepted, and was right, out of fold at thresholds chosen so;
    what was right in the top set, where precision is highest if it falls with the score; and the precision that
    the curve expects at the threshold.
    """

    threshold: float
    accepted: Proportion
    hits: Proportion
    top: Proportion

    expected: float

    @property
    def planned(self) -> float:
        """The precision to plan with: what was counted, drawn to what the curve expects as if by PRIOR labels.

        (hits + PRIOR * expected) / (n + PRIOR), the posterior mean under a Beta prior.
        """
        return (self.hits.hits + PRIOR * self.expected) / (self.hits.n + PRIOR)


def find_candidate(sample: DomainSample, tier: str, goal: Goal, seed: int = 0) -> Candidate | None:
    """The candidate of n pairs whose labels all can tell; None where no threshold has enough labels above it.

    Pairs that share a text stay in one fold. For `unrelated` scores are negated, and so is the threshold.
    """
    splits, labels, n = sample.splits_by(seed).splits, sample.labels[tier], sample.n
    scores = quantise(sample.signed(tier))
    if n < FEWEST_ABOVE or not splits:
        return None
    right = accepted = tested = 0
    for train, test in splits:
        above = scores[test] >= cheapest_threshold(scores[train], labels[train], goal)[0]
        right, accepted = right + int(labels[test][above].sum()), accepted + int(above.sum())
        tested += test.size
    # Repeated splits test a pair several times, which is no more knowledge than once.
    times = tested / n
    right, accepted = round(right / times), round(accepted / times)
    if not accepted:
        return None
    share = proportion(accepted, n, goal.confidence)
    hits = proportion(min(right, accepted), accepted, goal.confidence)
    top = np.argsort(-scores, kind="stable")[: top_size(n)]
    best = proportion(int(labels[top].sum()), top.size, goal.confidence)
    threshold, expected = cheapest_threshold(scores, labels, goal)
    return Candidate(threshold, share, hits, best, expected)


@dataclass(frozen=True)
class More:
    """New labels that should certify with the chance asked for.

    draw_above: draw them at random at or above this score; None: from all pairs, because it is not clear
    whether the target can be met at all. labels: how many. live_pairs: pairs to go through to find them.
    """

    draw_above: float | None
    labels: int
    live_pairs: int


def more_labels(found: Candidate, n: int, goal: Goal) -> More:
    """How many new labels a candidate of `n` labels takes."""
    if found.planned <= goal.precision:
        more = 2 * max(n, PILOT)
        return More(None, more, more)
    needed = labels_above(goal.precision, found.planned, round(1.0 - goal.confidence, 12), goal.power)
    return More(found.threshold, needed, math.ceil(needed / found.accepted.value))


def cheapest_threshold(scores: Floats, labels: Floats, goal: Goal) -> tuple[float, float]:
    """The observed threshold for which the fewest labels drawn at random will do, and the precision expected
    there; where none seems to reach the target, that of the top set. scores, labels: (n,), n >= 1.

    Precision at each threshold comes from a logistic curve of two parameters over the ranks, which fits scores of
    any range (Hanley 1988 on how robust that is); counts of 300 labels would point anywhere. A wrong curve costs
    labels, not honesty: at the threshold precision is counted.
    """
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    above = np.arange(1, scores.size + 1)
    precision = np.cumsum(_smooth(scores, labels)[order]) / above
    cost = normal_labels(goal.precision, precision, goal.confidence, goal.power) / above
    cost[: FEWEST_ABOVE - 1] = np.inf
    best = int(cost.argmin()) if np.isfinite(cost).any() else top_size(scores.size) - 1
    return float(ordered[best]), float(precision[best])


def top_size(n: int) -> int:
    """How many of n labelled pairs the top set holds; it depends on n alone, so its count is not chosen.

    >>> top_size(100), top_size(1000)
    (10, 50)
    """
    return min(max(FEWEST_ABOVE, round(TOP_SHARE * n)), n)


def _smooth(scores: Floats, labels: Floats) -> Floats:
    """(n,) P(positive | score): logistic regression on normal scores, the normal quantiles of the ranks."""
    if labels.min() == labels.max():
        return np.full(scores.shape, (labels.sum() + 0.5) / (labels.size + 1.0))
    normal = norm.ppf((rankdata(scores) - 0.5) / scores.size)[:, None]
    model = LogisticRegression().fit(normal, labels)
    return np.asarray(model.predict_proba(normal)[:, 1], dtype=np.float64)
