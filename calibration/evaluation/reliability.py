"""Quality of the map from scores to probabilities: Brier score, calibration error, reliability table.

Everything that judges the map is out of fold: each row's probability comes from a map fitted without its group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, SAME, SCORE
from calibration.fitting.isotonic import isotonic_values
from calibration.messages.note import Note
from calibration.pairs import positives
from calibration.pairs.purpose import calibration_rows
from calibration.stats.design_effect import clustered_proportion
from calibration.stats.group_bootstrap import RESAMPLES, GroupSampler
from calibration.stats.group_folds import group_splits
from calibration.stats.intervals import BOOTSTRAP, Estimate, Proportion, outer_quantiles, spread_estimate
from calibration.stats.threshold_counts import Floats, Ints

BINS: Final = 10


@dataclass(frozen=True)
class ReliabilityBin:
    """Rows of neighbouring probabilities in [low, high]: their mean probability, and the share that is positive."""

    low: float
    high: float
    predicted: float
    observed: Proportion


@dataclass(frozen=True)
class Reliability:
    """How true probabilities are.

    brier: mean squared error, in [0, 1], the smaller the better; always saying the share s of positives has
    s (1 - s), given as `brier_baseline`. ece: mean distance of predicted and observed share over bins of equal
    size, in [0, 1], the smaller the better; it is above 0 even for a perfect map, up to `ece_by_chance` (the upper
    quantile where labels follow the map). bins: for a diagram. scheme, notes: how rows were split.
    """

    brier: Estimate
    brier_baseline: float
    ece: Estimate
    ece_by_chance: float
    bins: tuple[ReliabilityBin, ...]
    scheme: str
    notes: tuple[Note, ...] = ()


def judge_probability(
    rows: pd.DataFrame,
    tier: str = SAME,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Reliability:
    """Judge the isotonic map of one domain's scored, labelled rows out of fold; review rows are left out."""
    usable = calibration_rows(rows)
    known = np.isfinite(usable[SCORE].to_numpy(dtype=np.float64)) & np.isfinite(positives(usable, tier))
    usable = usable[known]
    scores, labels = usable[SCORE].to_numpy(dtype=np.float64), positives(usable, tier)
    splits = group_splits(usable, seed=seed)
    total, times = np.zeros(labels.size), np.zeros(labels.size)
    for train, test in splits.splits:
        rising = np.argsort(scores[train], kind="stable")
        fitted = isotonic_values(scores[train], labels[train])
        total[test] += np.interp(scores[test], scores[train][rising], fitted[rising])
        times[test] += 1
    tested = times > 0
    out_of_fold = total[tested] / times[tested]
    found = reliability(
        out_of_fold, labels[tested], splits.groups[tested], confidence, resamples=resamples, seed=seed
    )
    return Reliability(**(found.__dict__ | {"scheme": splits.scheme, "notes": splits.notes}))


def reliability(
    probabilities: Floats,
    labels: Floats,
    groups: Ints,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Reliability:
    """Judge (n,) probabilities against (n,) labels 1 or 0, in groups (n,) drawn whole; see `Reliability`.

    The interval of ece starts at 0 where it is within what chance gives a perfect map.
    """
    n = labels.size
    if not n:
        nothing = spread_estimate(math.nan, (), 0, confidence, bounds=(0.0, 1.0))
        return Reliability(nothing, math.nan, nothing, math.nan, (), "given")
    bin_of = _bins(probabilities)
    squares, gaps = (probabilities - labels) ** 2, labels - probabilities
    sampler = GroupSampler(groups, seed)
    drawn = [sampler.draw(sampler.count) for _ in range(resamples)]
    brier = spread_estimate(float(squares.mean()), [squares[r].mean() for r in drawn], n, confidence, bounds=(0, 1))
    random = np.random.default_rng(seed)
    perfect = [_ece((random.random(n) < probabilities) - probabilities, bin_of) for _ in range(resamples)]
    by_chance = outer_quantiles(np.array(perfect), confidence)[1]
    ece = _ece_estimate(
        _ece(gaps, bin_of), np.array([_ece(gaps[r], bin_of[r]) for r in drawn]), by_chance, n, confidence
    )
    share = float(labels.mean())
    bins = tuple(_bin(probabilities, labels, groups, bin_of == b, confidence) for b in range(int(bin_of.max()) + 1))
    return Reliability(brier, share * (1.0 - share), ece, by_chance, bins, "given")


def _bins(probabilities: Floats) -> Ints:
    """(n,) bin numbers from 0: at most BINS of about equal size, equal probabilities together."""
    _, level, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    _, merged = np.unique((middle * BINS / probabilities.size).astype(np.int64), return_inverse=True)
    return np.asarray(merged[level], dtype=np.int64)


def _ece(gaps: Floats, bin_of: Ints) -> float:
    """sum_b |sum of gaps in b| / n (Naeini, Cooper & Hauskrecht 2015)."""
    return float(np.abs(np.bincount(bin_of, weights=gaps)).sum() / gaps.size)


def _ece_estimate(value: float, drawn: Floats, by_chance: float, n: int, confidence: float) -> Estimate:
    """A resample adds noise to every bin, which lifts ece: the lower bound is reflected, the upper one is not."""
    high = outer_quantiles(drawn, confidence)[1]
    low = 0.0 if value <= by_chance else max(0.0, 2.0 * value - high)
    return Estimate(value, low, max(value, high), n, confidence, BOOTSTRAP)


def _bin(
    probabilities: Floats, labels: Floats, groups: Ints, inside: np.ndarray, confidence: float
) -> ReliabilityBin:
    mine = probabilities[inside]
    observed = clustered_proportion(labels[inside], groups[inside], confidence, 0.0)
    return ReliabilityBin(float(mine.min()), float(mine.max()), float(mine.mean()), observed)
