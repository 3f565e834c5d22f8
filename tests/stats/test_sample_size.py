"""The label budget's formula against the method's check values and a slow, obvious search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from calibration.errors import BadArgument
from calibration.stats.sample_size import labels_needed, power_curve
from calibration.stats.simultaneous_test import kmin


@pytest.mark.parametrize(
    ("precision", "true", "needed"),
    [(0.9, 0.95, 128), (0.9, 0.97, 65), (0.95, 0.97, 446), (0.95, 0.98, 184), (0.95, 0.99, 77), (0.8, 0.9, 63)],
)
def test_check_values_of_the_method(precision: float, true: float, needed: int) -> None:
    assert labels_needed(precision, true) == needed


@pytest.mark.parametrize(("precision", "needed"), [(0.8, 11), (0.9, 22), (0.95, 45)])
def test_errorless_labels(precision: float, needed: int) -> None:
    assert labels_needed(precision, 1.0) == kmin(precision, 0.1) == needed


def slow_power(n: int, precision: float, true: float, delta: float) -> float:
    allowed = [b for b in range(n + 1) if binom.cdf(b, n, 1 - precision) <= delta]
    return float(binom.cdf(allowed[-1], n, 1 - true)) if allowed else 0.0


def test_power_equals_the_definition() -> None:
    n = np.arange(1, 120)
    slow = [slow_power(int(k), 0.85, 0.94, 0.1) for k in n]
    assert power_curve(0.85, 0.94, n).tolist() == pytest.approx(slow)


@pytest.mark.slow
@given(
    st.floats(0.05, 0.95),
    st.floats(0.06, 0.9),
    st.sampled_from([0.8, 0.9, 0.99]),
    st.sampled_from([0.5, 0.8, 0.95]),
)
@settings(max_examples=150, deadline=None)
def test_the_search_over_teeth_equals_trying_every_n(p: float, gap: float, confidence: float, power: float) -> None:
    true = p + gap
    if true >= 1:
        return
    n = np.arange(1, 4000)
    enough = power_curve(p, true, n, confidence) >= power
    assert labels_needed(p, true, confidence, power) == n[enough.argmax()]
    lacking = np.flatnonzero(~enough)
    assert lacking[-1] < 3900 if lacking.size else True, "the slow search must see past the last lack"
    expected = n[lacking[-1] + 1] if lacking.size else 1
    assert labels_needed(p, true, confidence, power, steady=True) == expected


def test_more_labels_can_have_less_power_but_not_past_the_steady_number() -> None:
    least, steady = labels_needed(0.9, 0.95), labels_needed(0.9, 0.95, steady=True)
    assert least < steady
    between = power_curve(0.9, 0.95, np.arange(least, steady))
    assert between.max() >= 0.8 > between.min()
    assert power_curve(0.9, 0.95, np.arange(steady, 3000)).min() >= 0.8


def test_a_false_target_passes_with_probability_at_most_delta() -> None:
    assert power_curve(0.9, 0.9, np.arange(1, 1000)).max() <= 0.1
    assert power_curve(0.9, 0.85, [1000])[0] < 1e-4


def test_hairs_above_the_target_take_many_labels_and_no_time() -> None:
    needed = labels_needed(0.9, 0.901)
    assert needed == pytest.approx(404_274, rel=0.01)
    assert power_curve(0.9, 0.901, [needed])[0] >= 0.8
    assert power_curve(0.9, 0.901, np.arange(needed - 2000, needed)).max() < 0.8


@pytest.mark.parametrize(
    "bad",
    [
        {"true_precision": 0.9},
        {"true_precision": 0.5},
        {"true_precision": 1.1},
        {"true_precision": float("nan")},
        {"true_precision": 0.9 + 1e-9},
        {"precision": 1.0},
        {"precision": -0.1},
        {"confidence": 1.0},
        {"power": 0.0},
    ],
)
def test_what_no_number_of_labels_can_do_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(BadArgument):
        labels_needed(**({"precision": 0.9, "true_precision": 0.95} | bad))


def test_zero_is_met_by_one_label_and_sizes_must_be_whole() -> None:
    assert labels_needed(0.0, 0.5) == 1
    assert power_curve(0.0, 0.5, [1]).tolist() == [1.0]
    with pytest.raises(BadArgument):
        power_curve(0.9, 0.95, [0])
