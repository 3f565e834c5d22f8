"""How good thresholds are on labelled pairs: precision and recall of every tier, each with its n and interval.

Thresholds that were fitted on the same pairs are judged out of fold: they are fitted again inside every fold, on
the other folds' pairs, and no text stands on both sides. Fixed thresholds (the published ones, a policy from
elsewhere) are judged on the pairs as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from calibration.columns import (
    KIND,
    LABEL,
    PURPOSE,
    PURPOSE_REVIEW,
    RELATED,
    SAME,
    SCORE,
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
    WEAK,
)
from calibration.curve import Floats
from calibration.fit import FitSettings, fit_domain
from calibration.groups import text_groups
from calibration.intervals import Proportion, proportion
from calibration.pairs import positives

Thresholds = Mapping[str, float | None]
Flags = NDArray[np.bool_]

FOLDS = 5


@dataclass(frozen=True)
class TierMetrics:
    """One tier on labelled pairs.

    tier: for `same`, `related`, `weak` the pairs accepted are those at or above the tier's threshold, and a hit is
    a pair of at least that tier; for `unrelated` they are those below every threshold, and a hit is a pair that is
    below `weak` (with binary labels: not the same).
    precision: hits / accepted; recall: hits / all pairs that would be hits. in_band: precision among the pairs
    given exactly this tier.
    """

    tier: str
    threshold: float | None
    precision: Proportion
    recall: Proportion
    in_band: Proportion


@dataclass(frozen=True)
class DomainEvaluation:
    """Tiers of one domain judged on n pairs; `out_of_fold` where the thresholds were refitted in every fold."""

    domain: str
    n: int
    tiers: tuple[TierMetrics, ...]
    out_of_fold: bool

    def tier(self, name: str) -> TierMetrics | None:
        """The metrics of a tier, or None where the labels cannot tell."""
        return next((metrics for metrics in self.tiers if metrics.tier == name), None)


def assign_tiers(scores: Floats, thresholds: Thresholds) -> NDArray[np.object_]:
    """(n,) the tier of each score: the highest whose threshold it reaches; `unrelated` below them all.

    >>> assign_tiers(np.array([0.9, 0.8, 0.1]), {"same": 0.85, "related": None, "weak": 0.5}).tolist()
    ['same', 'weak', 'unrelated']
    """
    given = np.full(scores.shape, UNRELATED, dtype=object)
    for tier in reversed(THRESHOLD_TIERS):
        threshold = thresholds.get(tier)
        if threshold is not None:
            given[scores >= threshold] = tier
    return given


def evaluate_thresholds(
    rows: pd.DataFrame, thresholds: Thresholds, confidence: float = 0.9, domain: str = ""
) -> DomainEvaluation:
    """Judge fixed thresholds on the scored, labelled rows of one domain (NaN scores count as `unrelated`)."""
    given = assign_tiers(rows[SCORE].to_numpy(dtype=np.float64), thresholds)
    tiers = _metrics(rows, given, thresholds, confidence)
    return DomainEvaluation(domain, len(rows), tiers, out_of_fold=False)


def cross_validate(
    rows: pd.DataFrame, settings: FitSettings, domain: str = "", domains: int = 1, seed: int = 0
) -> DomainEvaluation:
    """Judge the fitting itself: fit on four folds, give tiers on the fifth, pool the five.

    Folds keep the share of labels and never split a group of pairs that share a text. The thresholds shown are
    those of the fit on all rows; the counts are out of fold, and a little pessimistic: each fold had fewer labels.
    """
    usable = rows[rows[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in rows.columns else rows
    given = out_of_fold_tiers(usable, settings, domains, seed)
    final = fit_domain(rows, settings, domains)
    tiers = _metrics(usable, given, final.thresholds, settings.confidence)
    return DomainEvaluation(domain, len(usable), tiers, out_of_fold=True)


def out_of_fold_tiers(
    rows: pd.DataFrame, settings: FitSettings, domains: int = 1, seed: int = 0
) -> NDArray[np.object_]:
    """(n,) the tier each row of one domain gets from thresholds fitted without its fold; `unrelated` without folds."""
    groups, labels = text_groups(rows), rows[KIND].astype(str) + rows[LABEL].astype(str)
    scores = rows[SCORE].to_numpy(dtype=np.float64)
    given = np.full(len(rows), UNRELATED, dtype=object)
    folds = min(FOLDS, len(np.unique(groups)))
    if folds < 2:
        return given
    for train, test in grouped_splits(groups, labels, folds, seed):
        fit = fit_domain(rows.iloc[train], settings, domains)
        given[test] = assign_tiers(scores[test], fit.thresholds)
    return given


def grouped_splits(
    groups: NDArray[np.int64], labels: pd.Series[str], folds: int, seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(train, test) row numbers of stratified folds that split no group; labels rarer than the folds are merged."""
    counts = labels.value_counts()
    strata = labels.where(labels.map(counts) >= folds, "rare")
    if strata.value_counts().max() < folds:
        strata = pd.Series("all", index=labels.index)
    if (strata == "rare").sum() < folds:
        strata = strata.where(strata != "rare", strata.mode()[0])
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(groups)), strata.to_numpy(dtype=object).astype(str), groups))


def _metrics(
    rows: pd.DataFrame, given: NDArray[np.object_], thresholds: Thresholds, confidence: float
) -> tuple[TierMetrics, ...]:
    rank = {tier: position for position, tier in enumerate(TIERS)}
    ranks = np.array([rank[tier] for tier in given], dtype=np.int64)
    found = []
    for tier in THRESHOLD_TIERS:
        positive = positives(rows, tier)
        if np.isfinite(positive).any():
            accepted, band = ranks <= rank[tier], ranks == rank[tier]
            accepted = accepted if thresholds.get(tier) is not None else np.zeros_like(accepted)
            found.append(_tier_metrics(tier, thresholds.get(tier), accepted, band, positive, confidence))
    lowest = WEAK if np.isfinite(positives(rows, WEAK)).any() else SAME
    below, unlike = ranks == rank[UNRELATED], 1.0 - positives(rows, lowest)
    bound = thresholds.get(RELATED if lowest == SAME else WEAK)
    found.append(_tier_metrics(UNRELATED, bound, below, below, unlike, confidence))
    return tuple(found)


def _tier_metrics(
    tier: str, threshold: float | None, accepted: Flags, band: Flags, positive: Floats, confidence: float
) -> TierMetrics:
    known = np.isfinite(positive)
    hit = positive == 1.0

    def share(of: Flags, among: Flags) -> Proportion:
        return proportion(int((of & among).sum()), int(among.sum()), confidence)

    return TierMetrics(
        tier,
        threshold,
        precision=share(hit, accepted & known),
        recall=share(accepted, hit),
        in_band=share(hit, band & known),
    )


def confusion(rows: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """Counts of pairs: one row a tier given (high to low), one column a label (rising)."""
    given = assign_tiers(rows[SCORE].to_numpy(dtype=np.float64), thresholds)
    table = pd.crosstab(pd.Categorical(given, categories=list(TIERS)), rows[LABEL].to_numpy(), dropna=False)
    table.index.name, table.columns.name = "tier", LABEL
    return table
