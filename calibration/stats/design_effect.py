"""The design effect of pairs that share texts: how many of them are worth one independent pair.

Groups are those of `calibration.stats.text_groups.text_groups`. A design effect deff >= 1 says how many clustered
pairs are worth one independent pair; intervals and certificates then count n / deff labels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.threshold_counts import Curve, Floats, Ints


@dataclass(frozen=True)
class DesignEffect:
    """How many clustered pairs are worth one independent pair.

    value: deff >= 1. icc: correlation of two labels in one group, in [0, 1]. mean_size: size of the group of a
    pair taken at random, sum m^2 / sum m. groups, n: how many there are.
    """

    value: float
    icc: float
    mean_size: float
    groups: int
    n: int


def design_effect(values: ArrayLike, groups: Ints, icc: float | None = None) -> DesignEffect:
    """deff = 1 + (mean_size - 1) * icc (Kish 1965), for values (n,) 1 or 0 in the given groups (n,).

    icc: None estimates it by analysis of variance (Donald & Donner 1987), cut to [0, 1]. Where the values cannot
    tell (all equal, or one group only) it is 1: then a group counts as one label.

    >>> design_effect([1, 1, 0, 0], np.array([0, 0, 1, 1])).value
    2.0
    >>> design_effect([1, 0, 1, 0], np.array([0, 1, 2, 3])).value
    1.0
    """
    y = np.asarray(values, dtype=np.float64)
    if not y.size:
        return DesignEffect(1.0, 0.0, 1.0, 0, 0)
    _, codes = np.unique(groups, return_inverse=True)
    sizes = np.bincount(codes).astype(np.float64)
    mean_size = float((sizes**2).sum() / y.size)
    found = _icc(y, codes, sizes) if icc is None else icc
    return DesignEffect(max(1.0, 1.0 + (mean_size - 1.0) * found), found, mean_size, sizes.size, y.size)


def _icc(y: Floats, codes: NDArray[np.intp], sizes: Floats) -> float:
    n, groups = y.size, sizes.size
    if groups == n:
        return 0.0
    if groups == 1 or np.ptp(y) == 0.0:
        return 1.0
    means = np.bincount(codes, weights=y) / sizes
    between = float((sizes * (means - y.mean()) ** 2).sum() / (groups - 1))
    within = float(((y - means[codes]) ** 2).sum() / (n - groups))
    typical = (n - float((sizes**2).sum()) / n) / (groups - 1)
    whole = between + (typical - 1.0) * within
    return float(np.clip((between - within) / whole, 0.0, 1.0)) if whole > 0.0 else 0.0


def clustered_proportion(
    hits: ArrayLike, groups: Ints, confidence: float = DEFAULT_CONFIDENCE, icc: float | None = None
) -> Proportion:
    """The share of hits among (n,) pairs, with an interval that allows for their groups (n,).

    icc: the correlation to assume where the pairs show none because all are hits, or none is; None takes 1.

    >>> found = clustered_proportion([1, 1, 0, 0], np.array([0, 0, 1, 1]))
    >>> found.hits, found.n, found.deff
    (2, 4, 2.0)
    """
    flags = np.asarray(hits, dtype=np.float64)
    alike = flags.size > 0 and np.ptp(flags) == 0.0
    deff = design_effect(flags, groups, icc if alike else None).value
    return proportion(int(flags.sum()), flags.size, confidence, deff)


def deflate(counts: Curve, deff: float | Floats) -> Curve:
    """Counts that clustered labels are worth: k -> floor(k / deff), f -> ceil(f / deff), at most k.

    deff: one for all thresholds, or (m,), one for each; at least 1, and 1 changes nothing. Raises BadArgument.
    False positives are a running maximum from the top. Thresholds whose k is below one further up are left out,
    as are those with k = 0; of those that come to share one k the lowest is kept, with the most false positives.
    So the result is a curve like any other, with fewer labels, and all rounding is against the certificate.

    >>> from calibration.stats.threshold_counts import curve
    >>> c = deflate(curve([0.9, 0.8, 0.7, 0.6, 0.5], [1, 1, 1, 0, 0]), 2)
    >>> c.thresholds.tolist(), c.n_above.tolist(), c.false_positives.tolist()
    ([0.7, 0.5], [1, 2], [0, 1])
    """
    effects = np.asarray(deff, dtype=np.float64)
    if not ((effects >= 1.0) & (effects < math.inf)).all():
        raise BadArgument("deff", N_("a finite number, at least 1"), deff if effects.ndim == 0 else effects.min())
    k = np.floor(counts.n_above / effects + 1e-9).astype(np.int64)
    f = np.maximum.accumulate(np.ceil(counts.false_positives / effects - 1e-9).astype(np.int64))
    looked = np.flatnonzero((k == np.maximum.accumulate(k)) & (k > 0))
    last = looked[np.append(np.diff(k[looked]) != 0, True)] if looked.size else looked
    return Curve(counts.thresholds[last], k[last], np.minimum(f, k)[last], counts.dropped)
