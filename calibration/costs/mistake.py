"""Type, margin and cost of a wrong tier."""

from __future__ import annotations

import math
from typing import Final

from calibration.columns import BINARY, NOT_SAME, SAME, THRESHOLD_TIERS, TIER, TIERS, UNRELATED
from calibration.costs.matrix import CostMatrix, UnitCosts
from calibration.errors import N_
from calibration.policies.tiers import Thresholds

FALSE_MERGE: Final = "false_merge"
MISSED_MERGE: Final = "missed_merge"
WRONG_TIER: Final = "wrong_tier"
SIDE_NAMES: Final = {
    FALSE_MERGE: N_("false merge"),
    MISSED_MERGE: N_("missed merge"),
    WRONG_TIER: N_("other wrong tier"),
}
SIDES: Final = tuple(SIDE_NAMES)


def side(expected: str, given: str) -> str | None:
    """The mistake that giving tier `given` is; None where it is none. expected: a tier, or `not_same`.

    >>> side("not_same", "same"), side("same", "weak"), side("weak", "related"), side("not_same", "related")
    ('false_merge', 'missed_merge', 'wrong_tier', None)
    """
    if expected == given or (expected == NOT_SAME and given != SAME):
        return None
    if given == SAME:
        return FALSE_MERGE
    return MISSED_MERGE if expected == SAME else WRONG_TIER


def margin(score: float, expected: str, thresholds: Thresholds) -> float | None:
    """How far `score` is on the wrong side of the threshold that would have given `expected`, >= 0.

    The smaller the better. None where the score is on the right side, or where no threshold could have given the
    tier. Above: the lowest threshold of a higher tier; below: the threshold of the tier itself.

    >>> margin(0.9, "weak", {"same": 0.95, "related": 0.75, "weak": 0.5})
    0.15
    >>> margin(0.4, "same", {"same": 0.95}), margin(0.96, "same", {"same": 0.95})
    (0.55, None)
    """
    low, high = _bounds(expected, thresholds)
    if score >= high:
        return round(score - high, 9)
    return round(low - score, 9) if score < low else None


def _bounds(expected: str, thresholds: Thresholds) -> tuple[float, float]:
    """Scores from the first to just below the second are given what is expected; NaN: none are."""
    if expected == NOT_SAME:
        known = thresholds.get(SAME)
        return -math.inf, math.inf if known is None else known
    own = thresholds.get(expected)
    low = -math.inf if expected == UNRELATED else math.nan if own is None else own
    above = [thresholds.get(tier) for tier in THRESHOLD_TIERS[: TIERS.index(expected)]]
    return low, min((value for value in above if value is not None), default=math.inf)


def mistake_cost(expected: str, given: str, costs: UnitCosts | CostMatrix | None = None) -> float:
    """What giving tier `given` costs where `expected` was right, >= 0; the smaller the better.

    >>> mistake_cost("not_same", "same"), mistake_cost("same", "unrelated")
    (10.0, 3.5)
    """
    matrix = costs if isinstance(costs, CostMatrix) else (costs or UnitCosts()).matrix(_kind(expected))
    return float(matrix.rows[matrix.true.index(expected)][TIERS.index(given)])


def _kind(expected: str) -> str:
    return BINARY if expected == NOT_SAME else TIER
