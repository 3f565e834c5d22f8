"""Certified thresholds: the lowest t whose risk keeps its target with probability at least 1 - delta.

Labels must be drawn at random from the pairs that the threshold will meet. The usual empirical threshold, which
carries no guarantee, is `calibration.fitting.empirical_threshold.nominal_threshold`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.certificates.procedures import AUTO, MONOTONE, check_method, looks_for, pick
from calibration.certificates.risk import FalsePositiveRate, Precision, Risk
from calibration.certificates.verdict import possible
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.stats.intervals import check_confidence
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import Curve, Floats, Ints, check_arrays, curve


def certify_precision(
    scores: ArrayLike,
    positives: ArrayLike,
    precision: float,
    confidence: float = DEFAULT_CONFIDENCE,
    method: str = AUTO,
    *,
    texts: Ints | None = None,
) -> Certificate:
    """Certify the lowest threshold t with P(precision of {score >= t} >= precision) >= confidence.

    Parameters
    ----------
    scores : array of shape (n,)
        The higher the more alike. NaN and infinite ones are dropped and counted.
    positives : array of shape (n,)
        1 or 0; NaN where the label is not known. Labels must be drawn at random from the pairs that the threshold
        will meet.
    precision : float in [0, 1]
        The target; 0 is met by every pair, 1 by no finite sample.
    confidence : float in (0, 1), default 0.9
        1 - delta.
    method : {"auto", "stepwise", "fst", "scp"}
        See `calibration.certificates.procedures`.
    texts : int array of shape (n, 2), optional
        Codes of each pair's texts (`calibration.stats.text_groups.text_codes`), to count labels that share texts
        for less. None takes every label as independent.

    Returns
    -------
    Certificate
        With the threshold, or the reason why there is none and how many labels it takes.

    Raises
    ------
    BadArgument
        For anything outside these ranges, or shapes that differ.

    References
    ----------
    Clopper and Pearson (1934); Angelopoulos et al. (2021), Learn then Test; docs/method.md.

    Examples
    --------
    >>> found = certify_precision(np.arange(100) / 100, np.arange(100) >= 50, precision=0.8)
    >>> found.threshold, found.n_above, found.false_positives
    (0.44, 56, 6)
    >>> certify_precision([0.9, 0.8], [1, 1], precision=0.9).labels_needed
    22
    """
    return certify(Precision(precision), scores, positives, confidence, method, texts=texts)


def certify_fpr(
    scores: ArrayLike,
    positives: ArrayLike,
    fpr: float,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    texts: Ints | None = None,
) -> Certificate:
    """Certify the lowest threshold that at most a share `fpr` of the negative pairs reaches.

    scores, positives, texts: as for `certify_precision`. fpr, confidence: in (0, 1). Raises BadArgument. See
    `calibration.certificates.risk` for why it holds. `not_certifiable`: so many negatives share the very highest
    score that they exclude the target there.

    >>> found = certify_fpr(np.arange(200) / 200, np.arange(200) >= 100, fpr=0.1)
    >>> found.threshold, found.false_positives, found.negatives
    (0.475, 5, 100)
    """
    return certify(FalsePositiveRate(fpr), scores, positives, confidence, texts=texts)


def certify(
    risk: Risk,
    scores: ArrayLike,
    positives: ArrayLike,
    confidence: float = DEFAULT_CONFIDENCE,
    method: str = AUTO,
    *,
    texts: Ints | None = None,
    counts: Curve | None = None,
) -> Certificate:
    """Certify the lowest threshold that keeps a risk; counts: the `curve` of these labels, if made already."""
    check_confidence(confidence)
    check_method(method)
    found = curve(scores, positives) if counts is None else counts
    if texts is None:
        return certify_curve(found, risk, confidence, method)
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    if not usable.all():
        raw, labels, texts = raw[usable], labels[usable], texts[usable]
    return certify_curve(found, risk, confidence, method, risk.effects(found, raw, labels, texts))


def certify_curve(
    counts: Curve, risk: Risk, confidence: float, method: str, effects: Floats | None = None
) -> Certificate:
    """`certify` on counts; effects: (m,) design effects at the thresholds, None for 1."""
    delta, right = round(1.0 - confidence, 12), risk.right
    if effects is None or right <= 0.0:
        effects = np.ones(counts.thresholds.shape)
    trials = risk.trials(counts, effects)
    known = {"n": counts.n, "positives": counts.positives, "dropped": counts.dropped}
    asked = {**risk.asked, **known, "confidence": confidence, "method": MONOTONE if risk.monotone else method}
    looks = counts.n if trials is counts else looks_for(trials.n)
    index, level = pick(trials, right, delta, asked["method"], looks)
    if index >= 0:
        at = int(np.flatnonzero(counts.thresholds == trials.thresholds[index])[0])
        bound = risk.bound(int(trials.n_above[index]), int(trials.false_positives[index]), level)
        return Certificate(
            status=CERTIFIED,
            threshold=float(counts.thresholds[at]),
            n_above=int(counts.n_above[at]),
            false_positives=int(counts.false_positives[at]),
            labels_needed=None,
            deff=float(effects[at]),
            **bound,
            **asked,
        )
    deff = float(effects[-1]) if effects.size else 1.0
    empty: dict[str, Any] = {"threshold": math.inf, "n_above": 0, "false_positives": 0, "deff": deff}
    empty |= {"precision_lower": math.nan, **asked}
    if right < 1.0 and kmin(right, delta) > trials.n:
        needed = math.ceil(kmin(right, delta) * deff - 1e-9)
        return Certificate(status=INSUFFICIENT, labels_needed=needed, **empty)
    nearest = possible(trials, right, delta) if right < 1.0 else None
    if nearest is None:
        return Certificate(status=NOT_CERTIFIABLE, labels_needed=None, **empty)
    labels, live = (math.ceil(count * deff - 1e-9) for count in (nearest.labels, nearest.live_pairs))
    above = None if risk.monotone else nearest.threshold
    if risk.monotone:  # the labels are negatives, drawn from all pairs
        live = math.ceil(labels * counts.n / (counts.n - counts.positives))
    return Certificate(status=INSUFFICIENT, labels_needed=labels, live_pairs=live, draw_above=above, **empty)
