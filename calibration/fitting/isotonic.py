"""Fit an isotonic map from scores to the probability of a positive, with an interval at every score.

The map is the rising step function closest to the labels (pool adjacent violators; Zadrozny & Elkan 2002), read
with straight lines between its knots. How good it is, is judged out of fold in
`calibration.evaluation.reliability`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.stats import beta

from calibration.columns import DEFAULT_CONFIDENCE, SAME
from calibration.fitting.sample import Samples, domain_samples
from calibration.policies.probability_map import ProbabilityMap
from calibration.stats.design_effect import design_effect
from calibration.stats.group_bootstrap import M_POWER, RATE, GroupSampler
from calibration.stats.intervals import check_confidence
from calibration.stats.threshold_counts import Floats, Ints, check_arrays

RESAMPLES: Final = 200
BINS: Final = 5000
"""Distinct scores beyond this many are merged into as many of equal size first: far finer than the map's steps."""


def fit_probability(
    scores: ArrayLike,
    labelled: ArrayLike,
    groups: Ints | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> ProbabilityMap:
    """The isotonic map of (n,) scores to P(positive), for labels (n,) 1 or 0; NaN and infinite ones left out.

    groups: (n,) rows that hang together, None for independent ones. The interval is the m-out-of-n bootstrap by
    group (m = G^0.8; the map's error falls like n^-1/3, where the plain bootstrap fails, Sen, Banerjee & Woodroofe
    2010). On a step that is all positive or all negative, which hardly varies in a resample, Clopper-Pearson on its
    labels and on those beside it, n^(2/3) in all, divided by the design effect, widens it.

    >>> found = fit_probability(np.arange(100) / 100, np.arange(100) >= 50, resamples=20)
    >>> found.probability([0.1, 0.9]).tolist()
    [0.0, 1.0]
    >>> 0.8 < found.at(0.9).low < 1.0
    True
    """
    check_confidence(confidence)
    raw, labels = check_arrays(scores, labelled)
    usable = np.isfinite(raw) & np.isfinite(labels)
    raw, labels = raw[usable], labels[usable]
    if not raw.size:
        return ProbabilityMap((), (), (), (), 0, confidence)
    units = np.arange(raw.size) if groups is None else np.asarray(groups)[usable]
    places, at = _places(raw)
    everyone = np.arange(raw.size)
    fitted = _isotonic(places, at, labels, everyone)
    low, high = _bootstrap(places, at, labels, units, fitted, confidence, resamples, seed)
    step_low, step_high = _step_bounds(at, labels, fitted, design_effect(labels, units).value, confidence)
    # Made to hold the map and to rise like it, always by widening.
    low = np.minimum.accumulate(np.minimum.reduce([low, step_low, fitted])[::-1])[::-1]
    high = np.maximum.accumulate(np.maximum.reduce([high, step_high, fitted]))
    knots = _knots(fitted, low, high)
    x, y, least, most = (tuple(column[knots].tolist()) for column in (places, fitted, low, high))
    return ProbabilityMap(x, y, least, most, raw.size, confidence, int(labels.sum()))


def domain_probabilities(
    scored: pd.DataFrame | Samples, confidence: float = DEFAULT_CONFIDENCE, resamples: int = RESAMPLES
) -> dict[str, ProbabilityMap]:
    """The map from score to P(same) of every domain of a scored, labelled frame, thinned for a policy.

    Rests on the rows that may certify: not picked for review, and at or above the recorded floor, below which the
    map then knows nothing. Domains whose labels all say the same, or cannot tell `same`, are left out.
    """
    found = {}
    for name, sample in domain_samples(scored).items():
        used, same = sample.certifying, sample.certifying.labels[SAME]
        if np.unique(same[used.known(SAME)]).size < 2:
            continue
        made = fit_probability(used.scores, same, used.groups, confidence, resamples=resamples)
        found[name] = replace(made.thinned(), floor=sample.random.floor)
    return found


def isotonic_values(scores: Floats, positives: Floats) -> Floats:
    """(n,) the isotonic fit at each of n scores, ties sharing one value."""
    places, at = _places(scores)
    return _isotonic(places, at, positives, np.arange(scores.size))[at]


def _places(scores: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Rising distinct scores, at most about BINS of them, and the place of each score among them."""
    places, at, counts = np.unique(scores, return_inverse=True, return_counts=True)
    if places.size <= BINS:
        return places, at
    merged = (np.cumsum(counts) - 1) * BINS // scores.size
    _, merged = np.unique(merged, return_inverse=True)
    weight = np.bincount(merged, weights=counts)
    return np.bincount(merged, weights=counts * places) / weight, merged[at]


def _isotonic(places: Floats, at: NDArray[np.intp], labels: Floats, rows: NDArray[np.intp]) -> Floats:
    """(k,) the isotonic fit of the drawn rows, read at every place."""
    weight = np.bincount(at[rows], minlength=places.size)
    hits = np.bincount(at[rows], weights=labels[rows], minlength=places.size)
    seen = weight > 0
    fit = isotonic_regression(hits[seen] / weight[seen], weights=weight[seen])
    return np.asarray(np.interp(places, places[seen], fit.x), dtype=np.float64)


def _bootstrap(
    places: Floats,
    at: NDArray[np.intp],
    labels: Floats,
    groups: Ints,
    fitted: Floats,
    confidence: float,
    resamples: int,
    seed: int,
) -> tuple[Floats, Floats]:
    sampler = GroupSampler(groups, seed)
    size = math.ceil(sampler.count**M_POWER)
    drawn = np.stack([_isotonic(places, at, labels, sampler.draw(size)) for _ in range(resamples)])
    tail, shrink = (1.0 - confidence) / 2.0, (size / sampler.count) ** RATE
    low, high = np.quantile(drawn, (tail, 1.0 - tail), axis=0)
    return np.clip(fitted + shrink * (low - fitted), 0.0, 1.0), np.clip(fitted + shrink * (high - fitted), 0.0, 1.0)


def _step_bounds(
    at: NDArray[np.intp], labels: Floats, fitted: Floats, deff: float, confidence: float
) -> tuple[Floats, Floats]:
    """(k,) Clopper-Pearson bounds on the steps that are all positive or all negative; (1, 0), no bound, elsewhere.

    Such a step is the last or the first. Where it holds few labels, those beside it join it until there are
    n^(2/3): the chance there is no lower (higher) than that of all of them, and a bound from a label or two, which
    those further on must keep, would say next to nothing of any score.
    """
    n, hits = np.bincount(at), np.bincount(at, weights=labels).astype(np.float64)
    least, tail = labels.size ** (2.0 / 3.0), (1.0 - confidence) / 2.0
    low, high = np.ones(fitted.shape), np.zeros(fitted.shape)
    if (last := fitted == 1.0).any():
        m, right = _gathered(n[::-1], hits[::-1], max(least, n[last].sum()))
        low[last] = beta.ppf(tail, right / deff, (m - right) / deff + 1)
    if (first := fitted == 0.0).any():
        m, right = _gathered(n, hits, max(least, n[first].sum()))
        high[first] = beta.ppf(1.0 - tail, right / deff + 1, (m - right) / deff)
    return low, high


def _gathered(n: NDArray[np.intp], hits: Floats, least: float) -> tuple[float, float]:
    """Labels of the first places that hold `least` of them or more, and the positives among them."""
    end = int(np.searchsorted(np.cumsum(n), least - 1e-9)) + 1
    return float(n[:end].sum()), float(hits[:end].sum())


def _knots(*columns: Floats) -> NDArray[np.intp]:
    """The places where any column bends: between them it is constant, so straight lines lose nothing."""
    rows = np.stack(columns, axis=1)
    change = np.flatnonzero((np.diff(rows, axis=0) != 0).any(axis=1))
    return np.unique(np.concatenate([[0], change, change + 1, [len(rows) - 1]])).astype(np.intp)
