from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.certificates.certify import certify_precision
from calibration.certificates.procedures import METHODS
from calibration.certificates.risk import clopper_pearson_lower
from calibration.errors import BadArgument
from calibration.fitting.empirical_threshold import nominal_threshold
from calibration.stats.threshold_counts import curve, quantise


def draw(rng: np.random.Generator, n: int, low: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores whose chance to be positive rises from `low` to 1, so that the true precision is known."""
    scores = rng.random(n)
    return scores, (rng.random(n) < low + (1 - low) * scores).astype(float)


def slow_fixed_sequence(scores: np.ndarray, labels: np.ndarray, p: float, delta: float) -> float:
    best = np.inf
    for t in sorted(set(scores), reverse=True):
        above = scores >= t
        k, f = above.sum(), (1 - labels[above]).sum()
        if p**k > delta:
            continue
        if binom.cdf(f, k, 1 - p) > delta:
            break
        best = t
    return float(best)


@given(st.integers(0, 10_000), st.integers(1, 250), st.sampled_from([0.5, 0.8, 0.9]))
@settings(max_examples=40, deadline=None)
def test_fixed_sequence_equals_a_slow_walk(seed: int, n: int, p: float) -> None:
    scores, labels = draw(np.random.default_rng(seed), n, 0.5)
    scores = quantise(np.round(scores, 2))
    found = certify_precision(scores, labels, p, 0.9, "fst")
    assert found.threshold == slow_fixed_sequence(scores, labels, p, 0.1)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [200, 600])
def test_certified_precision_holds_on_the_population(method: str, n: int) -> None:
    """With P(positive | s) = .5 + .5 s on s uniform, precision above t is exactly .75 + .25 t."""
    rng, misses, runs, p = np.random.default_rng(7), 0, 400, 0.9
    for _ in range(runs):
        found = certify_precision(*draw(rng, n, 0.5), p, 0.9, method)
        misses += found.certified and 0.75 + 0.25 * found.threshold < p
    # Binomial(400, .1) exceeds 59 with probability under 0.002.
    assert misses <= 59


@pytest.mark.slow
def test_flat_precision_just_below_target_is_where_the_obvious_rule_breaks() -> None:
    rng, p, runs = np.random.default_rng(3), 0.9, 200
    certified = nominal = 0
    for _ in range(runs):
        scores, labels = rng.random(500), (rng.random(500) < p - 0.005).astype(float)
        certified += certify_precision(scores, labels, p).certified
        nominal += np.isfinite(nominal_threshold(curve(scores, labels), p))
    assert certified <= 33  # Binomial(200, .1) exceeds this with probability under 0.002
    assert nominal >= 0.9 * runs


def test_a_few_wrong_labels_at_the_very_top_stop_one_method_and_not_the_other() -> None:
    scores, labels = np.arange(1000) / 1000, np.ones(1000)
    labels[-3:] = 0
    labels[:500] = 0
    assert certify_precision(scores, labels, 0.9, method="fst").status == INSUFFICIENT
    assert certify_precision(scores, labels, 0.9, method="scp").certified
    assert certify_precision(scores, labels, 0.9).certified


@pytest.mark.parametrize("n", [30, 300, 1000])
def test_auto_is_stepwise(n: int) -> None:
    scores, labels = draw(np.random.default_rng(1), n, 0.9)
    stepwise = certify_precision(scores, labels, 0.9, method="stepwise")
    assert certify_precision(scores, labels, 0.9) == replace(stepwise, method="auto")


def test_threshold_is_observed_and_accepts_exactly_what_was_counted() -> None:
    scores, labels = draw(np.random.default_rng(2), 3000, 0.6)
    found = certify_precision(scores, labels, 0.9)
    assert found.status == CERTIFIED
    assert found.threshold in quantise(scores)
    assert (scores >= found.threshold).sum() == found.n_above
    assert (labels[scores >= found.threshold] == 0).sum() == found.false_positives
    assert found.precision_lower >= 0.9


@pytest.mark.parametrize(("p", "needed"), [(0.8, 11), (0.9, 22), (0.95, 45)])
def test_too_few_labels_says_how_many_are_needed(p: float, needed: int) -> None:
    few = certify_precision([0.9] * (needed - 1), [1] * (needed - 1), p)
    assert (few.status, few.labels_needed, few.threshold) == (INSUFFICIENT, needed, np.inf)
    enough = certify_precision([0.9] * needed, [1] * needed, p)
    assert (enough.status, enough.threshold, enough.labels_needed) == (CERTIFIED, 0.9, None)


def test_edges() -> None:
    many = np.linspace(0, 1, 500)
    assert certify_precision(many, np.zeros(500), 0.9).status == NOT_CERTIFIABLE
    assert certify_precision(many, np.ones(500), 0.9).threshold == 0.0
    assert certify_precision(many, np.ones(500), 1.0).status == NOT_CERTIFIABLE
    assert certify_precision(many, many > 0.5, 0.0).threshold == 0.0
    assert certify_precision([], [], 0.9).status == INSUFFICIENT
    assert certify_precision([0.5] * 500, [1] * 480 + [0] * 20, 0.9).threshold == 0.5
    assert certify_precision([0.5] * 500, [1] * 250 + [0] * 250, 0.9).status == NOT_CERTIFIABLE
    dropped = certify_precision([np.nan, np.inf, *many], np.ones(502), 0.9)
    assert (dropped.dropped, dropped.n) == (2, 500)


@pytest.mark.slow
def test_a_million_labels_with_ties_certify() -> None:
    rng = np.random.default_rng(0)
    scores = np.round(rng.random(1_000_000), 3)
    found = certify_precision(scores, rng.random(1_000_000) < scores, 0.9)
    assert found.certified
    # Precision above t is (1 + t) / 2: the exact answer is 0.8.
    assert found.threshold == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(
    ("precision", "confidence", "method"),
    [
        (-0.1, 0.9, "auto"),
        (1.1, 0.9, "auto"),
        (np.nan, 0.9, "auto"),
        (0.9, 0, "auto"),
        (0.9, 1, "auto"),
        (0.9, 0.9, "x"),
    ],
)
def test_targets_outside_their_range_are_refused(precision: float, confidence: float, method: str) -> None:
    with pytest.raises(BadArgument):
        certify_precision([0.5], [1], precision, confidence, method)


def test_lower_bound_and_test_agree() -> None:
    for k, f in ((22, 0), (128, 7), (60, 5), (10, 10)):
        lower = clopper_pearson_lower(k, f, 0.1)
        assert (lower >= 0.9) == (binom.cdf(f, k, 0.1) <= 0.1)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_certificates_survive_json(seed: int) -> None:
    scores, labels = draw(np.random.default_rng(seed), seed % 400, 0.5)
    found = certify_precision(scores, labels, 0.9)
    back = Certificate.from_json(found.to_json())
    assert back.to_json() == found.to_json()
    assert back.threshold == found.threshold
