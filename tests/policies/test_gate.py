"""The gate in front of publication: what it lets through, and what not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import certify_precision
from calibration.certificates.certify import certify_fpr
from calibration.columns import TIERS
from calibration.policies.gate import CASE_COLUMNS, check, is_right
from calibration.policies.gate_result import EDITED, MISSING, WEAKER
from calibration.policies.policy import DomainPolicy, Policy

SCORES, LABELS = np.linspace(0, 1, 400), np.linspace(0, 1, 400) > 0.5
SURE = certify_precision(SCORES, LABELS, 0.9)
LESS = certify_precision(SCORES, LABELS, 0.8)
RATE, LOOSE = certify_fpr(SCORES, LABELS, 0.05), certify_fpr(SCORES, LABELS, 0.2)
ASKED = {"confidence": 0.9, "claim": "domain"}


def policy(same: float | None = 0.9, key: str = "new", related: float | None = None, **values: Any) -> Policy:
    bank = DomainPolicy({"same": same, "related": related, "weak": None})
    return replace(Policy({"bank": bank}, id=key, settings=ASKED), **values)


def certified(certificate: Any, key: str = "new", **thresholds: float) -> Policy:
    entry = {"same": certificate.threshold, "related": None, "weak": None} | thresholds
    return Policy({"bank": DomainPolicy(entry, {"same": certificate})}, id=key, settings=ASKED)


def cases(*rows: tuple[int, str, float, float], domain: str = "bank") -> pd.DataFrame:
    return pd.DataFrame([(i, "甲", "乙", domain, *rest) for i, *rest in rows], columns=list(CASE_COLUMNS))


OLD = policy(0.9, "old", 0.8)


def test_a_case_lost_closes_the_gate_and_one_won_does_not_open_it() -> None:
    rows = cases((1, "not_same", 0.85, 0.85), (2, "same", 0.85, 0.85), (3, "same", 0.99, 0.99))
    found = check(OLD, policy(0.84), rows)
    assert [case.case_id for case in found.lost] == [1]
    assert [case.case_id for case in found.won] == [2]
    assert (found.lost[0].tier_current, found.lost[0].tier_candidate) == ("related", "same")
    assert (found.passed, found.judged, found.unjudged) == (False, 3, 0)
    assert [str(reason) for reason in found.reasons()] == [
        "Confirmed bad cases that would go wrong again: 1 of 3 judged by both."
    ]


def test_each_policy_judges_by_the_scores_of_its_own_model() -> None:
    rows = cases((1, "same", 0.95, 0.2))
    assert check(OLD, policy(0.1), rows).passed
    assert not check(OLD, policy(0.9), rows).passed


def test_what_cannot_be_judged_speaks_against() -> None:
    for scores in ((np.nan, 0.9), (0.9, np.nan)):
        found = check(OLD, policy(0.9, related=0.8), cases((1, "same", *scores)))
        assert (found.passed, found.unjudged, found.judged) == (False, 1, 0)
    elsewhere = cases((1, "same", np.nan, np.nan), domain="shop")
    assert check(OLD, policy(0.9), elsewhere).passed


@pytest.mark.parametrize("expected", [*TIERS, "not_same"])
def test_right_is_the_very_tier_or_any_but_same(expected: str) -> None:
    right = {tier for tier in TIERS if is_right(tier, expected)}
    assert right == (set(TIERS[1:]) if expected == "not_same" else {expected})


def test_a_domain_that_vanishes_loses_its_cases() -> None:
    found = check(OLD, Policy({"shop": OLD.domains["bank"]}, id="new"), cases((1, "same", 0.95, 0.95)))
    assert (found.vanished, [case.tier_candidate for case in found.lost]) == (("bank",), [None])
    assert not found.passed


@pytest.mark.parametrize(
    ("held", "given", "how"),
    [
        (SURE, SURE, None),
        (LESS, SURE, None),
        (SURE, LESS, WEAKER),
        (RATE, RATE, None),
        (LOOSE, RATE, None),
        (RATE, LOOSE, WEAKER),
        (SURE, RATE, WEAKER),
        (RATE, SURE, WEAKER),
    ],
)
def test_certificates_are_kept_or_named(held: Any, given: Any, how: str | None) -> None:
    found = check(certified(held, "old"), certified(given))
    assert [broken.how for broken in found.broken] == ([] if how is None else [how])
    assert found.passed == (how is None)


def test_a_certificate_gone_and_one_left_behind_by_an_edit() -> None:
    (gone,) = check(certified(SURE, "old"), policy(SURE.threshold)).broken
    assert (gone.how, gone.tier, gone.current, gone.candidate) == (MISSING, "same", 0.9, None)
    (moved,) = check(certified(SURE, "old"), certified(SURE, same=SURE.threshold - 0.1)).broken
    assert moved.how == EDITED
    assert [broken.how for broken in check(None, certified(SURE, same=0.99)).broken] == [EDITED]
    assert check(None, certified(SURE)).passed


def test_a_lower_confidence_counts_only_where_less_was_asked() -> None:
    sure, shared = (certify_precision(SCORES, LABELS, 0.9, confidence) for confidence in (0.95, 0.9))
    old, new = certified(sure, "old"), certified(shared)
    assert check(old, new).passed
    assert not check(old, replace(new, settings=ASKED | {"confidence": 0.8})).passed
    assert not check(old, replace(new, settings=ASKED | {"claim": "tier"})).passed
    assert not check(old, replace(new, settings={"confidence": "high"})).passed


def test_pairs_that_change_tier_are_counted_by_domain() -> None:
    frame = pd.DataFrame({"domain": ["bank"] * 4 + ["shop"], "score_current": [0.95, 0.85, 0.1, np.nan, 0.9]})
    frame = frame.assign(score_candidate=frame["score_current"])
    (found,) = check(OLD, policy(0.84), pairs=frame, totals={"bank": 100}).moves
    assert (found.domain, found.n, found.total, found.changed) == ("bank", 3, 100, 1)
    assert found.moves == {("related", "same"): 1}


@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from([*TIERS, "not_same"])), max_size=20))
def test_a_policy_loses_nothing_against_itself(rows: list[tuple[float, str]]) -> None:
    frame = cases(*[(i, expected, score, score) for i, (score, expected) in enumerate(rows)])
    found = check(OLD, replace(OLD, id="new"), frame)
    assert found.passed
    assert (found.won, found.judged) == ((), len(rows))


def test_the_result_as_json_holds_numbers_only() -> None:
    import json

    found = check(certified(RATE, "old"), certified(LOOSE), cases((1, "same", 0.9, 0.9)))
    kept = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert kept["broken"][0]["current"] == 0.05
    assert kept["passed"] is False
