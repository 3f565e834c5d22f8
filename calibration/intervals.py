"""Proportions with their n and their interval: no number is shown without them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import beta


@dataclass(frozen=True)
class Proportion:
    """`hits` out of `n`, with a two-sided Clopper-Pearson interval [low, high] at `confidence`.

    With n = 0 nothing is known: value is NaN and the interval is [0, 1].
    """

    hits: int
    n: int
    low: float
    high: float
    confidence: float

    @property
    def value(self) -> float:
        """hits / n in [0, 1], or NaN."""
        return self.hits / self.n if self.n else math.nan


def proportion(hits: int, n: int, confidence: float = 0.9) -> Proportion:
    """The exact interval of Clopper & Pearson (1934): each tail holds (1 - confidence) / 2.

    >>> p = proportion(9, 10)
    >>> round(p.low, 3), round(p.high, 3)
    (0.606, 0.995)
    """
    tail = (1.0 - confidence) / 2.0
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1.0 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return Proportion(hits, n, low, high, confidence)
