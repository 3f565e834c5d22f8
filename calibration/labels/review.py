"""Select labelled pairs for people to check: near a threshold, or with a label that is likely wrong.

They are picked, not drawn: they carry purpose=review, and certificates and estimates of how common positives are
leave them out. A label is likely wrong where the score says the opposite: the probability of the given label, by an
isotonic fit of P(positive | score) on other folds, is low (Northcutt, Jiang & Chuang 2021, self-confidence).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.isotonic import IsotonicRegression

from calibration.columns import PURPOSE, PURPOSE_REVIEW, SAME, SCORE
from calibration.errors import N_, BadArgument
from calibration.pairs import positives
from calibration.stats.group_folds import group_splits
from calibration.stats.threshold_counts import Floats

REASON: Final = "reason"
PROBABILITY: Final = "probability"
DISTANCE: Final = "distance"

NEAR_THRESHOLD: Final = N_("near the threshold")
LABEL_DOUBTFUL: Final = N_("the label may be wrong")

DOUBTFUL_BELOW: Final = 0.2
"""A label of lower probability, by its score, is worth a second look."""


def label_probability(rows: pd.DataFrame, tier: str = SAME, seed: int = 0) -> Floats:
    """(n,) the probability in [0, 1] of each row's own label, by its score; the smaller, the likelier an error.

    rows: the scored, labelled rows of one domain. Out of fold: P(positive | score) is fitted isotonically on
    pairs that share no text with the row. NaN where the score or the label cannot tell, or nothing can be fitted.
    """
    labels, scores = positives(rows, tier), rows[SCORE].to_numpy(dtype=np.float64)
    known = np.flatnonzero(np.isfinite(labels) & np.isfinite(scores))
    total, times = np.zeros(len(rows)), np.zeros(len(rows))
    if known.size:
        for train, test in group_splits(rows.iloc[known], seed=seed).splits:
            fit = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
            fit.fit(scores[known[train]], labels[known[train]])
            total[known[test]] += fit.predict(scores[known[test]])
            times[known[test]] += 1
    positive = np.divide(total, times, out=np.full(len(rows), np.nan), where=times > 0)
    return np.asarray(np.where(labels == 1.0, positive, 1.0 - positive), dtype=np.float64)


def likely_label_errors(rows: pd.DataFrame, n: int, tier: str = SAME, seed: int = 0) -> pd.DataFrame:
    """The n labelled rows whose labels are least probable, and less than DOUBTFUL_BELOW; least probable first.

    Adds `probability` (of the label given) and `reason`; sets purpose=review.
    """
    _check(n)
    probability = label_probability(rows, tier, seed)
    order = np.argsort(np.where(np.isnan(probability), np.inf, probability), kind="stable")
    chosen = order[probability[order] < DOUBTFUL_BELOW][:n]
    return _queued(rows.iloc[chosen], LABEL_DOUBTFUL).assign(**{PROBABILITY: probability[chosen]})


def near_thresholds(rows: pd.DataFrame, thresholds: Sequence[float], n: int) -> pd.DataFrame:
    """The n scored rows nearest to any of the thresholds, nearest first; labelled or not.

    Distance is counted in ranks, the share of the domain's rows that are between: scores may be bunched
    anywhere. Adds `distance` in [0, 1] and `reason`; sets purpose=review. Thresholds that are not finite, or
    accept everything, are left out.
    """
    _check(n)
    usable = rows[np.isfinite(rows[SCORE].to_numpy(dtype=np.float64))]
    scores = usable[SCORE].to_numpy(dtype=np.float64)
    places = [float((scores < t).mean()) for t in thresholds if np.isfinite(t) and t > -1.0] if scores.size else []
    if not places:
        return _queued(usable.iloc[:0], NEAR_THRESHOLD).assign(**{DISTANCE: np.empty(0)})
    ranks = (rankdata(scores) - 0.5) / scores.size
    distance = np.abs(ranks[:, None] - np.asarray(places)[None, :]).min(axis=1)
    chosen = np.argsort(distance, kind="stable")[:n]
    return _queued(usable.iloc[chosen], NEAR_THRESHOLD).assign(**{DISTANCE: distance[chosen]})


def review_queue(
    rows: pd.DataFrame, thresholds: Sequence[float], n: int, tier: str = SAME, seed: int = 0
) -> pd.DataFrame:
    """Up to n rows of one domain to look at: half likely label errors, the rest near thresholds, none twice."""
    _check(n)
    numbered = rows.reset_index(drop=True)
    doubtful = likely_label_errors(numbered, n - n // 2, tier, seed)
    others = numbered.drop(index=doubtful.index)
    near = near_thresholds(others, thresholds, n - len(doubtful))
    return pd.concat([found for found in (doubtful, near) if len(found)] or [near]).reset_index(drop=True)


def _queued(rows: pd.DataFrame, reason: str) -> pd.DataFrame:
    marked = rows.copy()
    marked[PURPOSE], marked[REASON] = PURPOSE_REVIEW, reason
    return marked


def _check(n: int) -> None:
    if n < 1:
        raise BadArgument("n", N_("a whole number from 1"), n)
