"""Quality of a ranking without thresholds: AUC, average precision and Spearman, with intervals.

All three are the larger the better. Intervals come from groups of pairs drawn with replacement; with more than
LARGE groups, LARGE are drawn and the spread is scaled by the square root, which these smooth numbers allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from calibration.columns import DEFAULT_CONFIDENCE, KIND, LABEL, SAME, SCORE
from calibration.pairs import positives
from calibration.pairs.purpose import calibration_rows
from calibration.stats.group_bootstrap import RESAMPLES, GroupSampler
from calibration.stats.intervals import BOOTSTRAP, M_OF_N, Estimate, check_confidence, spread_estimate
from calibration.stats.text_groups import text_groups
from calibration.stats.threshold_counts import Floats, Ints, check_arrays

LARGE: Final = 20_000

Statistic = Callable[[Floats, Floats], float]
"""Scores (n,) and labels (n,) to a number; NaN where they cannot tell."""


@dataclass(frozen=True)
class Ranking:
    """How well the scores of one domain order its pairs.

    auc: chance that a positive scores above a negative, ties half; 0.5 is chance, in [0, 1].
    average_precision: mean precision over the positives; chance is their share, in [0, 1].
    spearman: rank correlation of score and label, of the commonest kind of label, in [-1, 1]; 0 is chance.
    """

    tier: str
    auc: Estimate
    average_precision: Estimate
    spearman: Estimate


def rank_quality(
    rows: pd.DataFrame,
    tier: str = SAME,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Ranking:
    """Judge the scored, labelled rows of one domain; rows picked for review and unusable ones are left out.

    Positive is a label of at least `tier`.
    """
    usable = calibration_rows(rows)
    scores, groups = usable[SCORE].to_numpy(dtype=np.float64), text_groups(usable)
    positive = positives(usable, tier)
    kinds = usable[KIND].to_numpy()
    commonest = kinds == usable[KIND].mode()[0] if len(usable) else np.zeros(0, dtype=bool)
    graded = np.where(commonest, usable[LABEL].to_numpy(dtype=np.float64), np.nan)

    def found(statistic: Statistic, labels: Floats, least: float) -> Estimate:
        bounds = (least, 1.0)
        return bootstrap(statistic, scores, labels, groups, bounds, confidence, resamples=resamples, seed=seed)

    return Ranking(
        tier, found(auc, positive, 0.0), found(average_precision, positive, 0.0), found(spearman, graded, -1.0)
    )


def auc(scores: ArrayLike, positives: ArrayLike) -> float:
    """Area under the ROC curve = (sum of the positives' ranks - p (p + 1) / 2) / (p q) (Mann & Whitney 1947).

    scores (n,) finite, positives (n,) 1 or 0. NaN with one class only.

    >>> auc([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0])
    0.875
    """
    flags = np.asarray(positives, dtype=np.float64) == 1.0
    p = int(flags.sum())
    q = flags.size - p
    if not p or not q:
        return math.nan
    ranks = rankdata(scores)
    return float((ranks[flags].sum() - p * (p + 1) / 2) / (p * q))


def average_precision(scores: ArrayLike, positives: ArrayLike) -> float:
    """sum_i (R_i - R_{i-1}) P_i over the distinct thresholds from the top; NaN without positives.

    scores (n,) finite, positives (n,) 1 or 0. No interpolation, as in sklearn.metrics.average_precision_score.

    >>> average_precision([0.9, 0.8, 0.7], [1, 0, 1]) == (1 + 2 / 3) / 2
    True
    """
    raw, labels = check_arrays(scores, positives)
    order = np.argsort(-raw, kind="stable")
    last = np.flatnonzero(np.append(np.diff(raw[order]) != 0, True)) if raw.size else np.empty(0, np.int64)
    found = np.cumsum(labels[order])[last]
    if not found.size or not found[-1]:
        return math.nan
    return float(np.sum(np.diff(found, prepend=0.0) * found / (last + 1)) / found[-1])


def spearman(scores: ArrayLike, labels: ArrayLike) -> float:
    """Pearson's correlation of the mid-ranks, in [-1, 1] (Spearman 1904); NaN where either is constant.

    >>> spearman([0.1, 0.5, 0.9], [0, 1, 5])
    1.0
    """
    a, b = rankdata(scores), rankdata(labels)
    a, b = a - a.mean() if a.size else a, b - b.mean() if b.size else b
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return min(1.0, max(-1.0, float(a @ b) / scale)) if scale else math.nan


def bootstrap(
    statistic: Statistic,
    scores: ArrayLike,
    labels: ArrayLike,
    groups: Ints,
    bounds: tuple[float, float],
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """`statistic` of n scores and labels with its group-bootstrap interval (Efron 1979, groups as units).

    Rows whose score or label is NaN or infinite are left out. groups: (n,) whole numbers. bounds: the range of
    the statistic. Resamples that cannot tell (one class only) are left out.

    >>> found = bootstrap(auc, [0.1, 0.6, 0.4, 0.9], [0, 0, 1, 1], np.arange(4), (0.0, 1.0), resamples=50)
    >>> found.value, found.n, found.method
    (0.75, 4, 'group_bootstrap')
    """
    check_confidence(confidence)
    raw, known = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    usable = np.isfinite(raw) & np.isfinite(known)
    raw, known = raw[usable], known[usable]
    value = statistic(raw, known) if raw.size else math.nan
    if math.isnan(value):
        return spread_estimate(math.nan, (), raw.size, confidence, bounds=bounds)
    sampler = GroupSampler(np.asarray(groups)[usable], seed)
    size = min(sampler.count, LARGE)
    drawn = (sampler.draw(size) for _ in range(resamples))
    samples = [statistic(raw[rows], known[rows]) for rows in drawn]
    shrink, method = (1.0, BOOTSTRAP) if size == sampler.count else (math.sqrt(size / sampler.count), M_OF_N)
    return spread_estimate(value, samples, raw.size, confidence, shrink=shrink, bounds=bounds, method=method)
