"""Guards in a fit: one rule, certified on the pairs that it leaves, chosen on other labels than those judged."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from calibration.calibrate import calibrate_scored, fit_policy
from calibration.errors import BadArgument, GuardRulesMismatch, GuardsNeedTexts, PolicyInvalid
from calibration.evaluation.evaluate_policy import evaluate
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.fitting.guards import CHOOSING_FOLDS, choose_guards, spend_labels
from calibration.fitting.sample import DomainSample
from calibration.policies.export import export
from calibration.policies.gate import check
from calibration.policies.gate_result import EDITED
from calibration.policies.policy import CERTIFIED, MANUAL, Policy
from calibration.text.guards import GUARDS, held_pairs

NUMBERS = {"bank": ("numbers",)}


def scored(n: int = 1200, wrong: float = 0.9, seed: int = 0) -> pd.DataFrame:
    """Precision rises with the score; one pair in ten differs in a number, scores high and is mostly wrong."""
    rng = np.random.default_rng(seed)
    scores, tagged = rng.random(n), rng.random(n) < 0.1
    scores = np.where(tagged, 0.7 + 0.3 * rng.random(n), scores)
    chance = np.where(tagged, 1.0 - wrong, np.clip(1.4 * scores - 0.3, 0.02, 0.97))
    numbers = [("3期", "12期") if one else ("", "") for one in tagged]
    words = ["".join("天地玄黄宇宙洪荒日月盈昃辰宿列张"[int(digit, 16)] for digit in f"{i:04x}") for i in range(n)]
    return pd.DataFrame(
        {
            "text_a": [f"{word}怎么还款{a}" for word, (a, _) in zip(words, numbers, strict=True)],
            "text_b": [f"{word}如何还款{b}" for word, (_, b) in zip(words, numbers, strict=True)],
            "label": (rng.random(n) < chance).astype(float),
            "kind": "binary",
            "domain": "bank",
            "score": scores,
        }
    )


def test_without_guards_nothing_of_them_is_written() -> None:
    written = json.dumps(fit_policy(scored(300)).to_json())
    assert "guard" not in written


def test_same_is_certified_on_the_pairs_that_no_guard_holds_back() -> None:
    rows = scored()
    held = held_pairs(("numbers",), rows["text_a"], rows["text_b"])
    assert 80 < held.sum() < 160
    plain, guarded = fit_policy(rows).domain("bank"), fit_policy(rows, guards=NUMBERS).domain("bank")
    assert guarded.certificates["same"].n == len(rows) - held.sum()
    assert guarded.certificates["same"].guards == ("numbers",)
    assert guarded.certificates["unrelated"].guards == ()
    assert guarded.certificates["unrelated"] == plain.certificates["unrelated"]
    left = fit_policy(rows[~held]).domain("bank").certificates["same"]
    assert guarded.certificates["same"].threshold == left.threshold
    at = guarded.thresholds["same"]
    assert at is not None
    assert at < (plain.thresholds["same"] or math.inf)


def test_a_guarded_policy_survives_json_and_refuses_bare_scores() -> None:
    policy = fit_policy(scored(), guards=NUMBERS)
    again = Policy.from_json(json.loads(json.dumps(policy.to_json())))
    assert again == policy
    assert again.domain("bank").guards == ("numbers",)
    assert again.provenance("bank", "same") == CERTIFIED
    with pytest.raises(GuardsNeedTexts, match="numbers"):
        again.tier(0.99, "bank")
    assert again.tier(0.999, "bank", ("怎么还款", "如何还款")) == "same"
    assert again.tier(0.999, "bank", ("分3期", "分12期")) == "related"
    with pytest.raises(BadArgument, match="guards"):
        export(Policy(again.domains, fingerprint="f", guard_rules=again.guard_rules), "plain", "bank")


def test_guards_written_in_by_hand_are_covered_by_no_certificate_and_the_gate_says_so() -> None:
    before = fit_policy(scored(wrong=0.3), precision=0.7)
    data = before.to_json()
    data["domains"]["bank"]["guards"] = ["numbers"]
    edited = Policy.from_json(data)
    assert edited.provenance("bank", "same") == MANUAL
    assert [one.how for one in check(before, edited).broken] == [EDITED]
    data["domains"]["bank"]["guards"] = ["length_ratio"]
    with pytest.raises(PolicyInvalid, match="numbers"):
        Policy.from_json(data)


def test_other_rules_for_the_same_guards_are_refused() -> None:
    data = fit_policy(scored(), guards=NUMBERS).to_json()
    data["scoring"]["guard_rules"] = "0"
    with pytest.raises(GuardRulesMismatch):
        Policy.from_json(data).tier(0.9, "bank", ("甲", "乙"))


def test_evaluation_counts_held_pairs_as_not_merged() -> None:
    rows, fresh = scored(), scored(seed=5)
    policy = fit_policy(rows, guards=NUMBERS)
    metrics = evaluate(policy, fresh)["bank"].tier("same")
    at = policy.domain("bank").thresholds["same"]
    assert metrics is not None
    assert at is not None
    held = held_pairs(("numbers",), fresh["text_a"], fresh["text_b"])
    accepted = (fresh["score"] >= at) & ~held
    assert metrics.precision.n == accepted.sum()
    assert metrics.precision.hits == fresh["label"][accepted].sum()
    assert metrics.recall.n == fresh["label"].sum()


def test_a_guard_is_chosen_where_what_it_holds_back_is_worse_than_the_target() -> None:
    helps = choose_guards(scored(600), 0.8, "bank")
    assert helps.guards == ("numbers",)
    assert "helps" in str(helps.sentences()[0])
    assert choose_guards(scored(600, wrong=0.02), 0.8, "bank").guards == ()


def test_chosen_guards_are_certified_on_other_labels_than_they_were_chosen_on() -> None:
    rows, settings = scored(), FitSettings(0.8)
    choices, left = spend_labels(rows, settings)
    spent = rows.drop(index=left.index)
    assert choices["bank"].n == len(spent) == pytest.approx(len(rows) * CHOOSING_FOLDS / 5, abs=10)
    assert not set(spent["text_a"]) & set(left["text_a"])
    run = calibrate_scored(rows, settings, guards="auto")
    assert run.choices["bank"] == choices["bank"]
    assert run.policy.domain("bank").guards == ("numbers",)
    alone = fit_domain(DomainSample.of(left, ("numbers",)), settings)
    assert run.fits["bank"].certificates["same"].threshold == alone.certificates["same"].threshold
    with pytest.raises(BadArgument, match="one by one"):
        calibrate_scored(rows, FitSettings(fpr=0.01), guards="auto")


def test_guards_for_a_domain_without_pairs_are_refused() -> None:
    with pytest.raises(BadArgument, match="bank"):
        fit_policy(scored(300), guards={"shop": ("numbers",)})


def test_choosing_takes_a_useless_guard_no_more_often_than_agreed() -> None:
    """Held pairs as good as the target: any guard taken is taken by chance."""
    taken = 0
    for seed in range(60):
        rows = scored(400, seed=seed)
        rng = np.random.default_rng(seed)
        rows["label"] = (rng.random(len(rows)) < 0.8).astype(float)
        taken += bool(choose_guards(rows, 0.8, "bank").guards)
    assert taken / 60 <= 0.1 + 2 * math.sqrt(0.1 * 0.9 / 60)
    assert set(GUARDS) == {one.guard for one in choose_guards(rows, 0.8).found}
