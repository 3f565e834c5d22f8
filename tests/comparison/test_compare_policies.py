"""Two sides on the same pairs: exact tests against slow references, intervals that cover, and what is refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from calibration.comparison.compare_policies import compare_fits, compare_judged, compare_policies
from calibration.comparison.paired_decisions import cost_loss
from calibration.comparison.result import A_BETTER, B_BETTER, NO_DIFFERENCE
from calibration.costs.matrix import UnitCosts
from calibration.errors import BadArgument, ColumnsMissing, EmptyInput, UnknownDomain
from calibration.fitting.fit import FitSettings
from calibration.policies.policy import DomainPolicy, Policy
from calibration.stats.multiple_testing import adjust, levels
from calibration.stats.paired_tests import mcnemar, resample, sign_test


def scored(
    n: int = 600, seed: int = 0, noise: float = 0.15, kind: str = "binary", domain: str = "shop"
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    truth = rng.random(n)
    label = (truth > 0.6).astype(float) if kind == "binary" else np.minimum(np.floor(truth * 4), 3)
    return pd.DataFrame(
        {
            "text_a": [f"{domain}甲{i}" for i in range(n)],
            "text_b": [f"{domain}乙{i}" for i in range(n)],
            "label": label,
            "kind": kind,
            "domain": domain,
            "score": np.clip(truth + noise * rng.normal(size=n), 0, 1),
        }
    )


def policy(same: float | None, related: float | None = None, weak: float | None = None, **more: Any) -> Policy:
    name = more.pop("domain", "shop")
    return Policy({name: DomainPolicy({"same": same, "related": related, "weak": weak})}, **more)


signs = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 1)), min_size=1, max_size=10)


@given(signs)
def test_the_sign_test_is_that_of_all_sign_flips(rows: list[tuple[int, int]]) -> None:
    groups, differences = np.array([g for g, _ in rows]), np.array([d for _, d in rows])
    sums = [differences[groups == g].sum() for g in np.unique(groups)]
    flips = [
        abs(sum(f * s for f, s in zip(flip, sums, strict=True))) for flip in product((1, -1), repeat=len(sums))
    ]
    expected = np.mean(np.array(flips) >= abs(differences.sum()))
    assert sign_test(differences, groups) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_mcnemar_is_the_binomial_test_on_discordant_pairs(rows: list[tuple[bool, bool]]) -> None:
    a, b = zip(*rows, strict=True)
    found = mcnemar(a, b, range(len(rows)))
    only_a, only_b = sum(x and not y for x, y in rows), sum(y and not x for x, y in rows)
    assert (found.only_a, found.only_b) == (only_a, only_b)
    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert found.p_value == pytest.approx(expected)
    assert found.p_grouped == pytest.approx(expected, abs=1e-12)


def test_pairs_of_one_text_count_as_one() -> None:
    a, b = [0] * 12, [1] * 12
    assert mcnemar(a, b, range(12)).p_grouped < 0.001
    assert mcnemar(a, b, [0] * 12).p_grouped == 1.0
    assert mcnemar(a, b, [0] * 12).p_value < 0.001


def test_no_changed_pair_is_not_proof_of_none() -> None:
    found = mcnemar([1] * 50, [1] * 50, range(50))
    assert (found.p_value, found.discordant.hits) == (1.0, 0)
    assert found.discordant.high == pytest.approx(1 - 0.05 ** (1 / 50))


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0.01, 0.3), st.sampled_from(["holm", "bonferroni"])
)
def test_levels_and_adjusted_p_values_agree(p: list[float], level: float, method: str) -> None:
    adjusted, held = adjust(p, method), levels(p, level, method)
    clear = np.abs(adjusted - level) > 1e-9
    assert ((np.array(p) <= held) == (adjusted <= level))[clear].all()
    assert (adjusted >= np.array(p)).all()
    assert (adjust(p) <= adjust(p, "bonferroni")).all()


def test_missing_tests_take_no_share() -> None:
    assert adjust([0.01, np.nan, 0.02])[[0, 2]].tolist() == [0.02, 0.02]
    assert np.isnan(adjust([0.01, np.nan])[1])
    with pytest.raises(BadArgument, match="method"):
        adjust([0.1], "fdr")


def test_resampling_draws_whole_groups_and_keeps_columns_paired() -> None:
    rng = np.random.default_rng(1)
    groups, x = rng.integers(0, 40, 200), rng.random(200)
    sums = resample({"x": x, "twice": 2 * x, "n": np.ones(200)}, groups, 4000, seed=2)
    np.testing.assert_allclose(sums["twice"], 2 * sums["x"])
    per_group = np.bincount(groups, weights=x)
    assert sums["x"].mean() == pytest.approx(x.sum(), rel=0.02)
    assert sums["x"].std() == pytest.approx(np.sqrt(len(per_group)) * per_group.std(), rel=0.1)
    assert len(set(sums["n"])) > 1


def test_the_better_policy_is_found_and_the_sides_are_told_apart() -> None:
    pairs = scored()
    found = compare_policies(policy(0.95, name="old"), policy(0.6, name="new"), pairs)
    domain = found.domains["shop"]
    same = domain.tiers["same"]
    assert same.verdict == B_BETTER
    assert (found.a, found.b) == ("old", "new")
    assert same.metrics["recall"].difference.low > 0
    assert "new is right about" in str(found.sentence("shop", "same"))
    assert "new" in found.sentence("shop", "same").explain("zh_CN")
    back = compare_policies(policy(0.6), policy(0.95), pairs).domains["shop"].tiers["same"]
    assert back.verdict == A_BETTER
    assert back.metrics["f1"].difference.value == -same.metrics["f1"].difference.value
    assert (
        sum(domain.transitions.values())
        == len(found.changed)
        == int(pairs["score"].between(0.6, 0.95, "left").sum())
    )


def test_metrics_are_those_counted_by_hand() -> None:
    pairs = scored()
    found = compare_policies(policy(0.8), policy(0.6), pairs).domains["shop"].tiers["same"]
    for side, threshold in (("a", 0.8), ("b", 0.6)):
        taken, due = pairs["score"] >= threshold, pairs["label"] == 1
        values = {"precision": due[taken].mean(), "recall": taken[due].mean()}
        values["f1"] = 2 / (1 / values["precision"] + 1 / values["recall"])
        for name, value in values.items():
            metric = getattr(found.metrics[name], side)
            assert metric.value == pytest.approx(value)
            assert metric.low < value < metric.high
    gap = found.metrics["recall"]
    assert gap.difference.value == pytest.approx(gap.b.value - gap.a.value)
    assert gap.difference.low <= gap.difference.value <= gap.difference.high


def test_equal_policies_differ_nowhere() -> None:
    found = compare_policies(policy(0.7), policy(0.7), scored())
    same = found.domains["shop"].tiers["same"]
    assert (same.verdict, same.mcnemar.p_adjusted, len(found.changed)) == (NO_DIFFERENCE, 1.0, 0)
    assert (found.a, found.b) == ("policy (a)", "policy (b)")
    assert "no difference" in str(found.sentence("shop", "same"))


def test_tier_labels_judge_every_tier_and_the_very_tier() -> None:
    pairs = scored(kind="tier")
    found = compare_policies(policy(0.9, 0.8, 0.7), policy(0.75, 0.5, 0.25), pairs).domains["shop"]
    assert list(found.tiers) == ["same", "related", "weak", "unrelated"]
    assert found.exact is not None
    assert found.exact.only_b > found.exact.only_a
    assert found.exact.p_adjusted >= found.exact.p_grouped
    given = pd.cut(pairs["score"], [-1, 0.25, 0.5, 0.75, 2], right=False, labels=False)
    alone = (given == pairs["label"]) & (
        pd.cut(pairs["score"], [-1, 0.7, 0.8, 0.9, 2], right=False, labels=False) != pairs["label"]
    )
    assert found.exact.only_b == int(alone.sum())


def test_review_rows_are_shown_but_not_counted() -> None:
    pairs = scored(100).assign(purpose="calibrate")
    bad = pairs.iloc[:1].assign(score=0.7, label=1.0, purpose="review", text_a="坏例")
    found = compare_policies(policy(0.8), policy(0.6), pd.concat([pairs, bad], ignore_index=True))
    assert (found.domains["shop"].n, found.domains["shop"].reviewed) == (100, 1)
    row = found.changed[found.changed["text_a"] == "坏例"].iloc[0]
    assert (row["tier_a"], row["tier_b"], row["better"]) == ("unrelated", "same", "b")


def test_pairs_without_a_score_are_dropped_and_counted() -> None:
    pairs = scored(100)
    other = pairs.copy()
    other.loc[:4, "score"] = np.nan
    found = compare_policies(policy(0.8), policy(0.6), pairs, other).domains["shop"]
    assert (found.n, found.dropped) == (95, 5)


def test_costs_are_compared_in_pairs() -> None:
    pairs = scored()
    found = compare_policies(policy(0.95), policy(0.6), pairs, loss=cost_loss(UnitCosts())).domains["shop"].cost
    assert found is not None
    wrong = (pairs["score"] >= 0.6) & (pairs["label"] == 0)
    missed = (pairs["score"] < 0.6) & (pairs["label"] == 1)
    assert found.b.value == pytest.approx((10 * wrong + 3 * missed).mean())
    assert found.difference.value == pytest.approx(found.b.value - found.a.value)
    assert found.difference.low < found.difference.value < found.difference.high


@pytest.mark.slow
def test_two_models_are_compared_out_of_fold_each_on_its_own_scale() -> None:
    good, noisy = scored(800, noise=0.03), scored(800, noise=0.3)
    noisy["score"] = 0.9 + noisy["score"] / 10
    found = compare_fits(noisy, good, FitSettings(precision=0.8), names=("weak", "strong"))
    same = found.domains["shop"].tiers["same"]
    assert found.out_of_fold
    assert same.verdict == B_BETTER
    assert same.metrics["recall"].difference.low > 0
    rescaled = good.assign(score=np.round(good["score"] / 4 + 0.5, 6))
    again = compare_fits(good.assign(score=good["score"].round(4)), rescaled, FitSettings(precision=0.8))
    assert len(again.changed) <= 2


def test_p_values_are_corrected_over_domains() -> None:
    one = scored(300)
    both = pd.concat([one, scored(300, seed=5, domain="bank")], ignore_index=True)
    domains = {name: DomainPolicy({"same": 0.7, "related": None, "weak": None}) for name in ("shop", "bank")}
    a, b = Policy(domains), Policy({**domains, "shop": DomainPolicy({"same": 0.78, "related": None, "weak": None})})
    alone = compare_policies(a, b, one).domains["shop"].tiers["same"].mcnemar
    among = compare_policies(a, b, both).domains["shop"].tiers["same"].mcnemar
    assert among.p_grouped == alone.p_grouped
    assert among.p_adjusted > alone.p_adjusted > alone.p_grouped


@pytest.mark.slow
def test_intervals_of_differences_cover_and_equal_sides_are_rarely_told_apart() -> None:
    """120 comparisons of two noisy copies of one score: the truth is no difference at nominal 90%."""
    covered = alarms = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        label = (rng.random(150) < 0.5).astype(float)
        a, b = (label + rng.normal(size=150) > 0.5 for _ in range(2))
        pairs = scored(150).assign(label=label, score_a=a, score_b=b)
        judged = pairs.assign(tier_a=np.where(a, "same", "unrelated"), tier_b=np.where(b, "same", "unrelated"))
        found = compare_judged(judged, resamples=200, seed=seed).domains["shop"].tiers["same"]
        gap = found.metrics["f1"].difference
        covered += gap.low <= 0 <= gap.high
        alarms += found.mcnemar.p_grouped <= 0.1
    assert 0.82 <= covered / 120 <= 0.97
    assert alarms / 120 <= 0.17


def test_bad_input_is_named() -> None:
    pairs = scored(20)
    with pytest.raises(UnknownDomain, match="shop"):
        compare_policies(policy(0.8, domain="bank"), policy(0.8, domain="bank"), pairs)
    with pytest.raises(BadArgument, match="same pairs"):
        compare_policies(policy(0.8), policy(0.6), pairs, pairs.iloc[::-1])
    with pytest.raises(BadArgument, match="same pairs"):
        compare_policies(policy(0.8), policy(0.6), pairs, pairs.iloc[:10])
    with pytest.raises(EmptyInput):
        compare_policies(policy(0.8), policy(0.6), pairs.iloc[:0])
    with pytest.raises(ColumnsMissing, match="score"):
        compare_policies(policy(0.8), policy(0.6), pairs.drop(columns="score"))
    with pytest.raises(BadArgument, match="confidence"):
        compare_policies(policy(0.8), policy(0.6), pairs, confidence=1.0)
    with pytest.raises(BadArgument, match="resamples"):
        compare_policies(policy(0.8), policy(0.6), pairs, resamples=0)


def test_an_empty_tier_has_no_precision_but_a_recall_of_nothing() -> None:
    found = compare_policies(policy(None), policy(0.6), scored()).domains["shop"].tiers["same"]
    assert np.isnan(found.metrics["precision"].difference.value)
    assert (found.metrics["precision"].difference.low, found.metrics["precision"].difference.high) == (-1.0, 1.0)
    assert found.metrics["recall"].a.value == 0


def test_one_label_and_one_class_are_clear() -> None:
    for pairs in (scored(1), scored(50).assign(label=1.0), scored(50).assign(score=0.7)):
        found = compare_policies(policy(0.8), policy(0.6), pairs).domains["shop"]
        assert found.n == len(pairs)
        assert 0 < found.tiers["same"].mcnemar.p_adjusted <= 1


def test_many_pairs_tell_a_small_difference() -> None:
    pairs = scored(20_000)
    found = compare_policies(policy(0.8), policy(0.79), pairs).domains["shop"]
    assert found.tiers["same"].verdict == B_BETTER
