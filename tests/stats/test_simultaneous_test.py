"""The crossing probability against brute force, and the constant against its published check value."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from calibration.stats.simultaneous_test import (
    DENSE,
    boundary,
    crossing_probability,
    kmin,
    look_grid,
    simultaneous_level,
)


@given(st.integers(1, 11), st.floats(0.05, 0.6), st.data())
@settings(max_examples=40, deadline=None)
def test_crossing_probability_equals_enumeration_of_every_walk(n: int, error: float, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    bounds = np.cumsum(steps) - 1
    walks = np.array(list(product((0, 1), repeat=n)))
    totals = walks.sum(axis=1)
    weights = error**totals * (1 - error) ** (n - totals)
    crossed = (np.cumsum(walks, axis=1) <= bounds).any(axis=1)
    found = crossing_probability(np.arange(1, n + 1), bounds, error)
    assert found == pytest.approx(weights[crossed].sum(), abs=1e-12)


def test_looks_apart_equal_looks_at_all_where_only_the_sparse_ones_can_cross() -> None:
    sparse = np.array([5, 40, 400, 900])
    bounds = boundary(sparse, 0.9, 0.05)
    everywhere = np.full(900, -1)
    everywhere[sparse - 1] = bounds
    dense = crossing_probability(np.arange(1, 901), everywhere, 0.1)
    assert crossing_probability(sparse, bounds, 0.1) == pytest.approx(dense, abs=1e-9)


def test_check_value_of_the_method() -> None:
    assert simultaneous_level(500, 0.9, 0.1) / 0.1 == pytest.approx(0.18, abs=0.01)


@pytest.mark.parametrize("n", [300, 5000])
def test_the_constant_spends_the_budget_and_not_more(n: int) -> None:
    grid = look_grid(n)
    level = simultaneous_level(int(grid[-1]), 0.8, 0.1)
    spent = crossing_probability(grid, boundary(grid, 0.8, level), 0.2)
    more = crossing_probability(grid, boundary(grid, 0.8, level * 1.1), 0.2)
    assert spent <= 0.1 < more


def test_boundary_is_the_largest_error_count_that_passes() -> None:
    grid = np.arange(1, 400)
    found = boundary(grid, 0.9, 0.03)
    assert (np.diff(found) >= 0).all()
    assert (binom.cdf(found, grid, 0.1) <= 0.03).all()
    assert (binom.cdf(found + 1, grid, 0.1) > 0.03).all()


def test_kmin_is_the_fewest_errorless_labels() -> None:
    for p, level in product((0.5, 0.8, 0.9, 0.99), (0.1, 0.05, 0.01)):
        k = kmin(p, level)
        assert p**k <= level < p ** (k - 1)
    assert kmin(0.0, 0.1) == 1


def test_too_few_labels_have_no_constant() -> None:
    assert simultaneous_level(10, 0.9, 0.1) == 0.0


def test_look_grid_covers_n_and_grows_by_at_most_the_ratio() -> None:
    grid = look_grid(100_000)
    assert grid[:DENSE].tolist() == list(range(1, DENSE + 1))
    assert grid[-1] >= 100_000
    assert (np.diff(grid)[DENSE:] / grid[DENSE:-1] < 0.012).all()
