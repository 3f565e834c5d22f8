"""Proportions and estimates with their n and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument

EXACT: Final = "clopper_pearson"
MELDED: Final = "melded"
"""Several Clopper-Pearson intervals put together (Fay, Proschan & Brittain 2015)."""
BOOTSTRAP: Final = "group_bootstrap"
"""Percentiles over groups drawn with replacement, as many as there are."""
M_OF_N: Final = "m_out_of_n_group_bootstrap"
"""Fewer groups than there are, drawn with replacement, the spread scaled back to all of them."""


@dataclass(frozen=True)
class Proportion:
    """`hits` out of `n`, with a two-sided Clopper-Pearson interval [low, high] at `confidence`.

    With n = 0 nothing is known: value is NaN and the interval is [0, 1]. deff: the design effect that the
    interval allows for (1: independent pairs); n / deff pairs are what it counts.
    """

    hits: int
    n: int
    low: float
    high: float
    confidence: float
    deff: float = 1.0

    @property
    def value(self) -> float:
        """hits / n in [0, 1], or NaN."""
        return self.hits / self.n if self.n else math.nan


@dataclass(frozen=True)
class Estimate:
    """A number that is no plain proportion, with a two-sided interval [low, high] at `confidence`.

    value: NaN where the n pairs cannot tell; then the interval is the whole range of the number. A bound may be
    infinite. method: how the interval was made, one of the constants of this module.
    """

    value: float
    low: float
    high: float
    n: int
    confidence: float
    method: str


def proportion(hits: int, n: int, confidence: float = DEFAULT_CONFIDENCE, deff: float = 1.0) -> Proportion:
    """The exact interval of Clopper & Pearson (1934): each tail holds (1 - confidence) / 2.

    deff: design effect >= 1; hits and n are divided by it, as Korn & Graubard (1998) do for survey data. The
    interval is then approximate, and the wider the larger deff is.

    >>> p = proportion(9, 10)
    >>> round(p.low, 3), round(p.high, 3)
    (0.606, 0.995)
    >>> round(proportion(90, 100, deff=10).low, 3)
    0.606
    """
    from scipy.stats import beta  # here alone, so that a policy's estimates are read with numpy alone

    tail = (1.0 - confidence) / 2.0
    k, total = hits / deff, n / deff
    low = float(beta.ppf(tail, k, total - k + 1)) if hits else 0.0
    high = float(beta.ppf(1.0 - tail, k + 1, total - k)) if hits < n else 1.0
    return Proportion(hits, n, low, high, confidence, deff)


def spread_estimate(
    value: float,
    samples: ArrayLike,
    n: int,
    confidence: float,
    *,
    shrink: float = 1.0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    method: str = BOOTSTRAP,
) -> Estimate:
    """`value` with the interval that bootstrap `samples` of it give.

    samples: (B,) NaN where a resample could not tell (left out). shrink: 1 takes the percentiles of the samples
    as they are; below 1 their distances to `value` are multiplied by it, as for samples that are smaller than
    the data. bounds: the range of the number.

    >>> found = spread_estimate(5.0, range(11), 100, 0.8)
    >>> found.low, found.high
    (1.0, 9.0)
    """
    check_confidence(confidence)
    drawn = np.asarray(samples, dtype=np.float64)
    drawn = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not drawn.size:
        return Estimate(value, *bounds, n, confidence, method)
    low, high = outer_quantiles(drawn, confidence)
    if shrink != 1.0 and math.isfinite(value):
        # Percentiles, not reflected: a threshold leans the same way in a resample as in the data, and the reflected
        # ("basic") interval of it covered 60-86% for a nominal 90% where this one covered 92-98%.
        low, high = value + shrink * (low - value), value + shrink * (high - value)
    return Estimate(value, max(low, bounds[0]), min(high, bounds[1]), n, confidence, method)


def outer_quantiles(samples: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """The observed values that leave at most (1 - confidence) / 2 of `samples` outside on each side.

    Observed, so that infinite samples are allowed.
    """
    tail = round((1.0 - confidence) / 2.0, 12)
    low = np.quantile(samples, tail, method="inverted_cdf")
    high = np.quantile(samples, 1.0 - tail, method="higher")
    return float(low), float(high)


def check_confidence(confidence: float) -> None:
    """Raise BadArgument unless 0 < confidence < 1."""
    if not 0.0 < confidence < 1.0:
        raise BadArgument("confidence", N_("above 0 and below 1"), confidence)
