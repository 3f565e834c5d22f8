"""Nominal thresholds beside the certified ones: where the target is met on the labels, and where that may be.

The empirical threshold promises nothing (on new data it misses its target about half of the time). It is shown
because its interval says how well the labels know where the target is met at all, and the distance to the
certified threshold what being sure costs.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.columns import LOWEST_SCORE, UNRELATED
from calibration.fitting.fit import DomainFit, FitSettings
from calibration.fitting.sample import DomainSample
from calibration.stats.group_bootstrap import Rule, threshold_interval
from calibration.stats.intervals import Estimate
from calibration.stats.threshold_counts import Curve, mirrored

RESAMPLES: Final = 200


def nominal_thresholds(
    rows: pd.DataFrame | DomainSample, fit: DomainFit, settings: FitSettings, resamples: int = RESAMPLES
) -> dict[str, Estimate]:
    """By tier, the lowest threshold that meets the target on the labels of one domain, with its interval.

    rows: those that `fit` was made of. For `unrelated` the highest threshold below which it is met. The interval
    is that of `calibration.stats.group_bootstrap.threshold_interval` at `settings.confidence`; groups of shared
    texts are drawn whole. Value and bounds are infinite where no threshold meets the target.

    >>> from calibration.fitting.fit import fit_domain
    >>> scores = np.arange(400) / 400
    >>> made = {"score": scores, "label": (scores >= 0.5).astype(float), "kind": "binary", "domain": "d"}
    >>> frame, asked = pd.DataFrame(made), FitSettings(precision=0.8)
    >>> found = nominal_thresholds(frame, fit_domain(frame, asked), asked, resamples=20)
    >>> found["same"].value, found["unrelated"].value
    (0.375, 0.622501)
    """
    used = DomainSample.of(rows, fit.guards).certifying
    asked = {t: found for t, found in fit.certificates.items() if t != UNRELATED or used.floor <= LOWEST_SCORE}
    return {tier: _interval(used, tier, found, settings.confidence, resamples) for tier, found in asked.items()}


def nominal_threshold(counts: Curve, precision: float) -> float:
    """The lowest threshold whose EMPIRICAL precision is >= `precision`; +inf where there is none.

    Never a guarantee: on new data it misses its target about half of the time.
    """
    enough = np.flatnonzero(counts.precision >= precision)
    return float(counts.thresholds[enough[-1]]) if enough.size else math.inf


def precision_rule(precision: float) -> Rule:
    """The lowest threshold whose empirical precision is >= `precision`: nominal, never certified."""
    return lambda counts: nominal_threshold(counts, precision)


def f1_rule(counts: Curve) -> float:
    """The threshold of the largest F1 = 2 TP / (accepted + positives), the lowest of several; in [0, 1]."""
    if not counts.positives:
        return math.inf
    f1 = 2.0 * (counts.n_above - counts.false_positives) / (counts.n_above + counts.positives)
    return float(counts.thresholds[::-1][np.argmax(f1[::-1])])


def rate_rule(fpr: float) -> Rule:
    """The lowest threshold that at most `fpr` of the negatives reach: nominal, never certified; +inf for none."""

    def rule(counts: Curve) -> float:
        negatives = counts.n - counts.positives
        kept = np.flatnonzero(counts.false_positives <= fpr * negatives)
        return float(counts.thresholds[kept[-1]]) if kept.size and negatives else np.inf

    return rule


def _interval(sample: DomainSample, tier: str, asked: Certificate, confidence: float, resamples: int) -> Estimate:
    rule = precision_rule(asked.precision) if asked.fpr is None else rate_rule(asked.fpr)
    sample = sample.eligible(tier)
    labels, counts = sample.labels[tier], sample.curve(tier)
    found = threshold_interval(
        sample.signed(tier),
        labels,
        sample.groups,
        rule,
        confidence=confidence,
        resamples=resamples,
        counts=counts,
    )
    if tier != UNRELATED:
        return found
    value, low, high = (mirrored(bound) for bound in (found.value, found.high, found.low))
    return replace(found, value=value, low=low, high=high)
