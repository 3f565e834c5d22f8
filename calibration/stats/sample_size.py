"""How many labels an exact test needs, planned before any label is made.

A test of "precision at or above t is at most p" with n labels there passes where at most b_n of them are wrong,
b_n = max{b : binom.cdf(b, n, 1 - p) <= delta}. If the precision there truly is r > p, it passes with probability
binom.cdf(b_n, n, 1 - r): its power.

Power is a sawtooth in n. While b_n stays, each further label can only be wrong, and power falls; where b_n rises by
one, it jumps. So the smallest n with enough power is always the first n of some b, and a few labels more can have
less of it. `labels_needed` gives the smallest; `steady=True` the smallest from which power is never lost again,
for plans whose n is not exact.

The first n of b is the 1 - delta quantile of the draws until b + 1 wrong labels are found, a negative binomial.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, nbinom, norm

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument
from calibration.stats.simultaneous_test import boundary, kmin
from calibration.stats.threshold_counts import Floats, Ints

POWER: Final = 0.8
"""The usual chance of success to plan for."""
SEARCH_COST: Final = 1.5
"""Labels for the search over thresholds, as a multiple of those for one threshold chosen beforehand."""
_EXHAUSTIVE: Final = 4096
"""Up to this many wrong labels every tooth is tried; beyond, those around the crossing."""
_MOST: Final = 1 << 26


def labels_needed(
    precision: float,
    true_precision: float,
    confidence: float = DEFAULT_CONFIDENCE,
    power: float = POWER,
    *,
    steady: bool = False,
) -> int:
    """The smallest n for which n labels at or above a threshold chosen beforehand certify `precision` there.

    n = min{n : binom.cdf(b_n(1 - confidence), n, 1 - true_precision) >= power}. precision in [0, 1), below
    true_precision in (0, 1]; confidence and power in (0, 1). steady: the smallest n from which on that holds for
    every n. Raises BadArgument outside these ranges: at a true precision up to the target no number of labels
    will do. A search over thresholds, which `certify_precision` is, needs more (`budget` says how many).

    >>> [labels_needed(0.9, true) for true in (0.95, 0.97)]
    [128, 65]
    >>> labels_needed(0.9, 0.95, steady=True)
    152
    """
    check_power(precision, confidence, power)
    if not precision < true_precision <= 1.0:
        raise BadArgument("true_precision", N_("above the target and at most 1"), true_precision)
    delta = round(1.0 - confidence, 12)
    if precision <= 0.0:
        return 1
    if true_precision >= 1.0:
        return kmin(precision, delta)
    wrong = _fewest_wrong(precision, true_precision, delta, power, steady)
    return int(_first_n(np.asarray([wrong]), precision, delta)[0])


def negatives_needed(
    fpr: float,
    true_fpr: float,
    confidence: float = DEFAULT_CONFIDENCE,
    power: float = POWER,
    *,
    steady: bool = False,
) -> int:
    """The smallest m for which m negatives accept a threshold whose true rate is `true_fpr`, with chance `power`.

    m = min{m : binom.cdf(b_m(1 - confidence), m, true_fpr) >= power}. true_fpr in [0, fpr), fpr in (0, 1);
    confidence and power in (0, 1). steady: the smallest m from which on that holds for every m. With a true rate
    of 0 these are the fewest negatives that certify anything. Raises BadArgument outside these ranges.

    >>> [negatives_needed(0.05, true) for true in (0.02, 0.01, 0.0)]
    [184, 77, 45]
    """
    if not 0.0 < fpr < 1.0:
        raise BadArgument("fpr", N_("above 0 and below 1"), fpr)
    if not 0.0 <= true_fpr < fpr:
        raise BadArgument("true_fpr", N_("from 0 to below the rate promised"), true_fpr)
    return labels_needed(round(1.0 - fpr, 12), round(1.0 - true_fpr, 12), confidence, power, steady=steady)


def power_curve(
    precision: float, true_precision: float, n: ArrayLike, confidence: float = DEFAULT_CONFIDENCE
) -> Floats:
    """(m,) chance in [0, 1] that n labels at or above a threshold certify `precision`; the larger the better.

    n: (m,) whole numbers >= 1. precision in [0, 1), true_precision in [0, 1]. At a true precision up to the
    target this is the chance of a false certificate, at most 1 - confidence.

    >>> power_curve(0.9, 0.95, [21, 126, 128, 151, 152]).round(3).tolist()
    [0.0, 0.704, 0.808, 0.775, 0.859]
    """
    check_power(precision, confidence, POWER)
    if not 0.0 <= true_precision <= 1.0:
        raise BadArgument("true_precision", N_("between 0 and 1"), true_precision)
    sizes = np.atleast_1d(np.asarray(n)).astype(np.int64)
    if sizes.size and sizes.min() < 1:
        raise BadArgument("n", N_("whole numbers from 1"), int(sizes.min()))
    if precision <= 0.0:
        return np.ones(sizes.shape)
    bounds = boundary(sizes, precision, round(1.0 - confidence, 12))
    return np.asarray(binom.cdf(bounds, sizes, 1.0 - true_precision), dtype=np.float64)


def check_power(precision: float, confidence: float, power: float) -> None:
    """Raise BadArgument unless 0 <= precision < 1 (1 is never certified), 0 < confidence < 1 and 0 < power < 1."""
    if not 0.0 <= precision < 1.0:
        raise BadArgument("precision", N_("from 0 to below 1: no finite number of labels certifies 1"), precision)
    for name, value in (("confidence", confidence), ("power", power)):
        if not 0.0 < value < 1.0:
            raise BadArgument(name, N_("above 0 and below 1"), value)


def check_rate(fpr: float, true_fpr: float | None, confidence: float, power: float) -> None:
    """Raise BadArgument where `negatives_needed` would."""
    check_power(0.5, confidence, power)
    negatives_needed(fpr, 0.0 if true_fpr is None else true_fpr, confidence, power)


def normal_labels(precision: float, true_precision: ArrayLike, confidence: float, power: float) -> Floats:
    """`labels_needed` by the normal approximation, for many true precisions at once; +inf up to the target."""
    true = np.asarray(true_precision, dtype=np.float64)
    gap = np.maximum(true - precision, 0.0)
    spread = norm.ppf(confidence) * math.sqrt(precision * (1.0 - precision))
    spread = spread + norm.ppf(power) * np.sqrt(true * (1.0 - true))
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum((spread / gap) ** 2, kmin(precision, 1.0 - confidence)), dtype=np.float64)


def _first_n(wrong: Ints, precision: float, delta: float) -> Ints:
    """(m,) the smallest n whose test forgives that many wrong labels."""
    return np.asarray(wrong + 1 + nbinom.ppf(1.0 - delta, wrong + 1, 1.0 - precision), dtype=np.int64)


def _enough(wrong: Ints, precision: float, true: float, delta: float, power: float, steady: bool) -> Ints:
    """(m,) 1 where the tooth of `wrong` has the power: at its first n, or, if steady, down to its last."""
    sizes = _first_n(wrong + 1, precision, delta) - 1 if steady else _first_n(wrong, precision, delta)
    return np.asarray(binom.cdf(wrong, sizes, 1.0 - true) >= power, dtype=np.int64)


def _fewest_wrong(precision: float, true: float, delta: float, power: float, steady: bool) -> int:
    """The b of the tooth looked for: the first with the power or, if steady, the first after the last without."""

    def enough(wrong: Ints) -> Ints:
        return _enough(wrong, precision, true, delta, power, steady)

    high = 64
    while not enough(np.asarray([high]))[0]:
        high *= 2
        if high > _MOST:
            raise BadArgument("true_precision", N_("further above the target"), true)
    low = high // 2 if high > _EXHAUSTIVE else -1
    while low >= 0 and high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(np.asarray([middle]))[0] else (middle, high)
    # Rounding moves single teeth up and down by what a step of about sqrt(b / p) is worth on the way.
    reach = 64 + 8 * math.isqrt(int(high / precision))
    teeth = np.arange(0 if high <= _EXHAUSTIVE else high - reach, high + reach + 1)
    found = enough(teeth)
    if not steady:
        return int(teeth[found.argmax()])
    lacking = np.flatnonzero(found == 0)
    return int(teeth[lacking[-1]]) + 1 if lacking.size else int(teeth[0])
