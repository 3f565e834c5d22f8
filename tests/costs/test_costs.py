"""Minimum-cost thresholds against brute force, borrowing against truth, and what suggestions cost out of fold."""

from __future__ import annotations

import itertools
import json
import math
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import Policy
from calibration.cli.main import main
from calibration.columns import TIERS
from calibration.costs.borrow import borrow_weights, suggest_thresholds
from calibration.costs.curve import cost_curve
from calibration.costs.evaluate import compare_costs, cross_validate_costs, evaluate_costs
from calibration.costs.matrix import CostMatrix, UnitCosts
from calibration.costs.minimise import cheapest_thresholds, costs_by_row, incurred, minimum_cost_thresholds
from calibration.costs.pair_costs import costs_from_json, costs_to_json, pair_costs, true_tiers
from calibration.costs.suggest_policy import suggest_policy
from calibration.errors import BadArgument, ColumnsMissing, EmptyInput
from calibration.policies.tiers import PUBLISHED, assign_tiers


def cost_of(
    scores: np.ndarray, costs: np.ndarray, thresholds: dict[str, float | None], weights: np.ndarray
) -> float:
    return float((incurred(assign_tiers(scores, thresholds), costs) * weights).sum() / weights.sum())


def brute_force(scores: np.ndarray, costs: np.ndarray, weights: np.ndarray) -> float:
    """The least mean cost over every choice of three ordered thresholds."""
    cuts = [math.inf, *sorted(set(scores.tolist()), reverse=True)]
    return min(
        cost_of(scores, costs, dict(zip(TIERS, choice, strict=False)), weights)
        for choice in itertools.combinations_with_replacement(cuts, 3)
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, CostMatrix, np.ndarray]:
    rows = draw(st.sampled_from([2, 4]))
    n = draw(st.integers(1, 12))
    scores = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))  # few values: many ties
    true = draw(st.lists(st.integers(0, rows - 1), min_size=n, max_size=n))
    cells = draw(st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0, 7.0]), min_size=4 * rows, max_size=4 * rows))
    weights = draw(st.lists(st.sampled_from([0.25, 1.0, 2.5]), min_size=n, max_size=n))
    matrix = CostMatrix(tuple(tuple(cells[4 * i : 4 * i + 4]) for i in range(rows)))
    return np.array(scores) / 10, np.array(true), matrix, np.array(weights)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_no_thresholds_cost_less(problem: tuple[np.ndarray, np.ndarray, CostMatrix, np.ndarray]) -> None:
    scores, true, matrix, weights = problem
    found = minimum_cost_thresholds(scores, true, matrix, weights)
    costs = costs_by_row(true, matrix)
    assert found.cost == pytest.approx(brute_force(scores, costs, weights), abs=1e-9)
    assert cost_of(scores, costs, found.thresholds, weights) == pytest.approx(found.cost, abs=1e-9)
    given = assign_tiers(scores, found.thresholds)
    assert found.counts == tuple((given == tier).sum() for tier in TIERS)
    numbers = [value for value in found.thresholds.values() if value is not None]
    assert numbers == sorted(numbers, reverse=True)
    assert set(numbers) <= {*scores.tolist(), -1.0}


@settings(max_examples=50, deadline=None)
@given(problems())
def test_the_curve_is_the_least_cost_at_every_threshold_of_same(
    problem: tuple[np.ndarray, np.ndarray, CostMatrix, np.ndarray],
) -> None:
    scores, true, matrix, weights = problem
    costs = costs_by_row(true, matrix)
    found = cost_curve(scores, costs, weights)
    assert found.thresholds.tolist() == sorted(set(scores.tolist()), reverse=True)
    for threshold, cost in zip(found.thresholds, found.cost, strict=True):
        below = scores < threshold
        fixed = costs[~below, 0] @ weights[~below]
        lower = costs.copy()
        lower[:, 0] = 1e6  # nothing more may be `same`
        rest = brute_force(scores[below], lower[below], weights[below]) * weights[below].sum() if below.any() else 0
        assert cost == pytest.approx((fixed + rest) / weights.sum(), abs=1e-9)
    fit = cheapest_thresholds(scores, costs, weights)
    assert found.best == fit.thresholds["same"]
    assert found.best_cost == pytest.approx(fit.cost, abs=1e-12)
    assert min(found.without, *found.cost) == pytest.approx(fit.cost, abs=1e-9)


def test_a_thinned_curve_keeps_its_ends_and_its_best() -> None:
    rng = np.random.default_rng(0)
    scores = 0.9 + 0.1 * rng.beta(8, 2, 20_000)
    true = (rng.random(scores.size) > (scores - 0.9) * 10).astype(int)
    costs = costs_by_row(true, UnitCosts().matrix("binary"))
    found = cost_curve(scores, costs, points=100)
    assert 90 <= found.thresholds.size <= 101
    assert found.best in found.thresholds
    assert found.same_share[-1] == 1.0
    assert np.diff(found.same_share).max() < 0.02  # even in pairs, though scores are crowded
    assert found.cost[found.thresholds == found.best] == pytest.approx([found.best_cost])


def test_twenty_thousand_labels_take_no_table_of_all_pairs_of_thresholds() -> None:
    rng = np.random.default_rng(1)
    scores, true = rng.random(20_000), rng.integers(0, 4, 20_000)
    tracemalloc.start()
    minimum_cost_thresholds(scores, true, UnitCosts().matrix("tier"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1000 * scores.size  # bytes: a table of all pairs would take 3 GB


def test_among_equally_cheap_thresholds_the_highest_is_taken() -> None:
    costs = CostMatrix(((0, 1, 1, 1), (1, 0.3, 0.3, 0.3)))
    found = minimum_cost_thresholds([0.9, 0.8, 0.7], [0, 0, 1], costs)
    assert found.thresholds == {"same": 0.8, "related": None, "weak": None}


def test_merging_is_not_extended_to_scores_that_nobody_saw() -> None:
    found = minimum_cost_thresholds([0.9, 0.8], [0, 0], UnitCosts().matrix("binary"))
    assert found.thresholds == {"same": 0.8, "related": -1.0, "weak": None}
    everything_checked = minimum_cost_thresholds([0.9, 0.8], [1, 1], UnitCosts().matrix("tier"))
    assert everything_checked.thresholds == {"same": None, "related": -1.0, "weak": None}


@pytest.mark.parametrize("scores", [[], [math.nan, math.inf]])
def test_without_usable_pairs_there_are_no_thresholds(scores: list[float]) -> None:
    found = minimum_cost_thresholds(scores, [0] * len(scores), UnitCosts().matrix("tier"))
    assert set(found.thresholds.values()) == {None}
    assert math.isnan(found.cost)
    assert (found.n, found.dropped) == (0, len(scores))
    curve = cost_curve(scores, np.zeros((len(scores), 4)))
    assert (curve.n, curve.thresholds.size, curve.best) == (0, 0, None)


def test_unusable_pairs_are_dropped_and_counted() -> None:
    matrix = UnitCosts().matrix("binary")
    found = minimum_cost_thresholds([0.9, math.nan, 0.5, 0.1], [0, 0, math.nan, 1], matrix)
    assert (found.n, found.dropped) == (2, 2)
    assert found.thresholds["same"] == 0.9


def test_a_million_ties_are_one_threshold() -> None:
    found = minimum_cost_thresholds(np.full(1_000_000, 0.5), np.arange(1_000_000) % 2, UnitCosts().matrix("binary"))
    assert sum(count > 0 for count in found.counts) == 1
    assert found.cost == pytest.approx(1.0)  # a check each


@pytest.mark.parametrize(
    "rows",
    [
        ((0, 1, 2),) * 4,
        ((0, 1, 2, 3),) * 3,
        ((0, 1, 2, math.nan),) * 2,
        ((0, 1, 2, math.inf),) * 2,
        ((0, 1, 2, -1),) * 2,
        ((0, 1, 2, "x"),) * 2,
        ((0, 1, 2, True),) * 2,
        "0123",
        5,
    ],
)
def test_bad_matrices_are_refused(rows: object) -> None:
    with pytest.raises(BadArgument):
        CostMatrix(rows)


@pytest.mark.parametrize("data", [{}, [], None, {"same": {}}, {"same": {}, "not_same": {}}, {"a": 1}])
def test_matrices_of_another_form_are_refused(data: object) -> None:
    with pytest.raises(BadArgument):
        CostMatrix.from_json(data)


@pytest.mark.parametrize(
    "amounts", [{"check": -1}, {"missed_merge": math.nan}, {"false_merge": "x"}, {"weak_link": 1e7}]
)
def test_bad_amounts_are_refused_by_name(amounts: dict[str, float]) -> None:
    with pytest.raises(BadArgument, match=next(iter(amounts))):
        UnitCosts(**amounts)


def test_costs_survive_json() -> None:
    matrices = {"binary": UnitCosts(5, 2, 1, 0).matrix("binary"), "tier": UnitCosts().matrix("tier")}
    for costs in (UnitCosts(5, 2, 1, 0), matrices):
        assert costs_from_json(json.loads(json.dumps(costs_to_json(costs)))) == costs


def test_rows_of_the_default_matrix_are_cheapest_where_they_should_be() -> None:
    assert [row.index(min(row)) for row in UnitCosts().matrix("tier").rows] == [0, 1, 2, 3]
    assert [row.index(min(row)) for row in UnitCosts().matrix("binary").rows] == [0, 3]


def labelled(scores: object, labels: object, kind: str = "binary", domain: str = "d") -> pd.DataFrame:
    n = len(np.asarray(scores))
    texts = {"text_a": [f"{domain} a{i}" for i in range(n)], "text_b": [f"{domain} b{i}" for i in range(n)]}
    return pd.DataFrame({**texts, "label": labels, "kind": kind, "domain": domain, "score": scores})


def test_labels_of_all_kinds_find_their_row() -> None:
    assert true_tiers(labelled([0] * 3, [1.0, 0.0, math.nan]), "binary").tolist() == [0, 1, -1]
    assert true_tiers(labelled([0] * 4, [3.0, 2.0, 1.0, 0.0], "tier"), "tier").tolist() == [0, 1, 2, 3]
    assert true_tiers(labelled([0] * 4, [4.5, 3.9, 2.0, 0.9], "graded"), "graded").tolist() == [0, 1, 2, 3]


def test_a_mixed_frame_takes_each_kind_s_matrix() -> None:
    pairs = pd.concat([labelled([0.5], [0.0]), labelled([0.5], [1.0], "tier")], ignore_index=True)
    assert pair_costs(pairs, UnitCosts()).tolist() == [[10.0, 1.0, 0.5, 0.0], [10.0, 1.0, 0.0, 0.5]]
    with pytest.raises(BadArgument, match="tier"):
        pair_costs(pairs, {"binary": UnitCosts().matrix("binary")})
    with pytest.raises(BadArgument, match="2 rows"):
        pair_costs(pairs, {"binary": UnitCosts().matrix("tier"), "tier": UnitCosts().matrix("tier")})


def test_other_domains_lend_the_same_and_kappa_together() -> None:
    weights = borrow_weights(["a"] * 3 + ["b"] * 5 + ["c"] * 50 + [None], "a", 10)
    assert weights[:3].tolist() == [1, 1, 1]
    assert weights[3:8].sum() == pytest.approx(5)
    assert weights[8:58].sum() == pytest.approx(5)
    assert weights[58] == 0
    assert borrow_weights(["b", "b"], "a", 10).sum() == pytest.approx(10)  # nothing of its own
    with pytest.raises(BadArgument):
        borrow_weights(["a"], "a", -1)


def draw(rng: np.random.Generator, n: int, middle: float, domain: str) -> pd.DataFrame:
    scores = rng.uniform(0.7, 1.0, n)
    labels = (rng.random(n) < 1 / (1 + np.exp(-40 * (scores - middle)))).astype(float)
    return labelled(scores, labels, domain=domain)


@pytest.mark.slow
def test_borrowing_costs_less_than_own_labels_alone_and_than_pooling() -> None:
    """True cost on large samples of domains whose curves lie apart, thresholds from 20 labels each."""
    rng, costs = np.random.default_rng(3), UnitCosts(weak_link=1.0)
    totals = {"borrowed": 0.0, "own": 0.0, "pooled": 0.0}
    for _ in range(12):
        middles = 0.86 + rng.normal(0, 0.03, 4)
        many = pd.concat([draw(rng, 400, middle, f"d{i}") for i, middle in enumerate(middles[1:], 1)])
        for _ in range(5):
            pairs = pd.concat([draw(rng, 20, middles[0], "small"), many], ignore_index=True)
            truth = draw(rng, 2000, middles[0], "small")
            thresholds = {
                "borrowed": suggest_thresholds(pairs, costs)["small"].thresholds,
                "own": suggest_thresholds(pairs, costs, kappa=0)["small"].thresholds,
                "pooled": cheapest_thresholds(pairs["score"], pair_costs(pairs, costs)).thresholds,
            }
            for way, found in thresholds.items():
                given = assign_tiers(truth["score"].to_numpy(), found)
                totals[way] += float(incurred(given, pair_costs(truth, costs)).mean()) / 60
    assert totals["borrowed"] < 0.97 * min(totals["own"], totals["pooled"]), totals


def test_what_a_domain_has_itself_wins() -> None:
    rng = np.random.default_rng(0)
    pairs = pd.concat([draw(rng, 3000, 0.8, "a"), draw(rng, 3000, 0.95, "b")], ignore_index=True)
    alone, borrowed = suggest_thresholds(pairs, kappa=0)["a"], suggest_thresholds(pairs)["a"]
    assert borrowed.thresholds["related"] == pytest.approx(alone.thresholds["related"], abs=0.01)
    assert (alone.lenders, borrowed.lenders, borrowed.lent) == ((), ("b",), 3000)
    assert borrowed.provenance == "suggested"


def test_review_rows_neither_own_nor_lent() -> None:
    pairs = pd.concat([labelled([0.9, 0.1], [1, 0], domain="a"), labelled([0.9, 0.1], [1, 0], domain="b")])
    pairs = pairs.assign(purpose=["calibrate", "review", "review", "review"])
    found = suggest_thresholds(pairs)
    assert (found["a"].n, found["a"].reviewed, found["a"].lent) == (1, 1, 0)
    assert (found["b"].n, found["b"].reviewed, found["b"].lent) == (0, 2, 1)
    assert cross_validate_costs(pairs)["b"].n == 0


def test_few_labels_and_one_class_are_said() -> None:
    notes = " ".join(map(str, suggest_thresholds(labelled([0.9, 0.8], [1, 1]))["d"].notes))
    assert "only 2 labels" in notes
    assert "are the same" in notes


def test_cost_out_of_fold_is_honest_where_resubstitution_is_not() -> None:
    """Scores that say nothing: fitted thresholds look cheap on their own pairs, and must not out of fold."""
    rng, inside, outside = np.random.default_rng(5), [], []
    best = min(0.5 * 10, 1.0, 0.5 * 3)  # a check for every pair
    costs = {"binary": CostMatrix(((0, 1, 3, 3), (10, 1, 10, 0)))}
    for _ in range(10):
        pairs = labelled(rng.random(60), rng.integers(0, 2, 60).astype(float))
        inside.append(suggest_thresholds(pairs, costs)["d"].fit.cost)
        outside.append(cross_validate_costs(pairs, costs)["d"].ours.value)
    assert np.mean(inside) < best - 0.02
    assert np.mean(outside) >= best - 0.005


def test_no_text_is_both_fitted_and_judged_even_across_domains() -> None:
    """The lender holds the same texts with the right labels: were they used, the cost would be 0."""
    rng = np.random.default_rng(1)
    scores = np.round(rng.permutation(40) / 40, 6)
    labels = rng.integers(0, 2, 40).astype(float)
    own = labelled(scores, labels)
    lender = own.assign(domain="copy")
    shared = pd.concat([own, lender], ignore_index=True)
    alone = cross_validate_costs(own, kappa=0.0)["d"].ours.value
    borrowed = cross_validate_costs(shared, kappa=1e6)["d"].ours.value
    assert borrowed == pytest.approx(alone)


def test_the_published_thresholds_are_costed_on_the_same_pairs() -> None:
    rng = np.random.default_rng(2)
    pairs = draw(rng, 200, 0.93, "d")
    found = cross_validate_costs(pairs)["d"]
    by_hand = incurred(assign_tiers(pairs["score"].to_numpy(), PUBLISHED), pair_costs(pairs, UnitCosts())).mean()
    assert found.published.value == pytest.approx(by_hand)
    assert found.saving.value == pytest.approx(found.published.value - found.ours.value)
    assert found.saving.low > 0
    fixed = evaluate_costs(pairs, PUBLISHED)
    assert (fixed.saving.low, fixed.saving.value, fixed.saving.high) == (0, 0, 0)


def test_intervals_widen_where_pairs_share_texts_and_vanish_with_one_group() -> None:
    rng = np.random.default_rng(0)
    by_group = np.repeat(rng.random(40) * 4, 5)
    apart, _, _ = compare_costs(by_group, by_group, np.arange(200))
    joined, _, _ = compare_costs(by_group, by_group, np.repeat(np.arange(40), 5))
    assert joined.high - joined.low > 1.7 * (apart.high - apart.low)
    one, _, saving = compare_costs([1.0, 2.0], [2.0, 2.0], np.zeros(2, dtype=np.int64))
    assert (one.low, one.high, saving.low) == (0.0, math.inf, -math.inf)


@pytest.mark.parametrize(
    ("frame", "error"),
    [(labelled([0.5], [1.0]).drop(columns="score"), ColumnsMissing), (labelled([], []), EmptyInput)],
)
def test_frames_that_cannot_be_fitted_are_refused(frame: pd.DataFrame, error: type[Exception]) -> None:
    with pytest.raises(error):
        suggest_thresholds(frame)


def test_a_suggested_policy_survives_its_file_and_is_never_certified(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    run = suggest_policy(pd.concat([draw(rng, 300, 0.9, "a"), draw(rng, 30, 0.85, "b")], ignore_index=True))
    run.policy.save(tmp_path / "p.json")
    back = Policy.load(tmp_path / "p.json")
    assert back == run.policy
    for domain, tier in itertools.product("ab", TIERS[:3]):
        assert back.provenance(domain, tier) != "certified"
    assert costs_from_json(back.settings["costs"]) == run.costs


def test_the_command_writes_a_policy_and_says_what_it_costs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(6)
    file, policy, costs = (str(tmp_path / name) for name in ("pairs.csv", "policy.json", "costs.json"))
    pd.concat([draw(rng, 200, 0.9, "a"), draw(rng, 20, 0.9, "b")]).drop(columns="kind").to_csv(file, index=False)

    def suggest(*arguments: object) -> tuple[int, str, str]:
        code = main(["suggest", file, "--scored", *map(str, arguments)])
        return code, *capsys.readouterr()

    code, out, err = suggest("-o", policy, "--check", 0.5, "--missed", 4, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    amounts = {"false_merge": 10.0, "check": 0.5, "missed_merge": 4.0, "weak_link": 0.5}
    assert found["policy"]["settings"]["costs"] == amounts
    b = found["domains"]["b"]
    assert (b["n"], b["borrowed"], b["provenance"]) == (
        20,
        {"from": ["a"], "pairs": 200, "weight": 10.0},
        "suggested",
    )
    assert b["saving"]["low"] <= b["saving"]["value"] <= b["saving"]["high"]
    assert Policy.load(policy).domain("b").thresholds == b["thresholds"]

    Path(costs).write_text(json.dumps({"check": 1e6}))
    code, out, _ = suggest("--costs", costs)
    assert code == 0
    assert "nothing is certified" in out
    for bad in (("--check", -1), ("--kappa", "nan"), ("--costs", costs, "--check", 1), ("--costs", file)):
        code, out, err = suggest(*bad)
        assert (code, out, len(err.splitlines())) == (2, "", 1), err
