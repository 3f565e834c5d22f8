"""Nominal thresholds beside the certified ones: where the target is met on the labels, and where that may lie.

The empirical threshold promises nothing (on new data it misses its target about half of the time). It is shown
because its interval says how well the labels know where the target is met at all, and the distance to the
certified threshold what being sure costs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificate import Certificate
from calibration.columns import LOWEST_SCORE, SCORE, TEXT_A, TEXT_B, UNRELATED
from calibration.curve import Curve, Floats, Ints, quantise
from calibration.fit import DomainFit, FitSettings, certifying_rows, labels_of
from calibration.floors import recorded_floor
from calibration.groups import text_groups
from calibration.intervals import Estimate
from calibration.resample import Rule, precision_rule, threshold_interval

RESAMPLES: Final = 200


def nominal_thresholds(
    rows: pd.DataFrame, fit: DomainFit, settings: FitSettings, resamples: int = RESAMPLES
) -> dict[str, Estimate]:
    """By tier, the lowest threshold that meets the target on the labels of one domain, with its interval.

    rows: those that `fit` was made of. For `unrelated` the highest threshold below which it is met. The interval
    is that of `calibration.resample.threshold_interval` at `settings.confidence`; groups of shared texts are drawn
    whole. Value and bounds are infinite where no threshold meets the target.

    >>> from calibration.fit import fit_domain
    >>> scores = np.arange(400) / 400
    >>> made = {"score": scores, "label": (scores >= 0.5).astype(float), "kind": "binary", "domain": "d"}
    >>> frame, asked = pd.DataFrame(made), FitSettings(precision=0.8)
    >>> found = nominal_thresholds(frame, fit_domain(frame, asked), asked, resamples=20)
    >>> found["same"].value, found["unrelated"].value
    (0.375, 0.622501)
    """
    usable = certifying_rows(rows)
    groups = text_groups(usable) if {TEXT_A, TEXT_B} <= set(usable.columns) else np.arange(len(usable))
    scores = usable[SCORE].to_numpy(dtype=np.float64)
    whole = recorded_floor(usable) <= LOWEST_SCORE
    asked = {tier: found for tier, found in fit.certificates.items() if tier != UNRELATED or whole}
    return {
        tier: _interval(tier, scores, labels_of(usable, tier), groups, found, settings.confidence, resamples)
        for tier, found in asked.items()
    }


def rate_rule(fpr: float) -> Rule:
    """The lowest threshold that at most `fpr` of the negatives reach: nominal, never certified; +inf for none."""

    def rule(counts: Curve) -> float:
        negatives = counts.n - counts.positives
        kept = np.flatnonzero(counts.false_positives <= fpr * negatives)
        return float(counts.thresholds[kept[-1]]) if kept.size and negatives else np.inf

    return rule


def _interval(
    tier: str, scores: Floats, labels: Floats, groups: Ints, asked: Certificate, confidence: float, resamples: int
) -> Estimate:
    rule = precision_rule(asked.precision) if asked.fpr is None else rate_rule(asked.fpr)
    if tier != UNRELATED:
        return threshold_interval(scores, labels, groups, rule, confidence=confidence, resamples=resamples)
    mirrored = -quantise(scores)
    found = threshold_interval(mirrored, labels, groups, rule, confidence=confidence, resamples=resamples)
    # `score < threshold`: one step above the highest score that is meant, as in a certificate.
    value, low, high = (_step_up(-bound) for bound in (found.value, found.high, found.low))
    return replace(found, value=value, low=low, high=high)


def _step_up(score: float) -> float:
    return round(score + 1e-6, 6) if np.isfinite(score) else score
