"""Metrics with their intervals as JSON data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from calibration.evaluate import DomainEvaluation, TierMetrics
from calibration.intervals import Proportion


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
