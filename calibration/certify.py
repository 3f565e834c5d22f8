"""Certified thresholds: the lowest t with P(precision of {score >= t} >= p) >= 1 - delta.

Labels must be drawn at random from the pairs that the threshold will meet. The methods, all valid in finite samples
(docs/method.md):

- `fst`, fixed-sequence testing: from the highest score down, stop at the first threshold that fails the exact
  binomial test at delta (Maurer, Hothorn & Lehmacher 1995; used for risk control by Angelopoulos et al. 2021).
- `scp`, simultaneous Clopper-Pearson: the lowest threshold that passes at a level corrected for all looks; it
  forgives a few wrong pairs at the very top. Assumes that precision falls as the threshold falls.
- `stepwise`: like `scp`, and assuming the same, but a pass gives back the error budget spent above it.
- `auto`: `stepwise`, which finds most from about 100 labels on (docs/decisions/0007-stepwise-testing.md).

`nominal_threshold` is what the rest of the world does, and promises nothing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta, binom

from calibration.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.clustering import deflate
from calibration.curve import Curve, Floats, Ints, curve
from calibration.errors import N_, BadArgument
from calibration.shared_texts import curve_effects
from calibration.simultaneous import boundary, kmin, look_grid, simultaneous_level
from calibration.stepwise import stepwise

AUTO: Final = "auto"
FST: Final = "fst"
SCP: Final = "scp"
STEPWISE: Final = "stepwise"
METHODS: Final = (AUTO, STEPWISE, FST, SCP)

LOOKS_RATIO: Final = 1.1

Pick = tuple[int, float]
"""Index into the curve (-1: nothing passes) and the error level spent there."""


def certify_precision(
    scores: ArrayLike,
    positives: ArrayLike,
    precision: float,
    confidence: float = 0.9,
    method: str = AUTO,
    *,
    texts: Ints | None = None,
) -> Certificate:
    """The lowest threshold whose precision is certified.

    scores: (n,) the higher the more alike; NaN and infinite ones are dropped and counted. positives: (n,) 1 or 0,
    NaN for unknown. precision: target in [0, 1]; 0 is met by every pair and 1 by no finite sample. confidence:
    1 - delta in (0, 1). texts: (n, 2) from `calibration.groups.text_codes`, to count labels that share texts for
    less (see `calibration.shared_texts`); None takes every label as independent. Raises BadArgument for anything
    else.

    >>> found = certify_precision(np.arange(100) / 100, np.arange(100) >= 50, precision=0.8)
    >>> found.threshold, found.n_above, found.false_positives
    (0.44, 56, 6)
    >>> certify_precision([0.9, 0.8], [1, 1], precision=0.9).labels_needed
    22
    """
    check_target(precision, confidence, method)
    counts = curve(scores, positives)
    effects = None if texts is None else curve_effects(counts, scores, positives, texts)
    return certify_curve(counts, precision, confidence, method, effects)


def check_target(precision: float, confidence: float, method: str = AUTO) -> None:
    """Raise BadArgument unless 0 <= precision <= 1, 0 < confidence < 1 and the method is known."""
    if not 0.0 <= precision <= 1.0:
        raise BadArgument("precision", N_("between 0 and 1"), precision)
    if not 0.0 < confidence < 1.0:
        raise BadArgument("confidence", N_("above 0 and below 1"), confidence)
    if method not in METHODS:
        raise BadArgument("method", " | ".join(METHODS), method)


def certify_curve(
    counts: Curve, precision: float, confidence: float, method: str, effects: Floats | None = None
) -> Certificate:
    """`certify_precision` on counts that are at hand already; effects: (m,) design effects, None for 1."""
    delta = round(1.0 - confidence, 12)
    asked = (precision, confidence, method, counts.n, counts.positives, counts.dropped)
    if effects is None or precision <= 0.0 or not (effects > 1.0).any():
        effects, worth, looks = np.ones(counts.thresholds.shape), counts, counts.n
    else:
        worth = deflate(counts, effects)
        looks = looks_for(worth.n)
    index, level = _pick(worth, precision, delta, method, looks)
    if index >= 0:
        lower = clopper_pearson_lower(int(worth.n_above[index]), int(worth.false_positives[index]), level)
        at = int(np.flatnonzero(counts.thresholds == worth.thresholds[index])[0])
        k, f = int(counts.n_above[at]), int(counts.false_positives[at])
        return Certificate(
            CERTIFIED, float(counts.thresholds[at]), k, f, lower, None, *asked, deff=float(effects[at])
        )
    deff = float(effects[-1]) if effects.size else 1.0
    if precision < 1.0 and kmin(precision, delta) > worth.n:
        needed = math.ceil(kmin(precision, delta) * deff - 1e-9)
        return Certificate(INSUFFICIENT, math.inf, 0, 0, math.nan, needed, *asked, deff=deff)
    return Certificate(NOT_CERTIFIABLE, math.inf, 0, 0, math.nan, None, *asked, deff=deff)


def looks_for(n: int) -> int:
    """At least n, one of few numbers: labels that share texts are worth another n in every sample, and each would
    need constants of its own. More looks than there are labels only cost power.

    >>> looks_for(500), looks_for(510)
    (540, 540)
    """
    return math.ceil(LOOKS_RATIO ** math.ceil(math.log(n) / math.log(LOOKS_RATIO) - 1e-9)) if n else 0


def nominal_threshold(counts: Curve, precision: float) -> float:
    """The lowest threshold whose EMPIRICAL precision is >= `precision`; +inf where there is none.

    Never a guarantee: on new data it misses its target about half of the time.
    """
    enough = np.flatnonzero(counts.precision >= precision)
    return float(counts.thresholds[enough[-1]]) if enough.size else math.inf


def clopper_pearson_lower(n: int, errors: int, level: float) -> float:
    """Exact lower bound of a proportion with `n - errors` successes in `n`, one-sided error `level`, in [0, 1].

    Clopper & Pearson 1934. At least p exactly where binom.cdf(errors, n, 1 - p) <= level.
    """
    return 0.0 if errors >= n else float(beta.ppf(level, n - errors, errors + 1))


def p_values(counts: Curve, precision: float) -> Floats:
    """(m,) exact p-values against "precision at this threshold is at most `precision`"; the smaller the surer."""
    return np.asarray(binom.cdf(counts.false_positives, counts.n_above, 1.0 - precision), dtype=np.float64)


def _pick(counts: Curve, precision: float, delta: float, method: str, looks: int) -> Pick:
    if counts.positives == 0 or precision >= 1.0:
        return -1, delta
    if precision <= 0.0:
        return counts.n_above.size - 1, delta
    if method == FST:
        return _fixed_sequence(counts, precision, delta)
    if method == SCP:
        return _simultaneous(counts, precision, delta, looks)
    return stepwise(counts, precision, delta, looks)


def _fixed_sequence(counts: Curve, precision: float, delta: float) -> Pick:
    start = int(np.searchsorted(counts.n_above, kmin(precision, delta)))
    failed = np.flatnonzero(p_values(counts, precision)[start:] > delta)
    last = start + int(failed[0]) - 1 if failed.size else counts.n_above.size - 1
    return (last, delta) if last >= start else (-1, delta)


def _simultaneous(counts: Curve, precision: float, delta: float, looks: int) -> Pick:
    grid = look_grid(looks)
    level = simultaneous_level(int(grid[-1]), precision, delta)
    if level <= 0.0:
        return -1, delta
    look_below = np.searchsorted(grid, counts.n_above, side="right") - 1
    passed = np.flatnonzero(counts.false_positives <= boundary(grid, precision, level)[look_below])
    return (int(passed[-1]), level) if passed.size else (-1, level)
