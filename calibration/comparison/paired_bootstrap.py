"""Group bootstrap of AUC, recall and precision, paired over variants of the same pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.columns import SAME, SCORE, TEXT_A, TEXT_B
from calibration.evaluation.cross_validation import out_of_fold_tiers
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.fitting.sample import DomainSample
from calibration.pairs import positives
from calibration.stats.group_bootstrap import GroupSampler
from calibration.stats.threshold_counts import Floats, Ints

AUC: Final = "auc"
RECALL: Final = "recall"
PRECISION: Final = "precision"
_CELLS: Final = 4_000_000


def weighted_auc(scores: Floats, positive: Floats, weights: Floats) -> Floats:
    """(w,) area under the ROC curve for each row of `weights`, (w, n); NaN where a class has no weight.

    P(score of a positive > score of a negative) + P(equal) / 2 (Hanley & McNeil 1982), in [0, 1], the larger the
    better; depends on the order of scores only. scores: (n,) finite. positive: (n,) 1 or 0.

    >>> weighted_auc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 1, 0, 0]), np.ones((1, 4))).tolist()
    [0.875]
    """
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf) > 0)
    sorted_weights = weights[:, order]
    above = np.add.reduceat(sorted_weights * positive[order], starts, axis=1)
    below = np.add.reduceat(sorted_weights * (1.0 - positive[order]), starts, axis=1)
    won = (above * (np.cumsum(below, axis=1) - below / 2.0)).sum(axis=1)
    return _ratio(won, above.sum(axis=1) * below.sum(axis=1))


def auc_samples(scores: Floats, positive: Floats, groups: Ints, resamples: int, seed: int) -> Floats:
    """(1 + resamples,) the AUC of all pairs, then those of group resamples.

    Equal groups, resamples and seed draw equal samples, whatever the scores: differences are paired.
    """
    return np.concatenate([weighted_auc(scores, positive, drawn) for drawn in _weights(groups, resamples, seed)])


def certified_samples(
    rows: pd.DataFrame, groups: Ints, settings: FitSettings, domains: int, refits: int, seed: int
) -> dict[str, Floats]:
    """(1 + refits,) of recall and precision of `same` at its certified threshold: out of fold, then refitted.

    In each group resample the threshold is certified and counted on that resample, so that the spread holds
    the luck of the fit, which is most of it; its centre is optimistic and not used. NaN where a resample has none
    to count. Paired as in `auc_samples`.
    """
    sample = DomainSample.of(rows)
    taken = out_of_fold_tiers(sample, settings, domains, sample.splits_by(seed)) == SAME
    found = [_counts(taken, positives(rows, SAME))]
    sampler = GroupSampler(groups, seed)
    for _ in range(refits):
        drawn = _copies(rows, sampler.draw(sampler.count))
        threshold = fit_domain(drawn, settings, domains).thresholds[SAME]
        scores = drawn[SCORE].to_numpy(dtype=np.float64)
        found.append(_counts(scores >= (np.inf if threshold is None else threshold), positives(drawn, SAME)))
    recall, precision = np.array(found, dtype=np.float64).T
    return {RECALL: recall, PRECISION: precision}


def _copies(rows: pd.DataFrame, drawn: NDArray[np.intp]) -> pd.DataFrame:
    """The drawn rows; a group drawn twice is two groups, which share no text."""
    copy = pd.Series(drawn).groupby(drawn).cumcount().to_numpy()
    found = rows.iloc[drawn].copy()
    for name in (TEXT_A, TEXT_B):
        found[name] = (
            found[name].to_numpy(dtype=object)
            + np.array([f" {number}" for number in range(copy.max() + 1)], dtype=object)[copy]
        )
    return found


def _counts(taken: NDArray[np.bool_], positive: Floats) -> tuple[float, float]:
    """Recall and precision, NaN where there is nothing to count."""
    hits, due, accepted = float(positive[taken].sum()), float(positive.sum()), int(taken.sum())
    return hits / due if due else np.nan, hits / accepted if accepted else np.nan


def _weights(groups: Ints, resamples: int, seed: int) -> Iterator[Floats]:
    """(w, n) how often each pair is drawn: once each at first, then in resamples of whole groups, in portions."""
    yield np.ones((1, groups.size))
    _, codes = np.unique(groups, return_inverse=True)
    count = int(codes.max()) + 1
    rng, step = np.random.default_rng(seed), max(1, _CELLS // groups.size)
    for at in range(0, resamples, step):
        drawn = rng.multinomial(count, np.full(count, 1.0 / count), size=min(step, resamples - at))
        yield drawn[:, codes].astype(np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
