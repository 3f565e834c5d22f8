"""Exact sequential tests of a rate: boundaries that are crossed with a chance of at most delta, ever.

Labels come one after the other, each wrong with probability at least `error` under the hypothesis to refute.
Among the first k of them S_k are wrong. A boundary b_k is set so that P(S_k <= b_k at some look k) <= delta, over
all looks together; stopping at the first crossing, or at any other moment, errs no more often than that.

The looks are on a fixed grid of k, so that nobody can choose them after seeing labels. How much of delta may be
used up by each look is fixed beforehand too (`spent`): most of it around the number of labels at which the
decision is expected, a little for ever after. The crossing probability is exact: a forward pass over the walk's
live states, which sets each b_k as high as the budget allows (Lan & DeMets 1983, here with exact binomial steps).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.special import ndtr
from scipy.stats import binom

from calibration.stats.threshold_counts import Floats, Ints

RATIO: Final = 1.05
"""Two looks are this factor apart."""
MAIN: Final = 0.92
"""Share of the budget spent around the expected number of labels; the rest lasts for ever."""
TAIL_FACTOR: Final = 8.0
TAIL_SPREAD: Final = 2.0
NEGLIGIBLE: Final = 1e-13
"""Probability mass of far states that is not followed; it is counted as crossed, which is the safe side."""
DIRECT: Final = 48


def look_counts(first: int, last: int) -> Ints:
    """The numbers of labels, rising, at which a test looks: `first`, then a factor apart, at least up to `last`.

    Two grids with the same `first` agree as far as both reach.

    >>> look_counts(22, 30).tolist()
    [22, 23, 24, 25, 26, 27, 28, 29, 30]
    """
    points = [first]
    while points[-1] < last:
        points.append(max(points[-1] + 1, round(points[-1] * RATIO)))
    return np.asarray(points, dtype=np.int64)


def spent(looks: Ints, centre: float, spread: float) -> Floats:
    """(m,) the share in (0, 1) of the budget that may be used up to each look, rising.

    A normal distribution function of ln k around ln `centre` with standard deviation `spread`, mixed with a wide
    one.
    """
    position = np.log(looks / centre)
    late = (position - np.log(TAIL_FACTOR)) / TAIL_SPREAD
    return np.asarray(MAIN * ndtr(position / spread) + (1.0 - MAIN) * ndtr(late), dtype=np.float64)


def spending_bounds(looks: Ints, budgets: Floats, error: float) -> Ints:
    """(r, m) the largest bounds b with P(S_k <= b_k at some look up to the i-th) <= budgets[:, i]; -1: none.

    looks: (m,) rising. budgets: (r, m) rising along each row, one test a row. S: a walk of Bernoulli(`error`)
    steps.
    """
    rows = budgets.shape[0]
    bounds = np.full(budgets.shape, -1, dtype=np.int64)
    live, offset, before = np.ones((rows, 1)), 0, 0
    crossed = np.zeros(rows)
    for number, k in enumerate(looks.tolist()):
        kernel, low = _steps(k - before, error)
        live, offset, before = _convolved(live, kernel), offset + low, k
        reached = crossed[:, None] + np.cumsum(live, axis=1)
        allowed = reached <= budgets[:, number, None]
        width = allowed.sum(axis=1)  # `reached` rises, so these are the first states of each row
        some = width > 0
        bounds[some, number] = offset + width[some] - 1
        crossed[some] = reached[some, width[some] - 1]
        live[allowed] = 0.0
        live, offset, crossed = _trimmed(live, offset, crossed)
    return bounds


@lru_cache(maxsize=4096)
def _steps(labels: int, error: float) -> tuple[Floats, int]:
    """Probabilities of the numbers of errors among `labels` more, but for the far tails, and the first number."""
    low, high = (int(q) for q in binom.ppf((1e-15, 1.0 - 1e-15), labels, error))
    return np.asarray(binom.pmf(np.arange(low, high + 1), labels, error), dtype=np.float64), low


def _convolved(live: NDArray[np.float64], kernel: Floats) -> NDArray[np.float64]:
    if kernel.size > DIRECT:
        return np.asarray(np.maximum(fftconvolve(live, kernel[None, :], axes=1), 0.0), dtype=np.float64)
    moved = np.zeros((live.shape[0], live.shape[1] + kernel.size - 1))
    for shift, chance in enumerate(kernel.tolist()):
        moved[:, shift : shift + live.shape[1]] += chance * live
    return moved


def _trimmed(
    live: NDArray[np.float64], offset: int, crossed: Floats
) -> tuple[NDArray[np.float64], int, NDArray[np.float64]]:
    """Without states of negligible mass in every row; that mass counts as crossed."""
    keep = np.flatnonzero((live > NEGLIGIBLE / live.shape[1]).any(axis=0))
    if not keep.size:
        return live[:, :1] * 0.0, offset, crossed + live.sum(axis=1)
    first, last = int(keep[0]), int(keep[-1]) + 1
    lost = live[:, :first].sum(axis=1) + live[:, last:].sum(axis=1)
    return live[:, first:last], offset + first, crossed + lost


@lru_cache(maxsize=128)
def anytime_bounds(
    error: float, shares: tuple[tuple[float, float, float], ...], first: int, last: int
) -> tuple[Ints, Ints]:
    """The looks (m,) from `first` to `last` and the bounds (r, m) of tests that share them.

    shares: (level, centre, spread) of each test, see `spent`; level: its whole budget, its delta. A longer `last`
    prolongs the bounds and changes none.

    >>> looks, bounds = anytime_bounds(0.1, ((0.1, 100.0, 0.8),), 22, 200)
    >>> [(k, b) for k, b in zip(looks.tolist(), bounds[0].tolist()) if b >= 0][:3]
    [(42, 0), (58, 1), (74, 2)]
    """
    looks = look_counts(first, last)
    budgets = np.stack([level * spent(looks, centre, spread) for level, centre, spread in shares])
    return looks, spending_bounds(looks, budgets, error)


def reached(counts: int, floor: int = 256) -> int:
    """A number of labels to prepare for that is at least `counts`, one of few, so that constants are shared.

    >>> reached(100), reached(300), reached(1025)
    (256, 1024, 4096)
    """
    last = floor
    while last < counts:
        last *= 4
    return last
