"""Drift: alarms by chance one time in twenty, alarms on a shift, and what it does not claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chi2

from calibration.certificates.score_floor import floor_record
from calibration.comparison.drift import (
    CHECK,
    DRIFTED,
    FLOORED,
    MISSING,
    NEW,
    QUIET,
    TOO_FEW,
    UNPROVEN,
    score_drift,
)
from calibration.errors import BadArgument, ColumnsMissing, EmptyInput
from calibration.stats.population_stability import alarm_threshold, bin_counts, decile_edges, psi


def scores(values: np.ndarray, domain: str = "shop") -> pd.DataFrame:
    return pd.DataFrame({"score": values, "domain": domain})


def normal(n: int, seed: int, shift: float = 0.0, spread: float = 1.0) -> np.ndarray:
    return 0.9 + 0.03 * (shift + spread * np.random.default_rng(seed).normal(size=n))


counts = arrays(np.int64, 10, elements=st.integers(0, 500)).filter(lambda c: c.sum() > 0)


@given(counts, counts)
def test_psi_is_its_definition_symmetric_and_not_negative(a: np.ndarray, b: np.ndarray) -> None:
    p = [(x + 0.5) / (a.sum() + 5) for x in a]
    q = [(x + 0.5) / (b.sum() + 5) for x in b]
    assert psi(a, b) == pytest.approx(sum((y - x) * np.log(y / x) for x, y in zip(p, q, strict=True)), abs=1e-12)
    assert psi(a, b) == pytest.approx(psi(b, a), abs=1e-12)
    assert psi(a, b) >= 0
    assert psi(a, a) == 0


@given(st.lists(st.integers(0, 20), min_size=1, max_size=200))
def test_every_score_has_a_bin_and_no_bin_of_the_calibration_is_empty(raw: list[int]) -> None:
    values = np.array(raw, dtype=float)
    edges = decile_edges(values)
    counted = bin_counts(values, edges)
    assert counted.sum() == len(values)
    assert len(counted) >= 2
    assert (np.diff(edges) > 0).all()
    if len(set(raw)) > 1:
        assert (counted > 0).all()


def test_the_alarm_is_the_rule_of_the_method() -> None:
    assert alarm_threshold(400, 250) == pytest.approx((1 / 400 + 1 / 250) * chi2.ppf(0.95, 9))
    found = score_drift(scores(normal(400, 0)), scores(normal(250, 1))).domains["shop"]
    assert found.alarm_at == pytest.approx(alarm_threshold(400, 250))


@pytest.mark.parametrize(("n", "m"), [(100, 100), (200, 1000), (1000, 100), (500, 500)])
def test_chance_alarms_about_one_time_in_twenty(n: int, m: int) -> None:
    rng = np.random.default_rng(n + m)
    runs, alarms, folklore = 1000, 0, 0
    for _ in range(runs):
        old, new = rng.random(n), rng.random(m)
        edges = decile_edges(old)
        value = psi(bin_counts(old, edges), bin_counts(new, edges))
        alarms += value > alarm_threshold(n, m)
        folklore += value > 0.1
    assert 0.02 <= alarms / runs <= 0.075
    if n == m == 100:
        assert folklore / runs > 0.6


@pytest.mark.slow
def test_a_family_of_domains_alarms_no_more_often_than_one() -> None:
    alarms = 0
    for seed in range(120):
        old = pd.concat([scores(normal(100, 1000 + 5 * seed + d), f"d{d}") for d in range(5)])
        new = pd.concat([scores(normal(100, 9000 + 5 * seed + d), f"d{d}") for d in range(5)])
        alarms += bool(score_drift(old, new).drifted)
    assert alarms / 120 <= 0.11


def test_a_shift_of_half_a_standard_deviation_is_seen() -> None:
    seen = sum(
        score_drift(scores(normal(300, seed)), scores(normal(300, 500 + seed, shift=0.5))).drifted == ("shop",)
        for seed in range(40)
    )
    assert seen >= 36


def test_a_wider_spread_is_seen_and_only_in_its_domain() -> None:
    old = pd.concat([scores(normal(500, 1), "a"), scores(normal(500, 2), "b")])
    new = pd.concat([scores(normal(500, 13), "a"), scores(normal(500, 4, spread=1.6), "b")])
    found = score_drift(old, new)
    assert found.drifted == ("b",)
    assert found.domains["a"].status == QUIET
    assert found.domains["b"].psi > found.domains["b"].alarm_at
    assert found.domains["a"].psi <= found.domains["a"].alarm_at


@pytest.mark.parametrize("correction", ["holm", "bonferroni"])
def test_the_shown_threshold_and_the_alarm_agree(correction: str) -> None:
    old = pd.concat([scores(normal(200, d), f"d{d}") for d in range(6)])
    new = pd.concat([scores(normal(200, 50 + d, shift=d / 8), f"d{d}") for d in range(6)])
    found = score_drift(old, new, correction=correction)
    assert 0 < len(found.drifted) < 6
    for entry in found.domains.values():
        assert (entry.psi > entry.alarm_at) == (entry.status == DRIFTED)
        assert entry.psi_p_adjusted >= entry.psi_p


def test_what_bins_cannot_see_the_second_test_may() -> None:
    constant = scores(np.full(200, 0.9))
    assert score_drift(constant, constant).domains["shop"].status == QUIET
    assert score_drift(constant, scores(np.full(200, 0.8))).domains["shop"].status == CHECK
    assert score_drift(constant, scores(np.full(200, 0.95))).domains["shop"].status == DRIFTED


def test_sides_that_miss_or_are_small_are_named_not_judged() -> None:
    old = pd.concat([scores(normal(100, 1), "a"), scores(normal(100, 2), "gone"), scores(normal(30, 3), "small")])
    new = pd.concat([scores(normal(100, 4), "a"), scores(normal(100, 5), "new"), scores(normal(100, 6), "small")])
    found = score_drift(old, new).domains
    assert {name: entry.status for name, entry in found.items()} == {
        "a": QUIET,
        "gone": MISSING,
        "new": NEW,
        "small": TOO_FEW,
    }
    assert "30" in str(found["small"].sentence)
    assert np.isnan(found["small"].psi_p)
    assert found["a"].psi_p_adjusted == found["a"].psi_p


def test_review_rows_and_missing_scores_are_left_out_and_counted() -> None:
    new = scores(np.append(normal(100, 2), [np.nan, np.inf, 0.1])).assign(purpose=["calibrate"] * 102 + ["review"])
    found = score_drift(scores(normal(100, 1)), new).domains["shop"]
    assert (found.n, found.m, found.dropped) == (100, 100, 3)


def test_it_never_claims_more_than_scores_can_tell() -> None:
    found = score_drift(scores(normal(100, 1)), scores(normal(100, 2)))
    assert [note.message for note in found.notes] == [UNPROVEN]
    assert "不能证明" in found.notes[0].explain("zh_CN")
    assert "shop" in found.domains["shop"].sentence.explain("zh_CN")


def test_bad_input_is_named() -> None:
    good = scores(normal(60, 1))
    with pytest.raises(ColumnsMissing, match="score"):
        score_drift(good, good.drop(columns="score"))
    with pytest.raises(EmptyInput, match="live"):
        score_drift(good, good.iloc[:0])
    with pytest.raises(BadArgument, match="level"):
        score_drift(good, good, level=0)
    with pytest.raises(BadArgument, match="method"):
        score_drift(good, good, correction="none")


def test_labels_drawn_above_a_floor_are_compared_from_there_up() -> None:
    live, pool = normal(1000, 21), normal(4000, 22)
    drawn = scores(pool[pool >= 0.92]).assign(note=floor_record(0.92, 0, 1000, 1000))
    found = score_drift(drawn, scores(live))
    domain = found.domains["shop"]
    assert (domain.status, domain.m, domain.floor) == (QUIET, (live >= 0.92).sum(), 0.92)
    assert domain.dropped == 1000 - domain.m
    assert [one.message for one in found.notes] == [FLOORED, UNPROVEN]
    assert score_drift(drawn.drop(columns="note"), scores(live)).domains["shop"].status == DRIFTED
