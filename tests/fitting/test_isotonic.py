from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from calibration import Policy
from calibration.certificates.score_floor import floor_record
from calibration.evaluation.reliability import judge_probability, reliability
from calibration.fitting import isotonic as probability
from calibration.fitting.isotonic import domain_probabilities, fit_probability, isotonic_values
from calibration.fitting.top_score_check import NOT_RISING, check_top
from calibration.policies.policy import DomainPolicy
from calibration.policies.probability_at_score import carry, chance_of
from calibration.policies.probability_map import ProbabilityMap

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


@pytest.mark.slow
@given(rows)
def test_the_fit_is_that_of_sklearn(rows: list[tuple[int, int]]) -> None:
    scores, labels = np.array([s / 12 for s, _ in rows]), np.array([float(label) for _, label in rows])
    expected = IsotonicRegression(y_min=0, y_max=1).fit(scores, labels).predict(scores)
    assert isotonic_values(scores, labels) == pytest.approx(expected)


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_a_thinned_map_keeps_its_values_and_never_narrows() -> None:
    found = fit_probability(*sample(1500, 8), resamples=30)
    thin = found.thinned(40)
    assert len(thin.scores) < len(found.scores) / 3
    for x in np.linspace(-0.2, 1.2, 300):
        fine, coarse = found.at(float(x)), thin.at(float(x))
        assert coarse.value == pytest.approx(fine.value, abs=6e-5)
        assert coarse.low <= fine.low + 1e-9
        assert coarse.high >= fine.high - 1e-9
    widened = np.mean([thin.at(x).high - found.at(x).high for x in np.linspace(0, 1, 50)])
    assert widened < 0.05


def test_a_domain_rests_on_labels_that_may_certify() -> None:
    scores, labels = sample(300, 9)
    rows = frame(scores, labels, note=[floor_record(0.4, 1, 300, 600)] * 300)
    alike = frame(scores, np.ones(300)).assign(domain="alike")
    found = domain_probabilities(pd.concat([rows, alike]), resamples=10)
    assert set(found) == {"d"}
    assert found["d"].n == int((scores >= 0.4).sum())
    assert found["d"].positives == int(labels[scores >= 0.4].sum())
    assert math.isnan(found["d"].at(0.39).value)
    assert found["d"].at(0.41).value >= 0
    review = domain_probabilities(rows.drop(columns="note").assign(purpose="review"), resamples=10)
    assert review == {}


LABELS = {"live": "random_live", "unverified": None, "labels_only": "mined", "adjusted": "balanced"}


@pytest.mark.parametrize(("claims", "drawn"), LABELS.items())
def test_a_policy_says_for_which_pairs_its_chance_holds(claims: str, drawn: str | None) -> None:
    known = ProbabilityMap((0.0, 1.0), (0.6, 0.6), (0.5, 0.5), (0.7, 0.7), 200, 0.9, 100)
    settings = {"drawn": drawn, "live_prevalence": 0.1}
    found = chance_of(Policy({"d": DomainPolicy({}, probability=known)}, settings=settings), 0.5)
    assert found is not None
    assert found.claims == claims
    if claims == "adjusted":
        assert found.value == pytest.approx(0.6 * 0.1 / (0.6 * 0.1 + 0.4 * 0.9))
        assert 0 < found.lower < found.value < found.upper < 0.6
    else:
        assert (found.value, found.lower, found.upper, found.n) == (0.6, 0.5, 0.7, 200)


@pytest.mark.parametrize("live", [None, "0.1", True, 0.0, 1, -3, math.nan, 10**400, []])
def test_balanced_labels_without_a_live_share_say_nothing_of_live_pairs(live: object) -> None:
    known = ProbabilityMap((0.0, 1.0), (0.6, 0.6), (0.5, 0.5), (0.7, 0.7), 200, 0.9, 100)
    settings = {"drawn": "balanced", "live_prevalence": live}
    found = chance_of(Policy({"d": DomainPolicy({}, probability=known)}, settings=settings), 0.5)
    assert found is not None
    assert (found.claims, found.value) == ("labels_only", 0.6)


def test_carried_over_labels_agree_with_labels_drawn_live() -> None:
    """Balanced labels carried to 20% of positives give what a fit on labels with 20% of positives gives."""
    rng = np.random.default_rng(10)
    same, other = rng.normal(0.7, 0.15, 8000), rng.normal(0.4, 0.15, 8000)
    even = fit_probability(np.concatenate([same, other]), np.repeat([1, 0], 8000), resamples=2)
    live = fit_probability(np.concatenate([same[:2000], other]), np.repeat([1, 0], [2000, 8000]), resamples=2)
    for x in (0.45, 0.55, 0.65):
        assert carry(even.at(x).value, even.prevalence, 0.2) == pytest.approx(live.at(x).value, abs=0.08)
    assert carry(even.at(0.55).value, 0.5, None) > live.at(0.55).value + 0.1


def test_one_label_at_the_end_does_not_blur_all_scores() -> None:
    scores = np.concatenate([[0.0], np.linspace(0.1, 0.9, 999), [1.0]])
    labels = np.concatenate([[0.0], np.arange(999) % 10 == 0, [1.0]]).astype(float)
    found = fit_probability(scores, labels, resamples=40)
    assert (found.at(0.0).value, found.at(1.0).value) == (0.0, 1.0)
    assert found.at(0.5).high < 0.2
    assert found.at(0.5).low > 0.03


def test_a_map_above_a_floor_is_not_carried_to_a_share_of_all_pairs() -> None:
    made = ProbabilityMap((0.5, 0.9), (0.5, 0.5), (0.2, 0.2), (0.8, 0.8), 40, 0.9, positives=20)
    settings = {"drawn": "balanced", "live_prevalence": 0.1}
    for floor, claims in ((-1.0, "adjusted"), (0.4, "labels_only")):
        entry = DomainPolicy({"same": 0.9}, probability=replace(made, floor=floor))
        found = chance_of(Policy({"bank": entry}, settings=settings), 0.8)
        assert found is not None
        assert (found.claims, found.value) == (claims, pytest.approx(0.1 if claims == "adjusted" else 0.5))
