"""Why nothing is certified: not provable yet, or out of reach."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.certificates.certificate import INSUFFICIENT, NOT_CERTIFIABLE
from calibration.certificates.certify import certify_fpr, certify_precision
from calibration.certificates.verdict import TELLING, not_excluded, possible
from calibration.stats.threshold_counts import Floats, curve


def top_right(n: int, top: int, below: float, seed: int) -> tuple[Floats, Floats]:
    """n scores; the `top` highest are all right, the others with probability `below`."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < below).astype(float)
    labels[n - top :] = 1.0
    return np.arange(n) / n, labels


def test_a_clean_top_that_is_too_small_is_not_provable_yet_and_says_where_to_draw() -> None:
    scores, labels = top_right(3000, 59, 0.6, seed=1)
    found = certify_precision(scores, labels, 0.95, confidence=0.96)
    assert found.status == INSUFFICIENT
    assert found.draw_above is not None
    assert found.draw_above >= scores[-200]
    assert found.labels_needed is not None
    assert 59 < found.labels_needed < 2000
    assert found.live_pairs is not None
    assert found.live_pairs >= 10 * found.labels_needed


@pytest.mark.parametrize("precision", [0.8, 0.9, 0.95])
def test_labels_without_any_relation_to_the_score_put_the_target_out_of_reach(precision: float) -> None:
    statuses = []
    for seed in range(20):
        labels = (np.random.default_rng(seed).random(1000) < 0.3).astype(float)
        statuses.append(certify_precision(np.arange(1000) / 1000, labels, precision).status)
    assert statuses.count(NOT_CERTIFIABLE) >= 19
    assert "certified" not in statuses


@pytest.mark.slow
def test_a_target_that_some_threshold_reaches_is_called_out_of_reach_at_most_at_the_level() -> None:
    # Precision is exactly .9 among the 100 highest of 400 and .5 below: only there the target is reached.
    rng = np.random.default_rng(5)
    chances = np.where(np.arange(400) >= 300, 0.9, 0.5)
    trials = 400
    wrong = sum(
        possible(curve(np.arange(400) / 400, (rng.random(400) < chances).astype(float)), 0.9, 0.1) is None
        for _ in range(trials)
    )
    # Two standard errors of a binomial with rate delta; the bound is far from tight, as other thresholds stay open.
    assert wrong / trials <= 0.1 + 2 * np.sqrt(0.09 / trials)


def test_each_threshold_is_judged_by_its_exact_upper_bound() -> None:
    # Of 40 labels 9 wrong: P(Binomial(40, .1) >= 9) = .0155 < .1 rules out .9; 5 wrong, .371, does not.
    for wrong, open_ in ((9, False), (5, True)):
        labels = np.ones(40)
        labels[np.linspace(0, 39, wrong).astype(int)] = 0
        assert not_excluded(curve(np.arange(40) / 40, labels), 0.9, 0.1)[-1] == open_
    assert not not_excluded(curve(np.arange(100) / 100, np.ones(100)), 0.9, 0.1)[: TELLING - 1].any()


def test_too_few_labels_for_any_test_say_the_fewest() -> None:
    found = certify_precision([0.9, 0.8], [1, 1], precision=0.9)
    assert (found.status, found.labels_needed, found.draw_above, found.live_pairs) == (INSUFFICIENT, 22, None, None)
    assert not found.tested


def test_a_false_positive_rate_fails_for_one_of_the_same_two_reasons() -> None:
    scores = np.r_[np.full(30, 0.99), np.linspace(0, 0.9, 370)]
    many = np.r_[np.zeros(30), np.zeros(170), np.ones(200)]
    assert certify_fpr(scores, many, 0.05).status == NOT_CERTIFIABLE
    few = np.r_[np.zeros(8), np.ones(22), np.zeros(192), np.ones(178)]
    found = certify_fpr(scores, few, 0.05)
    assert found.status == INSUFFICIENT
    assert found.labels_needed is not None
    assert found.live_pairs is not None
    assert found.live_pairs > found.labels_needed > 0
