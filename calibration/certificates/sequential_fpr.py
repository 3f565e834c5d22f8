"""A certified false positive rate that may be looked at while labelling goes on.

FPR(t) falls as t rises whatever the model, so one boundary on the negatives, in the order of their draw, serves
every threshold. Of the first k negatives at most b_k may score at or above a threshold that is certified. A false
certificate needs at most b_k of them at or above the last threshold whose rate is too high, at some look k; that
has probability at most delta for all looks together (`calibration.stats.sequential_test`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, SEQUENTIAL, Certificate
from calibration.certificates.next_draw import NextDraw, batch_of
from calibration.certificates.risk import FalsePositiveRate
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.stats.intervals import check_confidence
from calibration.stats.sequential_test import anytime_bounds, reached
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import Floats, Ints, check_arrays, quantise

SOON, SPREAD = 4.5, 0.8
AHEAD = 8
"""How far to look for the next certificate, as a multiple of the negatives so far."""


def sequential_fpr(
    scores: ArrayLike, positives: ArrayLike, fpr: float, confidence: float = DEFAULT_CONFIDENCE
) -> Certificate:
    """The lowest threshold with a false positive rate of at most `fpr`, from labels in the order of their draw.

    Parameters
    ----------
    scores, positives : array_like, shape (n,)
        All labels so far, never a part of them; 1 or 0, NaN for unknown. Drawn at random from all pairs, above no
        floor.
    fpr, confidence : float
        Above 0 and below 1.

    Notes
    -----
    Call it as often as you like, with ever more labels: with probability at least `confidence` no certificate that
    it ever returns has a threshold whose rate is above `fpr`.

    Examples
    --------
    >>> found = sequential_fpr(np.arange(200)[::-1] / 200, np.zeros(200), fpr=0.1)
    >>> found.status, found.threshold
    ('certified', 0.945)
    """
    FalsePositiveRate(fpr)
    check_confidence(confidence)
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    kept, known = quantise(raw[usable]), labels[usable]
    delta = round(1.0 - confidence, 12)
    threshold = _lowest(kept, kept[known == 0.0], fpr, delta)
    negatives = int((known == 0.0).sum())
    above = kept >= threshold
    certified = math.isfinite(threshold)
    least = kmin(1.0 - fpr, delta)
    return Certificate(
        CERTIFIED if certified else INSUFFICIENT,
        threshold,
        int(above.sum()),
        int((above & (known == 0.0)).sum()),
        math.nan,
        None if certified else max(least, negatives + 1),
        math.nan,
        confidence,
        SEQUENTIAL,
        int(known.size),
        int(known.sum()),
        int(usable.size - usable.sum()),
        fpr=fpr,
        fpr_upper=fpr if certified else math.nan,
    )


def next_rate_draw(
    scores: ArrayLike, positives: ArrayLike, fpr: float, confidence: float = DEFAULT_CONFIDENCE
) -> NextDraw | None:
    """The next look at which a lower threshold than now is to be expected, if negatives go on scoring as they do.

    scores, positives, fpr, confidence: as for `sequential_fpr`. None where no label is a negative, or no such look
    is in sight.
    """
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    kept, known = quantise(raw[usable]), labels[usable]
    drawn, delta = kept[known == 0.0], round(1.0 - confidence, 12)
    m, falling, observed = drawn.size, np.sort(drawn)[::-1], np.unique(kept)
    if not m:
        return None
    now = _lowest(kept, drawn, fpr, delta)
    looks, bounds = _looks(fpr, delta, AHEAD * m)
    for look, allowed in zip(looks.tolist(), bounds.tolist(), strict=True):
        above = observed[observed > falling[math.floor(max(allowed, 0) / look * m)]]
        if look > m and allowed >= 0 and above.size and above[0] < now:
            count = math.ceil((look - m) * kept.size / m)
            expected = float(known[kept >= above[0]].mean())
            return NextDraw(float(above[0]), expected, count, count, batch_of(count), everywhere=True)
    return None


def _looks(fpr: float, delta: float, negatives: int) -> tuple[Ints, Ints]:
    """The numbers of negatives at which to look, up to `negatives` or more; how many may be above a threshold."""
    first = kmin(1.0 - fpr, delta)
    looks, bounds = anytime_bounds(fpr, ((delta, SOON * first, SPREAD),), first, reached(max(negatives, 2 * first)))
    return looks, bounds[0]


def _lowest(scores: Floats, negatives: Floats, fpr: float, delta: float) -> float:
    """The lowest observed score that any look certifies; inf: none."""
    looks, bounds = _looks(fpr, delta, negatives.size)
    observed, best = np.unique(scores), math.inf
    for look, allowed in zip(looks.tolist(), bounds.tolist(), strict=True):
        if look > negatives.size:
            break
        if allowed >= 0:
            highest = np.partition(negatives[:look], look - 1 - allowed)[look - 1 - allowed]
            above = observed[observed > highest]
            best = min(best, float(above[0]) if above.size else math.inf)
    return best
