from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import BadArgument
from calibration.stats.design_effect import deflate, design_effect
from calibration.stats.intervals import outer_quantiles, proportion, spread_estimate
from calibration.stats.threshold_counts import curve

labelled = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


@given(labelled, st.floats(1.0, 8.0))
def test_deflated_counts_are_a_curve_and_never_kinder(rows: list[tuple[int, bool]], deff: float) -> None:
    counts = curve([score / 30 for score, _ in rows], [float(label) for _, label in rows])
    found = deflate(counts, deff)
    assert (np.diff(found.n_above) > 0).all()
    assert (np.diff(found.false_positives) >= 0).all()
    assert (np.diff(found.thresholds) < 0).all()
    assert (found.false_positives <= found.n_above).all()
    for t, k, f in zip(found.thresholds, found.n_above, found.false_positives, strict=True):
        at = int(np.flatnonzero(counts.thresholds == t)[0])
        raw_k, raw_f = int(counts.n_above[at]), int(counts.false_positives[at])
        assert k == math.floor(raw_k / deff + 1e-9)
        assert f >= min(raw_f / deff - 1e-9, k)


@given(labelled)
def test_no_design_effect_changes_nothing(rows: list[tuple[int, bool]]) -> None:
    counts = curve([score / 30 for score, _ in rows], [float(label) for _, label in rows])
    found = deflate(counts, 1.0)
    for name in ("thresholds", "n_above", "false_positives"):
        assert getattr(found, name).tolist() == getattr(counts, name).tolist()


@pytest.mark.parametrize("deff", [0.99, math.nan, math.inf])
def test_a_design_effect_below_one_is_refused(deff: float) -> None:
    with pytest.raises(BadArgument):
        deflate(curve([0.5], [1]), deff)


def test_nothing_is_left_of_fewer_labels_than_the_design_effect() -> None:
    assert deflate(curve([0.9, 0.5], [1, 0]), 3.0).n == 0
    assert deflate(curve([], []), 2.0).n == 0


def test_design_effect_finds_the_correlation_it_was_made_with() -> None:
    """Groups of five whose labels are one draw with probability 0.4, else their own: ICC 0.4, deff 2.6."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(4000), 5)
    shared, own = np.repeat(rng.random(4000) < 0.3, 5), rng.random(20000) < 0.3
    together = np.repeat(rng.random(4000) < 0.4, 5)
    found = design_effect(np.where(together, shared, own), groups)
    assert found.icc == pytest.approx(0.4, abs=0.03)
    assert found.value == pytest.approx(1 + 4 * found.icc)
    assert (found.groups, found.n, found.mean_size) == (4000, 20000, 5.0)


@pytest.mark.parametrize(
    ("values", "groups", "deff"),
    [
        ([], [], 1.0),
        ([1, 1, 1, 1], [0, 0, 0, 0], 4.0),
        ([1, 0, 1, 0], [0, 0, 0, 0], 4.0),
        ([1, 1, 1], [4, 8, 9], 1.0),
        ([1, 0, 1, 0], [0, 0, 1, 1], 1.0),
    ],
)
def test_design_effects_at_the_edges(values: list[int], groups: list[int], deff: float) -> None:
    assert design_effect(values, np.array(groups, dtype=np.int64)).value == deff


@given(st.integers(0, 30), st.integers(0, 30), st.floats(1.0, 10.0))
def test_clustering_only_widens_an_interval(hits: int, misses: int, deff: float) -> None:
    plain, wide = proportion(hits, hits + misses), proportion(hits, hits + misses, deff=deff)
    if hits + misses >= deff:  # less than one label's worth is no interval at all
        assert wide.low <= plain.low + 1e-9
        assert wide.high >= plain.high - 1e-9
    assert wide.value == plain.value or math.isnan(plain.value)


def test_deflated_intervals_cover_clustered_labels_where_plain_ones_do_not() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(60), 5)
    covered = {"plain": 0, "deflated": 0}
    for _ in range(400):
        labels = np.where(
            np.repeat(rng.random(60) < 0.5, 5), np.repeat(rng.random(60) < 0.7, 5), rng.random(300) < 0.7
        )
        hits, deff = int(labels.sum()), design_effect(labels, groups).value
        for name, found in (("plain", proportion(hits, 300)), ("deflated", proportion(hits, 300, deff=deff))):
            covered[name] += found.low <= 0.7 <= found.high
    assert covered["plain"] / 400 < 0.80
    assert covered["deflated"] / 400 > 0.87


def test_an_estimate_of_nothing_is_the_whole_range() -> None:
    found = spread_estimate(math.nan, [0.1, 0.2], 0, 0.9, bounds=(0.0, 1.0))
    assert (found.low, found.high) == (0.0, 1.0)


def test_quantiles_lean_outwards_and_take_infinity() -> None:
    samples = np.array([math.inf, 1.0, 2.0, 3.0])
    assert outer_quantiles(samples, 0.9) == (1.0, math.inf)
