"""From a score to the chance that a pair is positive: an isotonic map with an interval at every score.

The map is the rising step function closest to the labels (pool adjacent violators; Zadrozny & Elkan 2002), as
sklearn's IsotonicRegression fits it, read with straight lines between its knots. How good it is, is judged out of
fold in `calibration.reliability`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta
from sklearn.isotonic import IsotonicRegression

from calibration.clustering import design_effect
from calibration.curve import Floats, Ints, check_arrays
from calibration.intervals import M_OF_N, Estimate, check_confidence
from calibration.resample import M_POWER, RATE, GroupSampler

RESAMPLES: Final = 200
BINS: Final = 5000
"""Distinct scores beyond this many are merged into as many of equal size first: far finer than the map's steps."""


@dataclass(frozen=True)
class ProbabilityMap:
    """P(positive) at rising `scores`, (k,) each; between them straight lines, beyond them the end values.

    low, high: pointwise interval at `confidence`, rising like the map. n: labels behind it.
    """

    scores: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int
    confidence: float

    def probability(self, scores: ArrayLike) -> Floats:
        """(n,) P(positive) in [0, 1] at (n,) scores; NaN for NaN, or without labels."""
        return self._read(scores, self.values)

    def at(self, score: float) -> Estimate:
        """P(positive) of one score with its interval."""
        value, low, high = (float(self._read([score], of)[0]) for of in (self.values, self.low, self.high))
        if math.isnan(value):
            return Estimate(value, 0.0, 1.0, self.n, self.confidence, M_OF_N)
        # Straight lines are rounded one by one: the last bit may put a bound on the wrong side.
        return Estimate(value, min(low, value), max(high, value), self.n, self.confidence, M_OF_N)

    def _read(self, scores: ArrayLike, of: tuple[float, ...]) -> Floats:
        raw = np.asarray(scores, dtype=np.float64)
        return np.interp(raw, self.scores, of) if self.scores else np.full(raw.shape, np.nan)

    def to_json(self) -> dict[str, Any]:
        """Lists of JSON numbers, by field."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ProbabilityMap:
        """The inverse of `to_json`; raises KeyError or TypeError on anything else."""
        return cls(**{name: _frozen(data[name]) for name in cls.__dataclass_fields__})


def _frozen(value: Any) -> Any:
    return tuple(float(one) for one in value) if isinstance(value, list) else value


def fit_probability(
    scores: ArrayLike,
    positives: ArrayLike,
    groups: Ints | None = None,
    confidence: float = 0.9,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> ProbabilityMap:
    """The isotonic map of (n,) scores to P(positive), for positives (n,) 1 or 0; NaN and infinite ones left out.

    groups: (n,) rows that hang together, None for independent ones. The interval is the m-out-of-n bootstrap by
    group (m = G^0.8; the map's error falls like n^-1/3, where the plain bootstrap fails, Sen, Banerjee & Woodroofe
    2010). On a step that is all positive or all negative, which hardly varies in a resample, Clopper-Pearson on its
    labels, divided by the design effect, widens it.

    >>> found = fit_probability(np.arange(100) / 100, np.arange(100) >= 50, resamples=20)
    >>> found.probability([0.1, 0.9]).tolist()
    [0.0, 1.0]
    >>> 0.8 < found.at(0.9).low < 1.0
    True
    """
    check_confidence(confidence)
    raw, labels = check_arrays(scores, positives)
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
    return ProbabilityMap(x, y, least, most, raw.size, confidence)


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
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit(places[seen], hits[seen] / weight[seen], sample_weight=weight[seen])
    return np.asarray(model.predict(places), dtype=np.float64)


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
    """(k,) Clopper-Pearson bounds on steps that are all positive or all negative; (1, 0), no bound, elsewhere."""
    _, step = np.unique(fitted, return_inverse=True)
    n = np.bincount(step[at]) / deff
    hits = np.bincount(step[at], weights=labels) / deff
    tail = (1.0 - confidence) / 2.0
    with np.errstate(invalid="ignore"):
        low = np.where(hits < n, 1.0, beta.ppf(tail, hits, n - hits + 1))
        high = np.where(hits > 0, 0.0, beta.ppf(1.0 - tail, hits + 1, n - hits))
    return low[step], high[step]


def _knots(*columns: Floats) -> NDArray[np.intp]:
    """The places where any column bends: between them it is constant, so straight lines lose nothing."""
    rows = np.stack(columns, axis=1)
    change = np.flatnonzero((np.diff(rows, axis=0) != 0).any(axis=1))
    return np.unique(np.concatenate([[0], change, change + 1, [len(rows) - 1]])).astype(np.intp)
