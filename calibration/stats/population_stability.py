"""The population stability index, and its 95% quantile without drift."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from calibration.stats.threshold_counts import Floats, Ints

BINS: Final = 10
SMOOTHING: Final = 0.5
LEVEL: Final = 0.05


def decile_edges(scores: ArrayLike, bins: int = BINS) -> Floats:
    """Inner edges of bins that hold equal shares of the scores; edges that ties make equal are merged.

    >>> decile_edges(np.arange(1, 101)).tolist()
    [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]
    """
    values = np.asarray(scores, dtype=np.float64)
    quantiles = np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf")
    edges = np.unique(quantiles)
    below = edges[edges < values.max()]
    if below.size or not np.ptp(values):
        return below if below.size else edges
    return np.array([values[values < values.max()].max()])  # nearly all at the maximum: one bin for it


def bin_counts(scores: ArrayLike, edges: Floats) -> Ints:
    """(len(edges) + 1,) scores in each bin (lower edge, upper edge]."""
    places = np.searchsorted(edges, np.asarray(scores, dtype=np.float64), side="left")
    return np.bincount(places, minlength=len(edges) + 1).astype(np.int64)


def psi(reference: ArrayLike, live: ArrayLike) -> float:
    """Population stability index of two (b,) counts: sum (q - p) ln(q / p), >= 0, the smaller the better.

    p and q are the shares of each bin after adding 0.5 to every count, so that an empty bin costs much, not
    infinity. It is the symmetric Kullback-Leibler divergence of Jeffreys (1946).

    >>> psi([50, 50], [50, 50]), round(psi([50, 50], [70, 30]), 3)
    (0.0, 0.166)
    """
    p, q = (np.asarray(counts, dtype=np.float64) + SMOOTHING for counts in (reference, live))
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def alarm_threshold(n: int, m: int, bins: int = BINS, level: float = LEVEL) -> float:
    """The PSI that n and m scores of one distribution exceed with probability `level`.

    (1/n + 1/m) * chi2_(bins-1)(1 - level), its law for large samples (Yurdakul & Naranjo 2020).

    >>> round(alarm_threshold(1000, 1000), 4), round(alarm_threshold(100, 100), 3)
    (0.0338, 0.338)
    """
    return float((1.0 / n + 1.0 / m) * chi2.isf(level, bins - 1))
