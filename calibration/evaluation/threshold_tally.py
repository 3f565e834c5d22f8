"""Counts of labelled scores from which any thresholds can be evaluated at once.

A tally is a frame of one domain and one kind of label: a row for each distinct score, falling, and in the column of
each label how many pairs of it are at or above. Its last row, at -inf, counts all pairs, unscored ones too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibration.columns import (
    BINARY,
    DEFAULT_CONFIDENCE,
    LABEL,
    POSITIVE_FROM,
    SAME,
    SCORE,
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
    WEAK,
    lowest_line,
)
from calibration.evaluation.tier_metrics import DomainEvaluation, TierMetrics
from calibration.policies.tiers import Thresholds
from calibration.stats.intervals import proportion
from calibration.stats.threshold_counts import Ints


def tally(rows: pd.DataFrame) -> pd.DataFrame:
    """Count labelled, scored pairs of one domain and kind; O(n log n), once. Columns `score` and each label.

    >>> tally(pd.DataFrame({"score": [0.9, 0.9, 0.1], "label": [1.0, 0.0, 0.0]})).to_numpy().tolist()
    [[0.9, 1.0, 1.0], [0.1, 2.0, 1.0], [-inf, 2.0, 1.0]]
    """
    scores, labels = rows[SCORE].to_numpy(dtype=np.float64), rows[LABEL].to_numpy(dtype=np.float64)
    known = np.where(np.isfinite(scores), scores, -np.inf)
    distinct, place = np.unique(-np.append(known, -np.inf), return_inverse=True)
    place = place[:-1]
    counted: dict[str | float, object] = {SCORE: -distinct}
    for label in np.unique(labels):
        counted[float(label)] = np.cumsum(np.bincount(place[labels == label], minlength=distinct.size)).astype(
            np.int64
        )
    return pd.DataFrame(counted)


def at_or_above(counted: pd.DataFrame, threshold: float | None) -> Ints:
    """(labels,) pairs of each label at or above a threshold; zeros where there is none."""
    names = counted.columns[1:]
    if threshold is None:
        return np.zeros(len(names), dtype=np.int64)
    rising = counted[SCORE].to_numpy()[::-1]  # a view: a million scores are neither copied nor read through
    row = rising.size - int(np.searchsorted(rising, threshold)) - 1
    return np.array([counted[name].to_numpy()[row] if row >= 0 else 0 for name in names], dtype=np.int64)


def judge(
    counted: pd.DataFrame, kind: str, thresholds: Thresholds, confidence: float = DEFAULT_CONFIDENCE
) -> DomainEvaluation:
    """What `evaluate_thresholds` says of the pairs that were counted, every pair taken as independent."""
    labels = np.array([float(str(name)) for name in counted.columns[1:]])
    bands = _bands(counted, thresholds)
    total, reached = bands.sum(axis=0), np.cumsum(bands, axis=0)
    found = []
    for number, tier in enumerate(THRESHOLD_TIERS):
        least = POSITIVE_FROM[kind].get(tier)
        if least is None or np.isnan(least):
            continue
        hit, accepted = labels >= least, reached[number] if thresholds.get(tier) is not None else 0 * total
        found.append(_metrics(tier, thresholds.get(tier), accepted, bands[number], hit, total, confidence))
    lowest = WEAK if any(metrics.tier == WEAK for metrics in found) else SAME
    unlike, below = ~(labels >= POSITIVE_FROM[kind][lowest]), bands[-1]
    bound = lowest_line(thresholds) if lowest == SAME else thresholds.get(WEAK)
    found.append(_metrics(UNRELATED, bound, below, below, unlike, total, confidence))
    return DomainEvaluation("", int(total.sum()), tuple(found), out_of_fold=False, binary=kind == BINARY)


def crossed(counted: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """What `confusion` says of the pairs that were counted: one row a tier given, one column a label (rising)."""
    table = pd.DataFrame(_bands(counted, thresholds), index=pd.Index(TIERS), columns=counted.columns[1:])
    table.index.name, table.columns.name = "tier", LABEL
    return table


def _bands(counted: pd.DataFrame, thresholds: Thresholds) -> Ints:
    """(4, labels) pairs that are given each tier, high to low: the highest whose threshold they reach."""
    total = counted.iloc[-1, 1:].to_numpy(dtype=np.int64)
    reached = [at_or_above(counted, thresholds.get(tier)) for tier in THRESHOLD_TIERS]
    upto = np.maximum.accumulate(np.stack([*reached, total]), axis=0)
    return np.diff(upto, axis=0, prepend=np.zeros((1, total.size), dtype=np.int64))


def _metrics(
    tier: str,
    threshold: float | None,
    accepted: Ints,
    band: Ints,
    hit: np.ndarray,
    total: Ints,
    confidence: float,
) -> TierMetrics:
    """One tier from counts by label."""
    right = int(accepted[hit].sum())
    return TierMetrics(
        tier,
        threshold,
        precision=proportion(right, int(accepted.sum()), confidence),
        recall=proportion(right, int(total[hit].sum()), confidence),
        in_band=proportion(int(band[hit].sum()), int(band.sum()), confidence),
    )
