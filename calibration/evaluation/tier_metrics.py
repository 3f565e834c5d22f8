"""Precision and recall of every tier on labelled pairs, each with its n and interval.

Fixed thresholds (the published ones, a policy from elsewhere) are judged on the pairs as they are; those that were
fitted on the same pairs are judged out of fold, see `calibration.evaluation.cross_validation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.columns import (
    DEFAULT_CONFIDENCE,
    DIFFERENT,
    LABEL,
    LOWEST_SCORE,
    SAME,
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
    WEAK,
    is_binary,
    lowest_line,
    shown_tier,
)
from calibration.fitting.sample import DomainSample
from calibration.messages.note import Note
from calibration.policies.tiers import Thresholds, assign_rows, assign_tiers, guards_of
from calibration.stats.design_effect import clustered_proportion, design_effect
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.shared_text_effect import shared_proportion
from calibration.stats.threshold_counts import Flags, Floats, Ints

FIXED: Final = "fixed"


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
    """Tiers of one domain judged on n pairs; `out_of_fold` where the thresholds were refitted in every fold.

    scheme: `fixed` for given thresholds, else how the rows were split, see `calibration.stats.group_folds.Splits`.
    largest_group: share of the rows that hang together in the largest group; NaN where it was not looked at.
    notes: what to say with the numbers. floor: the score above which the labels were drawn; where it is above -1,
    recall counts only pairs at or above it, and says nothing about all pairs. binary: labels only say same or not.
    """

    domain: str
    n: int
    tiers: tuple[TierMetrics, ...]
    out_of_fold: bool
    scheme: str = FIXED
    largest_group: float = math.nan
    notes: tuple[Note, ...] = ()
    floor: float = LOWEST_SCORE
    binary: bool = False

    def shown(self) -> list[tuple[str, TierMetrics]]:
        """The metrics that people read, each with the key of its word in `SHOWN_NAMES`.

        Where a binary domain has no threshold besides `same`, nothing is called different, so that row is left out.
        """
        words = ((shown_tier(one.tier, self.binary), one) for one in self.tiers)
        return [(word, one) for word, one in words if word != DIFFERENT or one.threshold is not None]

    def tier(self, name: str) -> TierMetrics | None:
        """The metrics of a tier, or None where the labels cannot tell."""
        return next((metrics for metrics in self.tiers if metrics.tier == name), None)


def evaluate_thresholds(
    rows: pd.DataFrame | DomainSample,
    thresholds: Thresholds,
    confidence: float = DEFAULT_CONFIDENCE,
    domain: str = "",
    *,
    texts: Ints | None = None,
) -> DomainEvaluation:
    """Judge fixed thresholds on the scored, labelled rows of one domain (NaN scores count as `unrelated`).

    All rows are judged, those picked for review too.

    texts: (n, 2) `calibration.stats.text_groups.text_codes` of the rows, to widen the intervals where rows share
    texts, as a fit counts such labels for less; None takes every row as independent.
    """
    sample = DomainSample.of(rows, guards_of(thresholds))
    given = assign_tiers(sample.scores, thresholds, sample.held)
    tiers = tier_metrics(sample, given, thresholds, confidence, texts=texts)
    binary = is_binary(sample.kinds)
    return DomainEvaluation(domain, sample.n, tiers, out_of_fold=False, floor=sample.floor, binary=binary)


def tier_ranks(given: NDArray[np.object_]) -> Ints:
    """(n,) the place of each tier in TIERS, 0 being the highest; beyond them all where there is none."""
    codes, distinct = pd.factorize(given)
    ranks = [TIERS.index(tier) if tier in TIERS else len(TIERS) for tier in distinct]
    return np.array([*ranks, len(TIERS)], dtype=np.int64)[codes]


def tier_metrics(
    sample: DomainSample,
    given: NDArray[np.object_],
    thresholds: Thresholds,
    confidence: float,
    groups: Ints | None = None,
    texts: Ints | None = None,
) -> tuple[TierMetrics, ...]:
    """The metrics of every tier for rows that were given tiers, None where a row was given none.

    groups: of the rows, by which the intervals are widened; texts: see `evaluate_thresholds`.
    """
    ranks = tier_ranks(given)
    judged = ranks < len(TIERS)
    found = []
    for tier in THRESHOLD_TIERS:
        positive = sample.labels[tier]
        if np.isfinite(positive).any():
            accepted, band = ranks <= TIERS.index(tier), ranks == TIERS.index(tier)
            accepted = accepted if thresholds.get(tier) is not None else np.zeros_like(accepted)
            counted = _Counted(np.where(judged, positive, np.nan), confidence, groups, texts)
            found.append(counted.metrics(tier, thresholds.get(tier), accepted, band))
    lowest = WEAK if np.isfinite(sample.labels[WEAK]).any() else SAME
    below, unlike = ranks == TIERS.index(UNRELATED), np.where(judged, 1.0 - sample.labels[lowest], np.nan)
    bound = lowest_line(thresholds) if lowest == SAME else thresholds.get(WEAK)
    found.append(_Counted(unlike, confidence, groups, texts).metrics(UNRELATED, bound, below, below))
    return tuple(found)


@dataclass(frozen=True)
class _Counted:
    """(n,) 1 where a row is a hit, 0 where not, NaN where nobody can tell; and the groups of the rows,
    or the texts that they share.
    """

    positive: Floats
    confidence: float
    groups: Ints | None
    texts: Ints | None

    def metrics(self, tier: str, threshold: float | None, accepted: Flags, band: Flags) -> TierMetrics:
        known, hit = np.isfinite(self.positive), self.positive == 1.0
        # Where every row counted is a hit (or none is), rows are taken to be as alike as their labels are.
        icc = None if self.groups is None else design_effect(hit[known], self.groups[known]).icc

        def share(of: Flags, among: Flags) -> Proportion:
            if self.texts is not None:
                return shared_proportion(of[among], self.texts[among], self.confidence)
            if self.groups is None:
                return proportion(int((of & among).sum()), int(among.sum()), self.confidence)
            return clustered_proportion(of[among], self.groups[among], self.confidence, icc)

        return TierMetrics(
            tier,
            threshold,
            precision=share(hit, accepted & known),
            recall=share(accepted, hit),
            in_band=share(hit, band & known),
        )


def confusion(rows: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """Counts of pairs: one row a tier given (high to low), one column a label (rising)."""
    given = assign_rows(rows, thresholds)
    table = pd.crosstab(pd.Categorical(given, categories=list(TIERS)), rows[LABEL].to_numpy(), dropna=False)
    table.index.name, table.columns.name = "tier", LABEL
    return table
