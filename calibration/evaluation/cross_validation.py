"""Thresholds judged out of fold: fitted again on the other folds' pairs, with no text on both sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.columns import TIERS, is_binary
from calibration.evaluation.tier_metrics import DomainEvaluation, tier_metrics, tier_ranks
from calibration.fitting.fit import DomainFit, FitSettings, fit_domain
from calibration.fitting.sample import DomainSample
from calibration.policies.tiers import assign_tiers
from calibration.stats.group_folds import Splits


def cross_validate(
    rows: pd.DataFrame | DomainSample,
    settings: FitSettings,
    domain: str = "",
    domains: int = 1,
    seed: int = 0,
    *,
    fit: DomainFit | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> DomainEvaluation:
    """Judge the fitting itself: fit on four folds, give tiers on the fifth, pool the five.

    Folds keep the share of labels and never split a group of pairs that share a text; where one group is larger
    than a fold, the groups are split at random many times, and `notes` says so. The thresholds shown are those of
    the fit on all rows; the counts are out of fold, and a little pessimistic: each fold had fewer labels.
    Intervals are widened by the design effect of the groups. Where there is one group only, nothing is judged.
    fit: the fit on all rows, where the caller has made it. progress: called with the splits done and of all.
    """
    sample = DomainSample.of(rows)
    usable = sample.random
    splits = usable.splits_by(seed)
    given = out_of_fold_tiers(usable, settings, domains, splits, progress)
    final = fit or fit_domain(sample, settings, domains)
    tiers = tier_metrics(usable, given, final.thresholds, settings.confidence, splits.groups)
    return DomainEvaluation(
        domain,
        usable.n,
        tiers,
        True,
        scheme=splits.scheme,
        largest_group=splits.largest,
        notes=splits.notes,
        floor=usable.floor,
        binary=is_binary(usable.kinds),
    )


def out_of_fold_tiers(
    sample: DomainSample,
    settings: FitSettings,
    domains: int,
    splits: Splits,
    progress: Callable[[int, int], object] | None = None,
) -> NDArray[np.object_]:
    """(n,) the tier that fits without a row give it, the middle one of several; None where there was none."""
    if not splits.splits:
        return np.full(sample.n, None, dtype=object)
    votes = np.zeros((sample.n, len(TIERS)), dtype=np.int16)
    for done, (train, test) in enumerate(splits.splits, start=1):
        fit = fit_domain(sample.take(train), settings, domains)
        held = None if sample.held is None else sample.held[test]
        votes[test, tier_ranks(assign_tiers(sample.scores[test], fit.thresholds, held))] += 1
        if progress is not None:
            progress(done, len(splits.splits))
    # The first tier from below that half of the fits do not go beneath: of two middle ones, the lower.
    below = np.cumsum(votes[:, ::-1], axis=1, dtype=np.int16)
    middle = np.argmax(2 * below >= below[:, -1:], axis=1)
    names = np.array(TIERS[::-1], dtype=object)
    return np.asarray(names[middle], dtype=object)
