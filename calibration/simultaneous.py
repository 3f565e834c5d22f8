"""The level at which a one-sided binomial test may be looked at after every label: SCP's constant.

Labels come in falling order of score. If every label is positive with probability at most p, the false positives
among the first k are at least a Bernoulli(1 - p) walk S_k. Testing `binom.cdf(S_k, k, 1 - p) <= c` at every k
errs with probability P(some k: S_k <= b_k(c)), b_k(c) = max{b : binom.cdf(b, k, 1 - p) <= c}; the constant is the
largest c for which that is at most delta. The crossing probability is exact: a forward pass over the walk's live
states, absorbing at the boundary.

Far out, looking at every k is needless. Looks lie on a grid: every k up to DENSE, then a factor apart. A count
between two looks is held against the boundary of the look below it: f_k <= b_g with g <= k implies S_g <= b_g, so
the walk has crossed at the look g itself, and validity is kept at the price of a hair of power.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.stats import binom

from calibration.curve import Ints

DENSE: Final = 2000
RATIO: Final = 1.005
TAIL: Final = 1e-14
"""Probability mass of far states that is not followed; it is counted as crossed, which is the safe side."""
BISECTIONS: Final = 14


def kmin(precision: float, level: float) -> int:
    """Fewest labels, all positive, whose p-value p^k is at most `level`: ceil(ln level / ln p).

    >>> [kmin(p, 0.1) for p in (0.8, 0.9, 0.95)]
    [11, 22, 45]
    """
    if precision <= 0:
        return 1
    return max(1, math.ceil(math.log(level) / math.log(precision) - 1e-12))


def look_grid(n: int) -> Ints:
    """The k in [1, n'] that are looked at, rising; n' is the first grid point at or above n.

    n' depends on n only up to a factor, so that neighbouring n share one grid (and one cached constant).
    """
    points = list(range(1, min(n, DENSE) + 1))
    while points[-1] < n:
        points.append(math.ceil(points[-1] * RATIO))
    return np.asarray(points, dtype=np.int64)


def boundary(grid: Ints, precision: float, level: float) -> Ints:
    """(m,) b_k(level) at each k of `grid`; -1 where even no error is not enough. Non-decreasing.

    >>> boundary(np.asarray([21, 22, 60]), 0.9, 0.1).tolist()
    [-1, 0, 2]
    """
    quantile = binom.ppf(level, grid, 1.0 - precision).astype(np.int64)
    met = binom.cdf(quantile, grid, 1.0 - precision) <= level
    return np.asarray(np.where(met, quantile, quantile - 1), dtype=np.int64)


def crossing_probability(grid: Ints, bounds: Ints, error: float) -> float:
    """P(S_k <= b_k at some k of `grid`) for a walk of Bernoulli(`error`) steps; exact up to TAIL."""
    live, offset, crossed, before = np.ones(1), 0, 0.0, 0
    for k, bound in zip(grid.tolist(), bounds.tolist(), strict=True):
        live, shift = _advance(live, k - before, error)
        offset, before = offset + shift, k
        cut = min(max(bound + 1 - offset, 0), live.size)
        if cut:
            crossed += float(live[:cut].sum())
            live, offset = live[cut:], offset + cut
        live, shift, lost = _trim(live)
        offset, crossed = offset + shift, crossed + lost
        if not live.size:
            break
    return crossed


def _advance(live: NDArray[np.float64], steps: int, error: float) -> tuple[NDArray[np.float64], int]:
    """The live states after `steps` more labels, and by how many errors the first state moved up."""
    if steps == 1:
        moved = np.zeros(live.size + 1)
        moved[:-1] = live * (1.0 - error)
        moved[1:] += live * error
        return moved, 0
    low, high = (int(q) for q in binom.ppf((TAIL, 1.0 - TAIL), steps, error))
    kernel = binom.pmf(np.arange(low, high + 1), steps, error)
    return np.maximum(fftconvolve(live, kernel), 0.0), low


def _trim(live: NDArray[np.float64]) -> tuple[NDArray[np.float64], int, float]:
    """Drop far states of negligible mass at both ends; gives how many went in front, and the mass let go."""
    if live.size < 64:
        return live, 0, 0.0
    keep = np.flatnonzero(live > TAIL / live.size)
    if not keep.size:
        return live[:0], 0, float(live.sum())
    first, last = int(keep[0]), int(keep[-1]) + 1
    lost = float(live[:first].sum() + live[last:].sum())
    return live[first:last], first, lost


@lru_cache(maxsize=256)
def simultaneous_level(grid_end: int, precision: float, delta: float) -> float:
    """The largest c, to 14 bisections in log space on [delta/200, delta], that keeps the crossing probability
    over `look_grid(grid_end)` at or under `delta`; 0.0 where none of them does or none could certify.

    About 0.18 delta at n = 500, p = .9 (checked in the tests).
    """
    grid = look_grid(grid_end)

    def valid(level: float) -> bool:
        return crossing_probability(grid, boundary(grid, precision, level), 1.0 - precision) <= delta

    low, high = math.log(delta / 200.0), math.log(delta)
    if kmin(precision, delta) > grid_end or not valid(math.exp(low)):
        return 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if valid(math.exp(middle)) else (low, middle)
    return math.exp(low)
