"""Agreement of two labellers, compared with scikit-learn and with values known in advance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from calibration.columns import LABEL_MAX
from calibration.errors import BadArgument
from calibration.labels.agreement import QUADRATIC, agreement, differing, enough, kappas
from calibration.stats.intervals import EXACT

KINDS = st.sampled_from(sorted(LABEL_MAX))


@st.composite
def labels(draw: st.DrawFn) -> tuple[str, list[int], list[int]]:
    kind = draw(KINDS)
    one = st.integers(0, int(LABEL_MAX[kind]))
    pairs = draw(st.lists(st.tuples(one, one), min_size=1, max_size=40))
    return kind, [a for a, _ in pairs], [b for _, b in pairs]


@settings(max_examples=60, deadline=None)
@given(given_labels=labels())
def test_the_tables_say_what_scikit_learn_says(given_labels: tuple[str, list[int], list[int]]) -> None:
    kind, first, second = given_labels
    found = agreement(first, second, kind)
    assert sum(map(sum, found.table)) == found.agreed.n == len(first)
    own = kappas(np.array([found.table]), found.weights)[0]
    if math.isnan(found.kappa.value):
        assert math.isnan(own)
        assert (found.kappa.low, found.kappa.high) == (-1.0, 1.0)
    else:
        names = list(found.categories)
        assert own == pytest.approx(cohen_kappa_score(first, second, labels=names, weights=found.weights or None))
        assert -1 <= found.kappa.low <= found.kappa.value + 1e-9
        assert found.kappa.high <= 1
    other = agreement(second, first, kind)
    assert other.kappa.value == pytest.approx(found.kappa.value, nan_ok=True)


def test_perfect_agreement_on_few_pairs_is_not_sure_to_be_perfect() -> None:
    few, many = agreement([0, 1] * 5, [0, 1] * 5, "binary"), agreement([0, 1] * 500, [0, 1] * 500, "binary")
    assert few.kappa.value == many.kappa.value == 1
    assert (few.kappa.low < 0.6, many.kappa.low > 0.99, few.kappa.method) == (True, True, EXACT)
    assert (enough(few.kappa), enough(many.kappa)) == ("open", "good")


def test_one_category_only_says_nothing() -> None:
    found = agreement([1, 1, 1], [1, 1, 1], "binary")
    assert math.isnan(found.kappa.value)
    assert enough(found.kappa) == "open"
    assert found.agreed.hits == 3


def test_ordered_labels_forgive_a_step_more_than_a_leap() -> None:
    first = [0, 1, 2, 3] * 10
    near = agreement(first, [min(label + 1, 3) for label in first], "tier")
    far = agreement(first, [3 - label for label in first], "tier")
    assert near.weights == QUADRATIC
    assert near.kappa.value > 0.5 > 0 > far.kappa.value
    assert enough(far.kappa) == "poor"


def test_pairs_that_share_texts_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    base = rng.integers(0, 2, 40)
    said = np.where(rng.random(40) < 0.8, base, 1 - base)
    first, second = np.repeat(base, 10), np.repeat(said, 10)
    alone = agreement(first, second, "binary").kappa
    together = agreement(first, second, "binary", groups=np.repeat(np.arange(40), 10)).kappa
    assert together.value == alone.value
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_the_interval_covers_what_it_promises() -> None:
    """200 draws of 80 pairs from a known table; 90% intervals, so below 80% would be a defect."""
    chances = np.array([0.45, 0.08, 0.12, 0.35])
    truth = kappas(np.rint(chances * 100).astype(np.int64).reshape(1, 2, 2))[0]
    rng = np.random.default_rng(3)
    hits = 0
    for seed in range(200):
        cells = rng.choice(4, size=80, p=chances)
        kappa = agreement(cells // 2, cells % 2, "binary", seed=seed).kappa
        hits += kappa.low <= truth <= kappa.high
    assert 160 <= hits <= 198


def test_graded_labels_differ_by_whole_grades() -> None:
    assert differing([3.4, 3.4, 2.5], [3.0, 4.0, 3.0]).tolist() == [False, True, False]


def test_lengths_must_fit() -> None:
    with pytest.raises(BadArgument):
        agreement([1, 0], [1], "binary")
    with pytest.raises(BadArgument):
        agreement([], [], "binary")
