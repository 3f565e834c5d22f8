"""The level of a binomial test that is looked at repeatedly: the constants of SCP and stepwise.

Labels come in falling order of score. If every label is positive with probability at most p, the false positives
among the first k are at least a Bernoulli(1 - p) walk S_k. Testing `binom.cdf(S_k, k, 1 - p) <= c` at every k
errs with probability P(some k: S_k <= b_k(c)), b_k(c) = max{b : binom.cdf(b, k, 1 - p) <= c}; the constant is the
largest c for which that is at most delta. The crossing probability is exact: a forward pass over the walk's live
states, absorbing at the boundary. `stepwise` lets the level fall with k (see `falling_levels`).

Far out, looking at every k is needless. Looks are on a grid: every k up to DENSE, then a factor apart. A count
between two looks is compared with the boundary of the look below it: f_k <= b_g with g <= k implies S_g <= b_g, so
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

from calibration.stats.threshold_counts import Floats, Ints

DENSE: Final = 500
RATIO: Final = 1.01
DIRECT: Final = 64
"""Kernels up to this size are convolved directly, longer ones by FFT."""
TAIL: Final = 1e-14
"""Probability mass of far states that is not followed; it is counted as crossed, which is the safe side."""
TRIM_EVERY: Final = 8
BISECTIONS: Final = 14
DECAY: Final = 1.5
"""How fast stepwise's levels fall with k: chosen on simulated pools, see docs/decisions."""


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


def boundary(grid: Ints, precision: float, level: float | Floats) -> Ints:
    """(m,) b_k(level) at each k of `grid`; -1 where even no error is not enough.

    level: one for all, or (m,), each in (0, 1).

    >>> boundary(np.asarray([21, 22, 60]), 0.9, 0.1).tolist()
    [-1, 0, 2]
    """
    quantile = binom.ppf(level, grid, 1.0 - precision).astype(np.int64)
    met = binom.cdf(quantile, grid, 1.0 - precision) <= level
    return np.asarray(np.where(met, quantile, quantile - 1), dtype=np.int64)


def crossing_probability(grid: Ints, bounds: Ints, error: float) -> float:
    """P(S_k <= b_k at some k of `grid`) for a walk of Bernoulli(`error`) steps; exact up to TAIL."""
    live, offset, crossed, before = np.ones(1), 0, 0.0, 0
    for number, (k, bound) in enumerate(zip(grid.tolist(), bounds.tolist(), strict=True)):
        live, shift = _advance(live, k - before, error)
        offset, before = offset + shift, k
        cut = min(max(bound + 1 - offset, 0), live.size)
        if cut:
            crossed += float(live[:cut].sum())
            live, offset = live[cut:], offset + cut
        if number % TRIM_EVERY == 0:
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
    kernel, low = _kernel(steps, error)
    convolve = np.convolve if min(live.size, kernel.size) <= DIRECT else fftconvolve
    return np.maximum(convolve(live, kernel), 0.0), low


@lru_cache(maxsize=4096)
def _kernel(steps: int, error: float) -> tuple[NDArray[np.float64], int]:
    """Probabilities of the numbers of errors among `steps` labels, but for the far tails, and the first number."""
    low, high = (int(q) for q in binom.ppf((TAIL, 1.0 - TAIL), steps, error))
    return binom.pmf(np.arange(low, high + 1), steps, error), low


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


def falling_levels(grid: Ints, start: int) -> Floats:
    """(m,) the shape of stepwise's levels: 1 at `start`, falling like k^-DECAY; a constant scales it."""
    return np.asarray((grid / start) ** -DECAY, dtype=np.float64)


@lru_cache(maxsize=256)
def simultaneous_level(grid_end: int, precision: float, delta: float) -> float:
    """SCP's constant for all looks of `look_grid(grid_end)`; 0.0 where there is none, or none could certify.

    About 0.18 delta at n = 500, p = .9 (checked in the tests).
    """
    grid = look_grid(grid_end)
    if kmin(precision, delta) > grid_end:
        return 0.0
    return _largest_level(grid, np.ones(grid.shape), precision, delta)


@lru_cache(maxsize=1024)
def stepwise_level(grid_end: int, start: int, precision: float, delta: float) -> float:
    """The scale of `falling_levels` for the looks from `start` to `grid_end`; 0.0 where there is none."""
    grid = look_grid(grid_end)
    grid = grid[grid >= start]
    return _largest_level(grid, falling_levels(grid, start), precision, delta)


def _largest_level(grid: Ints, shape: Floats, precision: float, delta: float) -> float:
    """The largest c, to 14 bisections in log space on [delta/200, delta], for which looking at `grid` with the
    levels c * `shape` errs with probability at most `delta`; 0.0 where none of them does.
    """

    def valid(level: float) -> bool:
        bounds = boundary(grid, precision, level * shape)
        return crossing_probability(grid, bounds, 1.0 - precision) <= delta

    low, high = math.log(delta / 200.0), math.log(delta)
    if valid(delta):
        return delta
    if not valid(math.exp(low)):
        return 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if valid(math.exp(middle)) else (low, middle)
    return math.exp(low)
