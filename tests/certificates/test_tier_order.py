"""Tiers in order: what an upper certificate implies for a lower tier, and what is said where two cross."""

from __future__ import annotations

import math
from typing import Any

import pytest

from calibration.certificates.certificate import Certificate
from calibration.certificates.tier_order import CROSSING, OVERLAP, implies, in_order
from calibration.policies.gate import check
from calibration.policies.policy import DomainPolicy, Policy


def certificate(threshold: float, precision: float = 0.9, **changes: Any) -> Certificate:
    values = {
        "status": "certified", "threshold": threshold, "n_above": 50, "false_positives": 0, "precision_lower": 0.95,
        "labels_needed": None, "precision": precision, "confidence": 0.9, "method": "auto", "n": 100,
        "positives": 60,
    }  # fmt: skip
    return Certificate(**(values | changes))


def test_a_lower_tier_starts_with_the_upper_one_where_that_implies_it() -> None:
    found, notes = in_order({"same": certificate(0.8), "related": certificate(0.9), "weak": certificate(0.7, 0.5)})
    assert found == {"same": 0.8, "related": 0.8, "weak": 0.7}
    assert notes == ()


@pytest.mark.parametrize(
    "lower",
    [
        certificate(0.9, 0.95),
        certificate(0.9, n=80),
        certificate(0.9, math.nan, fpr=0.01, fpr_upper=0.005),
    ],
)
def test_tiers_cross_where_it_does_not(lower: Certificate) -> None:
    upper = certificate(0.8)
    assert not implies(upper, lower)
    found, (crossing,) = in_order({"same": upper, "related": lower, "weak": certificate(0.7)})
    assert found == {"same": 0.8, "related": None, "weak": 0.7}
    assert crossing.message == CROSSING
    assert dict(crossing.params) == {
        "tier": "related", "threshold": "0.900000", "upper": "same", "ceiling": "0.800000"
    }  # fmt: skip
    assert crossing.explain("zh_CN").startswith("中等相关要到 0.900000")


def test_a_tier_below_one_that_crosses_is_held_against_the_one_that_holds_the_threshold() -> None:
    found, notes = in_order(
        {"same": certificate(0.8, 0.9), "related": certificate(0.9, 0.99), "weak": certificate(0.85, 0.9)}
    )
    assert found == {"same": 0.8, "related": None, "weak": 0.8}
    assert len(notes) == 1


def test_promises_from_both_sides_that_meet_leave_nothing_to_check() -> None:
    found, (overlap,) = in_order({"same": certificate(0.8), "unrelated": certificate(0.85)})
    assert found == {"same": 0.8, "related": 0.8, "weak": None}
    assert overlap.message == OVERLAP


def test_what_is_not_certified_is_empty() -> None:
    nothing = certificate(math.inf, status="not_certifiable")
    assert in_order({"same": nothing}) == ({"same": None, "related": None, "weak": None}, ())
    assert in_order({"same": nothing, "unrelated": nothing})[0]["related"] == -1.0


def test_a_tier_that_is_empty_because_it_crosses_was_not_edited() -> None:
    certificates = {"same": certificate(0.8), "related": certificate(0.9, 0.95)}
    crossed = Policy({"d": DomainPolicy(in_order(certificates)[0], certificates)})
    assert check(None, crossed).passed
    removed = Policy({"d": DomainPolicy({"same": 0.95, "related": None}, certificates)})
    assert not check(None, removed).passed
