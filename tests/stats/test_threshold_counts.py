from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import BadArgument
from calibration.stats.ordering import FEW, stable_order
from calibration.stats.threshold_counts import STEP, curve, falling_order, quantise

scores_and_labels = st.lists(st.tuples(st.integers(-20, 20).map(lambda i: i / 20), st.booleans()), max_size=60)


@given(scores_and_labels)
def test_counts_equal_a_slow_recount(rows: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in rows])
    labels = np.array([label for _, label in rows], dtype=float)
    found = curve(scores, labels)
    assert found.thresholds.tolist() == sorted(set(quantise(scores).tolist()), reverse=True)
    for t, k, f in zip(found.thresholds, found.n_above, found.false_positives, strict=True):
        assert k == sum(score >= t for score in scores)
        assert f == sum(score >= t and not label for score, label in rows)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_a_quantised_threshold_accepts_the_same_raw_and_quantised_scores(raw: list[float]) -> None:
    down = quantise(raw)
    assert (down <= np.array(raw)).all()
    assert (np.array(raw) - down < 1.01 / STEP).all()
    for threshold in down:
        assert ((np.array(raw) >= threshold) == (down >= threshold)).all()


@given(st.integers(-STEP, STEP))
def test_quantising_twice_changes_nothing(step: int) -> None:
    assert quantise([step / STEP])[0] == step / STEP


def test_nan_and_infinite_rows_are_dropped_and_counted() -> None:
    found = curve([0.5, np.nan, np.inf, 0.4], [1, 1, 0, np.nan])
    assert (found.n, found.dropped, found.positives) == (1, 3, 1)


def test_no_rows_is_an_empty_curve() -> None:
    found = curve([], [])
    assert (found.n, found.positives, found.thresholds.size) == (0, 0, 0)


@pytest.mark.parametrize(
    ("scores", "labels"), [([0.5], [2]), ([0.5, 0.4], [1]), (["a"], [1]), ([[0.5]], [[1]]), ([0.5], [0.5])]
)
def test_other_labels_and_shapes_are_refused(scores: list[object], labels: list[object]) -> None:
    with pytest.raises(BadArgument):
        curve(scores, labels)  # type: ignore[arg-type]


def test_recall_is_unknown_without_positives() -> None:
    assert np.isnan(curve([0.5, 0.4], [0, 0]).recall).all()


@pytest.mark.parametrize("most", [50, 70_000, 2**32 - 1, 2**40])
def test_many_numbers_are_ordered_as_by_a_stable_sort(most: int) -> None:
    numbers = np.random.default_rng(most).integers(most, size=FEW + 5, endpoint=True)
    numbers[:3] = most
    assert stable_order(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()


@pytest.mark.parametrize("spread", [1e-5, 1.0, 1e4, 1e15])
def test_scores_on_any_scale_are_ordered_from_the_highest_down(spread: float) -> None:
    scores = quantise(spread * np.random.default_rng(1).normal(size=FEW + 5))
    scores[100:200] = scores[0]
    assert falling_order(scores).tolist() == np.argsort(-scores, kind="stable").tolist()
