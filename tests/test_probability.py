from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from calibration import probability
from calibration.probability import ProbabilityMap, fit_probability, isotonic_values
from calibration.reliability import judge_probability, reliability
from calibration.top import NOT_RISING, check_top

rows = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=1, max_size=40)


def chance(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-10 * (scores - 0.55)))


def sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.beta(2, 2, n)
    return scores, (rng.random(n) < chance(scores)).astype(float)


def frame(scores: np.ndarray, labels: np.ndarray, **columns: object) -> pd.DataFrame:
    n = len(scores)
    texts = {"text_a": [f"a{i}" for i in range(n)], "text_b": [f"b{i}" for i in range(n)]}
    return pd.DataFrame(texts | {"label": labels, "kind": "binary", "domain": "d", "score": scores} | columns)


@settings(max_examples=40)
@given(rows)
def test_the_map_rises_inside_its_interval_and_survives_json(rows: list[tuple[int, int]]) -> None:
    scores, labels = np.array([s / 12 for s, _ in rows]), np.array([float(label) for _, label in rows])
    found = fit_probability(scores, labels, np.arange(len(rows)) // 2, resamples=5)
    grid = np.linspace(-1, 1, 50)
    values = found.probability(grid)
    assert (np.diff(values) >= 0).all()
    for x, value in zip(grid, values, strict=True):
        at = found.at(float(x))
        assert 0 <= at.low <= value <= at.high <= 1
        assert at.value == value
    assert ProbabilityMap.from_json(json.loads(json.dumps(found.to_json()))) == found


@given(rows)
def test_the_fit_is_that_of_sklearn(rows: list[tuple[int, int]]) -> None:
    scores, labels = np.array([s / 12 for s, _ in rows]), np.array([float(label) for _, label in rows])
    expected = IsotonicRegression(y_min=0, y_max=1).fit(scores, labels).predict(scores)
    assert isotonic_values(scores, labels) == pytest.approx(expected)


def test_pointwise_intervals_cover() -> None:
    at = np.array([0.1, 0.3, 0.55, 0.8, 0.95])
    covered, widths = np.zeros(at.size), []
    for seed in range(50):
        found = fit_probability(*sample(400, seed), resamples=50)
        estimates = [found.at(float(x)) for x in at]
        covered += [one.low <= truth <= one.high for one, truth in zip(estimates, chance(at), strict=True)]
        widths += [one.high - one.low for one in estimates]
    assert covered.min() >= 38  # of 50; 4 standard errors below the nominal 45
    assert covered.mean() >= 43
    assert np.mean(widths) < 0.3  # an interval of everything would cover too


def test_groups_widen_the_interval() -> None:
    scores, labels = (np.repeat(one, 6) for one in sample(60, 1))
    together = fit_probability(scores, labels, np.repeat(np.arange(60), 6), resamples=80)
    apart = fit_probability(scores, labels, resamples=80)
    assert together.values == apart.values or together.probability(scores) == pytest.approx(
        apart.probability(scores)
    )
    width = [np.mean([one.at(x).high - one.at(x).low for x in (0.3, 0.5, 0.7)]) for one in (together, apart)]
    assert width[0] > 1.3 * width[1]


def test_merging_many_scores_hardly_moves_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, labels = sample(4000, 2)
    whole = isotonic_values(scores, labels)
    monkeypatch.setattr(probability, "BINS", 400)
    assert np.abs(isotonic_values(scores, labels) - whole).mean() < 0.01


def test_no_labels_know_nothing() -> None:
    found = fit_probability([], [])
    at = found.at(0.5)
    assert math.isnan(at.value)
    assert (at.low, at.high, at.n) == (0.0, 1.0, 0)
    one = fit_probability([0.5, math.nan], [1, 0]).at(0.9)
    assert (one.value, one.n) == (1.0, 1)
    assert one.low < 0.1


def test_brier_and_ece_of_a_true_map_and_of_a_false_one() -> None:
    rng = np.random.default_rng(3)
    true = rng.random(2000)
    labels = (rng.random(2000) < true).astype(float)
    good = reliability(true, labels, np.arange(2000), resamples=200)
    assert good.brier.low <= 1 / 6 <= good.brier.high  # E p (1 - p)
    assert good.ece.low == 0.0
    assert good.ece.value <= good.ece_by_chance
    assert sum(one.observed.n for one in good.bins) == 2000
    bad = reliability(np.clip(true + 0.15, 0, 1), labels, np.arange(2000), resamples=200)
    assert bad.ece.low > 0.1
    assert bad.ece.low <= bad.ece.value <= bad.ece.high
    assert all(one.observed.low < one.predicted < one.observed.high for one in good.bins[1:9:3])


def test_the_map_is_judged_out_of_fold() -> None:
    """Labels that ignore the score: the isotonic map beats the constant on its own rows, never out of fold."""
    rng = np.random.default_rng(4)
    scores, labels = rng.random(120), (rng.random(120) < 0.5).astype(float)
    inside = float(((isotonic_values(scores, labels) - labels) ** 2).mean())
    found = judge_probability(frame(scores, labels), resamples=20)
    assert inside < found.brier_baseline
    assert found.brier.value > found.brier_baseline
    assert found.brier.n == 120


def test_rows_for_review_are_left_out_and_one_group_is_not_judged() -> None:
    scores, labels = sample(40, 5)
    rows = frame(scores, labels, purpose=["review"] * 10 + ["calibrate"] * 30)
    assert judge_probability(rows, resamples=5).brier.n == 30
    lone = judge_probability(frame(scores, labels).assign(text_a="同一句"), resamples=5)
    assert (lone.brier.n, lone.scheme) == (0, "none")
    assert len(lone.notes) == 1


def test_wrong_pairs_at_the_very_top_are_said() -> None:
    scores, labels = sample(1000, 6)
    top = np.argsort(-scores)[:30]
    labels[top] = np.arange(30) % 3 == 0
    found = check_top(scores, labels)
    assert found.note is not None
    assert found.note.message == NOT_RISING
    assert found.note.explain("zh_CN") != str(found.note)
    worst = min(found.windows, key=lambda window: window.p_value)
    assert worst.observed.value < worst.expected


def test_a_rising_curve_hardly_ever_alarms() -> None:
    alarms = sum(check_top(*sample(300, seed)).note is not None for seed in range(100))
    assert alarms <= 8


def test_near_duplicates_at_the_top_count_once() -> None:
    scores, labels = sample(600, 7)
    groups = np.arange(600)
    top = np.argsort(-scores)[:20]
    labels[top], groups[top] = 0.0, -1
    rest = np.setdiff1d(np.arange(600), top)
    groups[rest] = rest // 2
    alone = min(window.p_value for window in check_top(scores, labels).windows)
    grouped = min(window.p_value for window in check_top(scores, labels, groups).windows)
    assert grouped > alone


@pytest.mark.parametrize("n", [0, 1, 19])
def test_too_few_labels_have_no_top(n: int) -> None:
    assert check_top(np.arange(n) / 20, np.ones(n)).windows == ()
