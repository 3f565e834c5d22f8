from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import BadArgument
from calibration.fitting.empirical_threshold import f1_rule, precision_rule
from calibration.stats.group_bootstrap import GroupSampler, bootstrap_cells, group_cells, threshold_interval
from calibration.stats.threshold_counts import Curve, curve


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(1, 12))
def test_groups_are_drawn_whole(groups: list[int], size: int) -> None:
    sampler = GroupSampler(np.array(groups), seed=3)
    rows = sampler.draw(size)
    members = {g: sorted(i for i, one in enumerate(groups) if one == g) for g in groups}
    drawn = np.bincount(rows, minlength=len(groups))
    for rows_of_group in members.values():
        assert len(set(drawn[rows_of_group])) == 1
    assert sum(drawn[rows_of_group[0]] for rows_of_group in members.values()) == size


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_cells_of_groups_equal_a_slow_count(rows: list[tuple[bool, bool, int]]) -> None:
    accepted, positive, groups = (np.array(column) for column in zip(*rows, strict=True))
    found = group_cells(accepted, positive, groups)
    for g, cells in zip(sorted(set(groups.tolist())), found, strict=True):
        mine = [(a, p) for a, p, one in rows if one == g]
        assert cells.tolist() == [
            mine.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False))
        ]


def test_cells_drawn_by_kind_of_group_spread_like_groups_drawn_one_by_one() -> None:
    rng = np.random.default_rng(0)
    cells = rng.integers(0, 3, size=(80, 4))
    fast = bootstrap_cells(cells, 4000, seed=1)
    slow = np.array([cells[rng.integers(80, size=80)].sum(axis=0) for _ in range(4000)])
    assert np.abs(fast.mean(axis=0) - slow.mean(axis=0)).max() < 0.05 * slow.mean()
    assert np.allclose(np.cov(fast.T), np.cov(slow.T), atol=0.1 * np.cov(slow.T).max())


def test_every_resample_of_a_million_pairs_holds_a_million() -> None:
    cells = group_cells(np.arange(1_000_000) % 2, np.arange(1_000_000) % 3 == 0, np.arange(1_000_000))
    assert (bootstrap_cells(cells, 1000).sum(axis=1) == 1_000_000).all()


def sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores on [0, 1] whose chance to be positive is a logistic curve about 0.55."""
    rng = np.random.default_rng(seed)
    scores = rng.beta(2, 2, n)
    return scores, (rng.random(n) < 1 / (1 + np.exp(-10 * (scores - 0.55)))).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [precision_rule(0.9), f1_rule])
def test_threshold_intervals_cover(rule) -> None:
    truth = rule(curve(*sample(1_000_000, 0)))
    found = [threshold_interval(*sample(400, seed), np.arange(400), rule, resamples=100) for seed in range(1, 81)]
    assert sum(one.low <= truth <= one.high for one in found) / 80 >= 0.85
    # About as wide as 90% of the thresholds of fresh samples are apart (.89): half or 1.5 times as wide fails.
    spread = np.subtract(*np.quantile([one.value for one in found], [0.95, 0.05]))
    assert 0.6 < np.mean([one.high - one.low for one in found]) / spread < 1.25


def test_groups_widen_a_threshold_interval() -> None:
    scores, labels = sample(100, 5)
    scores, labels = np.repeat(scores, 8), np.repeat(labels, 8)
    together = threshold_interval(scores, labels, np.repeat(np.arange(100), 8), f1_rule, resamples=200)
    apart = threshold_interval(scores, labels, np.arange(800), f1_rule, resamples=200)
    assert together.value == apart.value
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40))
def test_f1_rule_equals_a_slow_search(rows: list[tuple[int, bool]]) -> None:
    scores, labels = np.array([s / 10 for s, _ in rows]), np.array([float(label) for _, label in rows])

    def f1(t: float) -> float:
        accepted = scores >= t
        return 2 * float((accepted & (labels == 1)).sum()) / float(accepted.sum() + labels.sum())

    found = f1_rule(curve(scores, labels))
    assert found == (min(scores, key=lambda t: (-round(f1(t), 12), t)) if labels.any() else math.inf)


def test_no_labels_and_no_threshold() -> None:
    none = threshold_interval([], [], np.empty(0, np.int64), f1_rule)
    assert math.isnan(none.value)
    assert none.n == 0
    never = threshold_interval([0.1, 0.2, 0.3], [0, 0, 0], np.arange(3), precision_rule(0.9), resamples=20)
    assert (never.value, never.high) == (math.inf, math.inf)


def test_the_rule_sees_real_curves_and_seeds_repeat() -> None:
    def lowest(counts: Curve) -> float:
        assert (np.diff(counts.n_above) > 0).all()
        assert (np.diff(counts.thresholds) < 0).all()
        return float(counts.thresholds[-1])

    runs = [threshold_interval(*sample(60, 2), np.arange(60), lowest, resamples=30, seed=7) for _ in range(2)]
    assert runs[0] == runs[1]
    with pytest.raises(BadArgument):
        threshold_interval([0.1], [1], np.zeros(1, np.int64), lowest, confidence=1.0)
