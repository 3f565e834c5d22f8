"""The threshold that takes the fewest labels to certify, and an honest count of precision at it.

The best of many thresholds looks better than it is. So in each of five folds the threshold is chosen on the other
four, and the fold's own pairs are counted at or above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata
from sklearn.linear_model import LogisticRegression

from calibration.curve import Floats
from calibration.intervals import Proportion, proportion
from calibration.power import normal_labels
from calibration.splits import group_splits

FEWEST_ABOVE: Final = 10
"""A threshold with fewer labels at or above it is no candidate."""
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


def find_candidate(rows: pd.DataFrame, scores: Floats, labels: Floats, goal: Goal, seed: int) -> Candidate | None:
    """The candidate of n labelled pairs; None where no threshold has enough labels above it.

    rows: the pairs, for their texts (pairs that share one stay in one fold). scores, labels: (n,) finite, the
    higher the more likely positive; 1 or 0.
    """
    splits = group_splits(rows, seed=seed).splits
    if len(rows) < FEWEST_ABOVE or not splits:
        return None
    right = accepted = tested = 0
    for train, test in splits:
        above = scores[test] >= cheapest_threshold(scores[train], labels[train], goal)[0]
        right, accepted = right + int(labels[test][above].sum()), accepted + int(above.sum())
        tested += test.size
    # Repeated splits test a pair several times, which is no more knowledge than once.
    times = tested / len(rows)
    right, accepted = round(right / times), round(accepted / times)
    if not accepted:
        return None
    share = proportion(accepted, len(rows), goal.confidence)
    hits = proportion(min(right, accepted), accepted, goal.confidence)
    top = np.argsort(-scores, kind="stable")[: top_size(len(rows))]
    best = proportion(int(labels[top].sum()), top.size, goal.confidence)
    threshold, expected = cheapest_threshold(scores, labels, goal)
    return Candidate(threshold, share, hits, best, expected)


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
