"""A certified false positive rate: the target that does not depend on how common positives are.

FPR(t) is the share of negative pairs with score >= t. It falls as t rises whatever the model, so testing the
thresholds in order needs no correction: the lowest t with f(t) <= b, b = max{b : binom.cdf(b, m, alpha) <= delta},
where f counts the negatives at or above t among all m. An error needs f(t*) <= b at the last t* with
FPR(t*) > alpha, and f(t*) is at least Binomial(m, alpha): probability at most delta (monotone risk control, Bates
et al. 2021).

Negatives that share texts: m and f are divided by the design effect of scoring at or above the threshold that a
share alpha of them reaches. There, at t*, the law of f matters.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta, binom

from calibration.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.curve import Curve, Floats, Ints, check_arrays, curve, quantise
from calibration.errors import N_, BadArgument
from calibration.shared_texts import sharing_effects

RULE: Final = N_("above 0 and below 1")
MONOTONE: Final = "monotone"
"""The method's name: the rate falls as the threshold rises, so thresholds are tested in order."""


def certify_fpr(
    scores: ArrayLike, positives: ArrayLike, fpr: float, confidence: float = 0.9, *, texts: Ints | None = None
) -> Certificate:
    """The lowest threshold with a false positive rate of at most `fpr`; see the module for why it holds.

    scores, positives, texts: as for `certify_precision`. fpr, confidence: in (0, 1). Raises BadArgument.
    `not_certifiable`: too many negatives share the very highest score.

    >>> found = certify_fpr(np.arange(200) / 200, np.arange(200) >= 100, fpr=0.1)
    >>> found.threshold, found.false_positives, found.negatives
    (0.475, 5, 100)
    """
    check_fpr(fpr, confidence)
    counts, delta = curve(scores, positives), round(1.0 - confidence, 12)
    negatives = counts.n - counts.positives
    deff = 1.0 if texts is None else _negatives_effect(scores, positives, fpr, texts)
    worth = math.floor(negatives / deff + 1e-9)
    asked = (math.nan, confidence, MONOTONE, counts.n, counts.positives, counts.dropped, deff, fpr)
    allowed = most_allowed(worth, fpr, delta)
    if allowed < 0:
        needed = math.ceil(math.ceil(math.log(delta) / math.log1p(-fpr)) * deff - 1e-9)
        return Certificate(INSUFFICIENT, math.inf, 0, 0, math.nan, needed, *asked)
    passed = np.flatnonzero(np.ceil(counts.false_positives / deff - 1e-9) <= allowed)
    if not passed.size:
        return Certificate(NOT_CERTIFIABLE, math.inf, 0, 0, math.nan, None, *asked)
    return _certified(counts, int(passed[-1]), worth, delta, asked)


def check_fpr(fpr: float, confidence: float) -> None:
    """Raise BadArgument unless both lie above 0 and below 1."""
    for name, value in (("fpr", fpr), ("confidence", confidence)):
        if not 0.0 < value < 1.0:
            raise BadArgument(name, RULE, value)


def most_allowed(negatives: int, fpr: float, delta: float) -> int:
    """The most of `negatives` that may score above a threshold to certify it; -1 where none is too many.

    >>> most_allowed(21, 0.1, 0.1), most_allowed(22, 0.1, 0.1)
    (-1, 0)
    """
    allowed = int(binom.ppf(delta, negatives, fpr)) if negatives else 0
    return allowed - int(binom.cdf(allowed, negatives, fpr) > delta)


def _certified(
    counts: Curve, at: int, worth: int, delta: float, asked: tuple[float, float, str, int, int, int, float, float]
) -> Certificate:
    k, f = int(counts.n_above[at]), int(counts.false_positives[at])
    wrong = math.ceil(f / asked[6] - 1e-9)
    upper = float(beta.ppf(1.0 - delta, wrong + 1, worth - wrong)) if wrong < worth else 1.0
    return Certificate(CERTIFIED, float(counts.thresholds[at]), k, f, math.nan, None, *asked, fpr_upper=upper)


def _negatives_effect(scores: ArrayLike, positives: ArrayLike, fpr: float, texts: Ints) -> float:
    """The design effect of the negatives' scoring at or above what a share `fpr` of them reaches."""
    raw, labels = check_arrays(scores, positives)
    negative = np.isfinite(raw) & (labels == 0.0)
    if not negative.any():
        return 1.0
    kept: Floats = quantise(raw[negative])
    reached = np.quantile(kept, 1.0 - fpr, method="lower")
    return float(sharing_effects(texts[negative], (kept >= reached).astype(np.float64))[-1])
