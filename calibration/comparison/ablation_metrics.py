"""Metrics of scoring variants in one domain and their differences to a baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import norm

from calibration.columns import SAME, SCORE
from calibration.comparison.ablation_result import (
    CHANGES_NOTHING,
    HARMS,
    HELPS,
    NEGLIGIBLE,
    NO_DIFFERENCE,
    NORMAL,
    Difference,
    VariantResult,
)
from calibration.comparison.paired_bootstrap import AUC, PRECISION, RECALL, auc_samples, certified_samples
from calibration.fitting.fit import FitSettings
from calibration.pairs import positives
from calibration.stats.intervals import Estimate
from calibration.stats.multiple_testing import adjust
from calibration.stats.text_groups import text_groups
from calibration.stats.threshold_counts import Floats, Ints

TESTED: Final = (AUC, RECALL)
UNCHANGED: Final = 1e-6
"""Scores that differ by no more are equal: float32 noise."""
MATTERS: Final = 0.005
"""A difference beyond chance, but smaller than this in AUC and in recall, is nobody's reason to change anything."""
ROUNDING: Final = 1e-9
"""Standard errors below this are rounding: no resample differs."""

Samples = Mapping[str, Floats]
"""By metric: the value found, then those of resamples (for their spread only)."""
REFITS: Final = 100
"""Resamples in which thresholds are certified again: enough for a standard error."""


@dataclass(frozen=True)
class Asked:
    """What is asked for in every domain."""

    settings: FitSettings
    confidence: float
    resamples: int
    seed: int


@dataclass(frozen=True)
class Gap:
    """A value (variant - baseline), its standard error over group resamples, its p-value; NaN: not known."""

    value: float
    error: float
    p_value: float


@dataclass(frozen=True)
class Measured:
    """One variant in one domain before the correction for looking at many."""

    n: int
    groups: int
    changed: int
    metrics: Mapping[str, Estimate]
    gaps: Mapping[str, Gap]


def measure(part: Mapping[str, pd.DataFrame], baseline: str, asked: Asked, domains: int) -> dict[str, Measured]:
    """Every variant's frame of one domain, all of the same rows. domains: how many share the claim of the fits."""
    base = part[baseline]
    n, groups = len(base), text_groups(base)
    scores = {key: rows[SCORE].to_numpy(dtype=np.float64) for key, rows in part.items()}
    changed = {key: int((np.abs(scores[key] - scores[baseline]) > UNCHANGED).sum()) for key in part}
    theirs = _samples(base, groups, asked, domains)
    found = {}
    for key, rows in part.items():
        ours = _samples(rows, groups, asked, domains) if changed[key] else theirs
        spread = float(norm.isf((1.0 - asked.confidence) / 2))
        metrics = {
            name: _interval(_gap(values, False), spread, n, asked.confidence, (0.0, 1.0))
            for name, values in ours.items()
        }
        gaps = {name: _gap(ours[name] - theirs[name], name in TESTED and changed[key] > 0) for name in ours}
        found[key] = Measured(n, len(np.unique(groups)), changed[key], metrics, gaps)
    return found


def results(
    measured: Mapping[str, Mapping[str, Measured]], confidence: float
) -> tuple[dict[str, dict[str, VariantResult]], int]:
    """Results with p-values by Holm and intervals at Bonferroni's level over all tests; how many there were."""
    gaps = {(d, v, m): g for d, part in measured.items() for v, one in part.items() for m, g in one.gaps.items()}
    p_values = np.array([gap.p_value for gap in gaps.values()])
    tests = int(np.isfinite(p_values).sum())
    spread = float(norm.isf((1.0 - confidence) / (2 * max(tests, 1))))
    adjusted = dict(zip(gaps, adjust(p_values).tolist(), strict=True))

    def result(domain: str, variant: str, one: Measured) -> VariantResult:
        differences = {
            metric: Difference(
                _interval(gap, spread, one.n, confidence, (-1.0, 1.0)),
                gap.p_value,
                adjusted[domain, variant, metric],
            )
            for metric, gap in one.gaps.items()
        }
        verdict = _verdict(differences, confidence) if one.changed else CHANGES_NOTHING
        return VariantResult(variant, one.n, one.groups, one.changed, one.metrics, differences, verdict)

    return {d: {v: result(d, v, one) for v, one in part.items()} for d, part in measured.items()}, tests


def _samples(rows: pd.DataFrame, groups: Ints, asked: Asked, domains: int) -> Samples:
    if rows.empty:
        return dict.fromkeys((AUC, RECALL, PRECISION), np.full(1 + asked.resamples, np.nan))
    scores = rows[SCORE].to_numpy(dtype=np.float64)
    auc = auc_samples(scores, positives(rows, SAME), groups, asked.resamples, asked.seed)
    refits = min(REFITS, asked.resamples)
    return {AUC: auc, **certified_samples(rows, groups, asked.settings, domains, refits, asked.seed)}


def _gap(values: Floats, tested: bool) -> Gap:
    """values: the observed difference first. A difference that resamples never move says nothing: p is 1."""
    value, drawn = float(values[0]), values[1:][np.isfinite(values[1:])]
    error = float(drawn.std()) if drawn.size > 1 else np.nan
    p_value = float(2.0 * norm.sf(abs(value) / error)) if error > ROUNDING and np.isfinite(value) else 1.0
    return Gap(value, error, p_value if tested else np.nan)


def _interval(gap: Gap, spread: float, n: int, confidence: float, bounds: tuple[float, float]) -> Estimate:
    known = np.isfinite(gap.value) and np.isfinite(gap.error)
    low, high = (gap.value - spread * gap.error, gap.value + spread * gap.error) if known else bounds
    return Estimate(gap.value, max(low, bounds[0]), min(high, bounds[1]), n, confidence, NORMAL)


def _verdict(differences: Mapping[str, Difference], confidence: float) -> str:
    level = round(1.0 - confidence, 12)
    shown = {differences[name].estimate.value > 0 for name in TESTED if differences[name].p_adjusted <= level}
    if len(shown) != 1:
        return NO_DIFFERENCE
    if all(abs(differences[name].estimate.value) < MATTERS for name in TESTED):
        return NEGLIGIBLE
    return HELPS if shown.pop() else HARMS
