from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from calibration.columns import TIERS
from calibration.evaluation.cross_validation import cross_validate
from calibration.evaluation.tier_metrics import confusion, evaluate_thresholds
from calibration.fitting.fit import FitSettings
from calibration.policies.tiers import PUBLISHED, assign_tiers
from calibration.stats.group_folds import FOLDED, NONE, REPEATED, REPEATS, group_splits
from calibration.stats.intervals import proportion
from calibration.stats.shared_text_effect import shared_proportion
from calibration.stats.text_groups import text_codes, text_groups


def pairs(scores: list[float], labels: list[float], kind: str = "binary") -> pd.DataFrame:
    n = len(scores)
    return pd.DataFrame(
        {
            "text_a": [f"a{i}" for i in range(n)],
            "text_b": [f"b{i}" for i in range(n)],
            "label": labels,
            "kind": kind,
            "domain": "d",
            "score": scores,
        }
    )


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.8, 0.9, 0.95]))
def test_interval_is_the_exact_one_of_scipy(hits: int, misses: int, confidence: float) -> None:
    n = hits + misses
    found = proportion(hits, n, confidence)
    if n == 0:
        assert (found.low, found.high, np.isnan(found.value)) == (0.0, 1.0, True)
        return
    exact = binomtest(hits, n).proportion_ci(confidence, "exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-9)
    assert found.low <= found.value <= found.high


def test_metrics_of_fixed_thresholds_by_hand() -> None:
    rows = pairs([0.95, 0.9, 0.8, 0.6, 0.1], [1, 0, 1, 0, 0])
    found = evaluate_thresholds(rows, {"same": 0.85, "related": 0.7, "weak": None})
    same, unrelated = found.tier("same"), found.tier("unrelated")
    assert (same.precision.hits, same.precision.n, same.recall.hits, same.recall.n) == (1, 2, 1, 2)
    assert (unrelated.precision.hits, unrelated.precision.n, unrelated.recall.n) == (2, 2, 3)
    assert found.tier("related") is None  # binary labels cannot tell


def test_in_band_precision_leaves_out_the_tiers_above() -> None:
    rows = pairs([0.95, 0.8, 0.75, 0.1], [3, 2, 0, 0], "tier")
    related = evaluate_thresholds(rows, PUBLISHED).tier("related")
    assert (related.precision.hits, related.precision.n) == (2, 3)
    assert (related.in_band.hits, related.in_band.n) == (1, 2)


def test_a_tier_that_is_not_available_accepts_nothing() -> None:
    found = evaluate_thresholds(pairs([0.9, 0.1], [1, 0]), dict.fromkeys(TIERS[:3]))
    assert found.tier("same").precision.n == 0
    assert found.tier("same").recall.value == 0.0


def test_confusion_counts_every_pair_once() -> None:
    table = confusion(pairs([0.9, 0.72, 0.6, 0.1], [3, 3, 0, 1], "tier"), PUBLISHED)
    assert list(table.index) == list(TIERS)
    assert table.to_numpy().sum() == 4
    assert table.loc["same", 3] == 1
    assert table.loc["weak", 0] == 1


@given(st.lists(st.floats(-1, 1), min_size=1), st.lists(st.none() | st.floats(-1, 1), min_size=3, max_size=3))
def test_tiers_agree_with_the_policy(scores: list[float], numbers: list[float | None]) -> None:
    from calibration.policies.policy import DomainPolicy, Policy

    thresholds = dict(zip(("same", "related", "weak"), numbers, strict=True))
    policy = Policy({"d": DomainPolicy(thresholds)})
    assert assign_tiers(np.array(scores), thresholds).tolist() == [policy.tier(score) for score in scores]


def test_no_text_stands_on_both_sides_of_a_fold() -> None:
    rows = pd.DataFrame({"text_a": ["a", "b", "c", "x", " A"], "text_b": ["b", "c", "d", "y", "z"]})
    assert text_groups(rows).tolist() == [0, 0, 0, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_groups_equal_a_slow_merge(edges: list[tuple[int, int]]) -> None:
    rows = pd.DataFrame({"text_a": [str(a) for a, _ in edges], "text_b": [str(b) for _, b in edges]})
    members = [{a, b} for a, b in edges]
    for _ in members:
        members = [set().union(*(other for other in members if other & one)) for one in members]
    found = text_groups(rows)
    for i, one in enumerate(members):
        for j, other in enumerate(members):
            assert (found[i] == found[j]) == bool(one & other)


def test_out_of_fold_precision_is_honest_where_resubstitution_is_not() -> None:
    """Labels that do not depend on the score: out of fold, `same` is right as often as any pair."""
    rng = np.random.default_rng(0)
    rows = pairs(rng.random(400).tolist(), (rng.random(400) < 0.5).astype(float).tolist())
    found = cross_validate(rows, FitSettings(precision=0.5, confidence=0.5))
    assert found.out_of_fold
    assert found.n == 400
    same = found.tier("same")
    assert same.precision.n == 0 or same.precision.low < 0.6


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_tiny_domains_are_judged_without_a_crash(n: int) -> None:
    found = cross_validate(pairs([0.5] * n, [1.0] * n), FitSettings())
    assert found.tier("same").precision.n == 0
    assert found.n == n


def test_one_chain_of_shared_texts_has_no_folds() -> None:
    rows = pairs([0.9] * 30, [1.0] * 30).assign(text_a="常见问题")
    assert cross_validate(rows, FitSettings()).tier("same").precision.n == 0


def test_every_row_is_tested_alike_and_never_beside_its_own_texts() -> None:
    rng = np.random.default_rng(0)
    scattered = pairs(rng.random(60).tolist(), (rng.random(60) < 0.5).astype(float).tolist())
    dominated = scattered.assign(text_a=["热门问题"] * 40 + [f"a{i}" for i in range(20)])
    for rows, scheme, times in ((scattered, FOLDED, 1), (dominated, REPEATED, REPEATS)):
        found = group_splits(rows)
        assert found.scheme == scheme
        tested = np.bincount(np.concatenate([test for _, test in found.splits]), minlength=60)
        assert (tested == times).all()
        for train, test in found.splits:
            assert not set(found.groups[train]) & set(found.groups[test])


def test_a_dominating_group_is_said_and_widens_the_intervals() -> None:
    rng = np.random.default_rng(1)
    labels = (rng.random(300) < 0.7).astype(float)
    rows = pairs((labels + rng.random(300)).tolist(), labels.tolist())
    dominated = rows.assign(text_a=["热门问题"] * 200 + [f"a{i}" for i in range(100)])
    plain, found = (cross_validate(one, FitSettings(claim="tier")) for one in (rows, dominated))
    assert (plain.scheme, plain.notes) == (FOLDED, ())
    assert (found.scheme, round(found.largest_group, 2)) == (REPEATED, 0.67)
    assert "67%" in str(found.notes[0])
    assert "67%" in found.notes[0].explain("zh_CN") != str(found.notes[0])
    assert found.tier("same").precision.low < plain.tier("same").precision.low


def test_one_group_is_not_judged_rather_than_judged_bad() -> None:
    found = cross_validate(pairs([0.9] * 30, [1.0] * 30).assign(text_a="常见问题"), FitSettings())
    assert (found.scheme, found.tier("same").recall.n) == (NONE, 0)
    assert len(found.notes) == 1


def test_shared_texts_widen_the_intervals_of_fixed_thresholds() -> None:
    rows = pairs([0.9] * 40 + [0.1] * 10, [1.0] * 30 + [0.0] * 20)
    shared = rows.assign(text_a=[f"a{i // 10}" for i in range(50)])
    apart, same = (
        evaluate_thresholds(rows, PUBLISHED, texts=texts).tier("same").precision
        for texts in (None, text_codes(rows))
    )
    together = evaluate_thresholds(shared, PUBLISHED, texts=text_codes(shared)).tier("same").precision
    assert same == apart
    assert (together.hits, together.n) == (apart.hits, apart.n) == (30, 40)
    assert together.low < apart.low < apart.high < together.high
    assert together.deff == pytest.approx(10.0)


def test_intervals_of_pairs_that_share_texts_cover() -> None:
    rng = np.random.default_rng(0)
    texts = np.stack([np.repeat(np.arange(60), 5), np.arange(300) + 60], axis=1)
    found = [shared_proportion(np.repeat(rng.random(60) < 0.8, 5), texts) for _ in range(400)]
    naive = [proportion(one.hits, one.n) for one in found]
    covered, plain = (np.mean([one.low <= 0.8 <= one.high for one in which]) for which in (found, naive))
    assert covered > 0.88
    assert plain < 0.7


def test_many_pairs_are_split_by_group_too_and_keep_their_shares() -> None:
    rng = np.random.default_rng(0)
    n = 8000
    rows = pairs(rng.random(n).tolist(), (rng.random(n) < 0.3).astype(float).tolist())
    rows.loc[:2999, "text_a"] = [f"shared{i // 3}" for i in range(3000)]
    found = group_splits(rows)
    tested = np.concatenate([test for _, test in found.splits])
    assert sorted(tested) == list(range(n))
    for train, test in found.splits:
        assert not set(found.groups[train]) & set(found.groups[test])
        assert abs(len(test) - n / 5) < 0.05 * n
        assert abs(rows.label.iloc[test].mean() - rows.label.mean()) < 0.02


def test_folds_of_many_alike_groups_come_out_even() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    rows = pairs(rng.random(n).tolist(), (rng.random(n) < 0.3).astype(float).tolist())
    rows["text_a"] = [f"shared{i // 5}" for i in range(n)]
    found = group_splits(rows)
    assert sorted(np.concatenate([test for _, test in found.splits])) == list(range(n))
    for train, test in found.splits:
        assert not set(found.groups[train]) & set(found.groups[test])
        assert abs(len(test) - n / 5) <= 5 * 6  # at most a group of each make more or less
        assert abs(rows.label.iloc[test].mean() - rows.label.mean()) < 0.005


@pytest.mark.parametrize("odd", [0, 3])
def test_a_few_groups_unlike_all_others_are_tested_once_too(odd: int) -> None:
    n = 6000
    rows = pairs(np.linspace(0, 1, n).tolist(), [float(i % 2) for i in range(n)])
    for number in range(odd):
        rows.loc[number * 10 : number * 10 + 2 + number, "text_a"] = f"shared{number}"
    found = group_splits(rows)
    assert sorted(np.concatenate([test for _, test in found.splits])) == list(range(n))
    for train, test in found.splits:
        assert not set(found.groups[train]) & set(found.groups[test])
        assert abs(len(test) - n / 5) < 20
