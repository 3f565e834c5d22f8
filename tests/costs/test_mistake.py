"""On which side a tier given misses the one expected, how far, and at what cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.columns import TIERS
from calibration.costs.matrix import CostMatrix, UnitCosts
from calibration.costs.mistake import FALSE_MERGE, MISSED_MERGE, WRONG_TIER, margin, mistake_cost, side
from calibration.policies.policy import DomainPolicy, Policy

BANK = {"same": 0.95, "related": 0.75, "weak": None}
LEVELS = st.lists(st.none() | st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("score", "expected", "margin_"),
    [
        (0.97, "related", 0.02),
        (0.97, "not_same", 0.02),
        (0.97, "unrelated", 0.22),
        (0.97, "same", None),
        (0.95, "related", 0.0),
        (0.94, "same", 0.01),
        (0.7, "related", 0.05),
        (0.7, "weak", None),
        (0.8, "weak", 0.05),
        (0.7, "not_same", None),
        (0.1, "unrelated", None),
    ],
)
def test_margins(score: float, expected: str, margin_: float | None) -> None:
    found = margin(score, expected, BANK)
    assert found == (None if margin_ is None else pytest.approx(margin_))


@given(score=st.floats(-1, 1), expected=st.sampled_from(TIERS), levels=LEVELS)
def test_there_is_a_margin_only_where_the_policy_is_wrong(
    score: float, expected: str, levels: list[float | None]
) -> None:
    known = iter(sorted((level for level in levels if level is not None), reverse=True))
    thresholds = {t: None if level is None else next(known) for t, level in zip(TIERS, levels, strict=False)}
    found = margin(score, expected, thresholds)
    given_ = Policy({"d": DomainPolicy(thresholds)}).tier(score)
    if found is not None:
        assert found >= 0
        assert given_ != expected
    elif given_ != expected:  # nothing could have given it
        assert thresholds[expected] is None


def test_sides() -> None:
    found = {(e, g): side(e, g) for e in (*TIERS, "not_same") for g in TIERS}
    assert [pair for pair, name in found.items() if name == FALSE_MERGE] == [
        ("related", "same"), ("weak", "same"), ("unrelated", "same"), ("not_same", "same"),
    ]  # fmt: skip
    assert {pair[0] for pair, name in found.items() if name == MISSED_MERGE} == {"same"}
    assert found[("weak", "related")] == found[("related", "unrelated")] == WRONG_TIER
    assert found[("not_same", "related")] is found[("weak", "weak")] is None


def test_costs_are_those_of_the_matrix() -> None:
    assert mistake_cost("weak", "related", UnitCosts(check=7)) == 7
    assert mistake_cost("not_same", "same", CostMatrix(((0, 0, 0, 0), (99, 0, 0, 0)))) == 99
