"""Estimates with their n and interval, as JSON and as text."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Final

from calibration.intervals import Estimate

PRECISION: Final = 0.9
"""Asked for where nothing is said."""


def targets(text: str) -> tuple[float, dict[str, float]]:
    """A target for all tiers, and those of single ones, as typed; ValueError for anything else.

    >>> targets("0.8"), targets("same=0.95,related=0.8")
    ((0.8, {}), (0.9, {'same': 0.95, 'related': 0.8}))
    """
    single = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    whole = [float(part) for part in text.split(",") if "=" not in part]
    if len(whole) > 1:
        raise ValueError(text)
    return whole[0] if whole else PRECISION, {tier.strip(): float(value) for tier, value in single.items()}


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
