"""Stepwise testing: the inequality that its proof rests on, its error where it is largest, and what it gains."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.stats.simultaneous_test import (
    DECAY,
    boundary,
    crossing_probability,
    falling_levels,
    kmin,
    look_grid,
    stepwise_level,
)
from calibration.stats.stepwise_test import FEW, start_grid, stepwise
from calibration.stats.threshold_counts import Curve, curve

TARGETS = [(200, 0.9, 0.1), (1000, 0.8, 0.1), (1000, 0.6, 0.05), (4000, 0.9, 0.05)]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "p", "delta"), TARGETS)
def test_every_step_keeps_the_budget_and_later_steps_allow_more(n: int, p: float, delta: float) -> None:
    grid = look_grid(n)
    starts = start_grid(grid, n, p, delta)
    assert set(starts) <= set(grid)
    scales = np.array([stepwise_level(int(grid[-1]), int(start), p, delta) for start in starts])
    for start, scale in zip(starts, scales, strict=True):
        looks = grid[grid >= start]
        bounds = boundary(looks, p, scale * falling_levels(looks, int(start)))
        assert crossing_probability(looks, bounds, 1 - p) <= delta
    # c(s) s^decay never falls, but for the bisection's tolerance.
    assert (np.diff(np.log(scales * starts.astype(float) ** DECAY)) > -0.001).all()


def walk(rng: np.random.Generator, n: int, error: np.ndarray | float) -> Curve:
    """Labels in falling order of score, each wrong with its own probability; no ties."""
    wrong = np.cumsum(rng.random(n) < error)
    return Curve(-np.arange(n, dtype=float), np.arange(1, n + 1), wrong.astype(np.int64), 0)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "p"), [(100, 0.8), (600, 0.9), (600, 0.6)])
def test_error_stays_under_delta_where_every_label_just_misses_the_target(n: int, p: float) -> None:
    rng = np.random.default_rng(11)
    errors = sum(stepwise(walk(rng, n, 1 - p), p, 0.1)[0] >= 0 for _ in range(1500))
    assert errors <= 183  # Binomial(1500, .1) exceeds this with probability under 0.002


@pytest.mark.slow
@pytest.mark.parametrize("good", [60, 150, 300])
def test_error_stays_under_delta_where_the_top_keeps_the_target_and_the_rest_just_misses(good: int) -> None:
    """The least favourable shape for a later step: precision p up to `good`, so that steps begin near it."""
    rng, n, p, runs = np.random.default_rng(good), 600, 0.8, 1500
    errors = sum(stepwise(walk(rng, n, 1 - p), p, 0.1)[0] >= good for _ in range(runs))
    assert errors <= 183


def test_a_first_step_reads_n_only() -> None:
    least = kmin(0.9, 0.1)
    assert start_grid(look_grid(FEW * least - 1), FEW * least - 1, 0.9, 0.1)[0] == least
    assert start_grid(look_grid(FEW * least), FEW * least, 0.9, 0.1)[0] > least


def test_nothing_passes_with_too_few_labels_and_everything_with_no_error() -> None:
    rng = np.random.default_rng(0)
    assert stepwise(walk(rng, kmin(0.9, 0.1) - 1, 0.0), 0.9, 0.1)[0] == -1
    for n in (kmin(0.9, 0.1), 40, 1000):
        assert stepwise(walk(rng, n, 0.0), 0.9, 0.1)[0] == n - 1


def test_it_reaches_further_down_than_one_simultaneous_test_of_all() -> None:
    rng = np.random.default_rng(5)
    from calibration.certificates.certify import certify_curve
    from calibration.certificates.risk import Precision

    reached = {"stepwise": 0, "scp": 0, "fst": 0}
    for _ in range(60):
        scores = rng.random(1000)
        counts = curve(scores, rng.random(1000) < np.clip(1.6 * scores - 0.4, 0.02, 0.99))
        for method in reached:
            reached[method] += certify_curve(counts, Precision(0.9), 0.9, method).n_above
    assert reached["stepwise"] > 1.05 * max(reached["scp"], reached["fst"])
