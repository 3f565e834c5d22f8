"""Metrics and estimates with their n and interval, as JSON and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from calibration.columns import DEFAULT_PRECISION
from calibration.stats.intervals import Estimate, Proportion

if TYPE_CHECKING:
    from calibration.evaluation.tier_metrics import DomainEvaluation, TierMetrics


def targets(text: str) -> tuple[float, dict[str, float]]:
    """A target for all tiers, and those of single ones, as typed; ValueError for anything else.

    >>> targets("0.8"), targets("same=0.95,related=0.8")
    ((0.8, {}), (0.9, {'same': 0.95, 'related': 0.8}))
    """
    single = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    whole = [float(part) for part in text.split(",") if "=" not in part]
    if len(whole) > 1:
        raise ValueError(text)
    return whole[0] if whole else DEFAULT_PRECISION, {tier.strip(): float(value) for tier, value in single.items()}


def estimate_json(found: Estimate) -> dict[str, Any]:
    """All fields; null for what is not a finite number: unknown, or unbounded.

    >>> estimate_json(Estimate(math.nan, 0.0, math.inf, 0, 0.9, "group_bootstrap"))["high"] is None
    True
    """
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in asdict(found).items()
    }


def estimate_text(found: Estimate) -> str:
    """Value, interval and n in one line.

    >>> estimate_text(Estimate(0.5, 0.25, 0.75, 40, 0.9, "group_bootstrap"))
    '0.500 [0.250, 0.750] (n=40)'
    """
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}] (n={found.n})" if found.n else "- (n=0)"


def evaluations_json(evaluations: Mapping[str, DomainEvaluation]) -> dict[str, Any]:
    """Metrics by domain and tier as JSON data."""
    return {
        domain: {
            "n": found.n,
            "out_of_fold": found.out_of_fold,
            "tiers": {metrics.tier: _metrics_json(metrics) for metrics in found.tiers},
        }
        for domain, found in evaluations.items()
    }


def _metrics_json(metrics: TierMetrics) -> dict[str, Any]:
    return {
        "threshold": metrics.threshold,
        "precision": proportion_json(metrics.precision),
        "recall": proportion_json(metrics.recall),
        "in_band_precision": proportion_json(metrics.in_band),
    }


def proportion_json(share: Proportion) -> dict[str, Any]:
    """A proportion with its n and interval; value null where n is 0. The interval counts n / deff labels."""
    value = None if math.isnan(share.value) else share.value
    return {
        "value": value,
        "low": share.low,
        "high": share.high,
        "n": share.n,
        "hits": share.hits,
        "confidence": share.confidence,
        "deff": share.deff,
    }
