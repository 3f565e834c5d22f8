"""Correct the p-values of several tests for the family-wise error rate."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from calibration.errors import BadArgument
from calibration.stats.threshold_counts import Floats

HOLM: Final = "holm"
BONFERRONI: Final = "bonferroni"
CORRECTIONS: Final = (HOLM, BONFERRONI)


def adjust(p_values: ArrayLike, method: str = HOLM) -> Floats:
    """(k,) p-values of k tests, each to be compared with the level of the whole family; NaN (no test) stays NaN.

    Bonferroni: p * k. Holm (1979): the i-th smallest, i = 0.., times k - i, made rising; never above Bonferroni
    and as valid, whatever the dependence between the tests. Both are capped at 1. Raises BadArgument for another
    method.

    >>> adjust([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    >>> adjust([0.01, 0.04, 0.03], "bonferroni").tolist()
    [0.03, 0.12, 0.09]
    """
    if method not in CORRECTIONS:
        raise BadArgument("method", " | ".join(CORRECTIONS), method)
    raw = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(raw.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(raw))
    order = tested[np.argsort(raw[tested], kind="stable")]
    size = len(order)
    factors = np.full(size, size) if method == BONFERRONI else size - np.arange(size)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(raw[order] * factors)) if size else []
    return adjusted


def levels(p_values: ArrayLike, level: float, method: str = HOLM) -> Floats:
    """(k,) the level that each single p-value is compared with: `p <= levels` exactly where `adjust(p) <= level`.

    So that a rule stated on the scale of a statistic (say an alarm threshold) can be shown corrected.

    >>> levels([0.01, 0.04, 0.03], 0.06).tolist()
    [0.02, 0.06, 0.03]
    """
    raw, adjusted = np.asarray(p_values, dtype=np.float64), adjust(p_values, method)
    held = np.full(raw.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(raw))
    order = tested[np.argsort(raw[tested], kind="stable")]
    stop = int((adjusted[order] <= level).sum())
    for place, index in enumerate(order):
        left = len(order) if method == BONFERRONI else len(order) - min(place, stop)
        held[index] = level / left
    return held
