from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.certificates.sampling import Sampling, draw_notes
from calibration.certificates.sampling_design import (
    BALANCED,
    DATA_DRAWS,
    LIVE,
    MINED,
    RANDOM_LIVE,
    UNKNOWN,
    claim,
    data_draw,
)
from calibration.certificates.score_floor import floor_record
from calibration.errors import BadArgument
from calibration.evaluation.prevalence_shift import (
    FLOORED,
    NOT_CARRIED,
    SHIFTED,
    adjust_precision,
    equivalent_target,
    precision_at,
)
from calibration.messages.catalogues import translate
from calibration.stats.intervals import proportion

inside = st.floats(0.01, 0.99)


def frame(scores: np.ndarray, labels: np.ndarray, **columns: object) -> pd.DataFrame:
    n = len(scores)
    texts = {"text_a": [f"a{i}" for i in range(n)], "text_b": [f"b{i}" for i in range(n)]}
    return pd.DataFrame(texts | {"label": labels, "kind": "binary", "domain": "d", "score": scores} | columns)


def drawn_with(prevalence: float, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Positives score about 1, negatives about 0: at 1.0, TPR .5 and FPR .159."""
    labels = (rng.random(n) < prevalence).astype(float)
    return frame(rng.normal(labels, 1.0), labels)


@given(inside, inside, inside)
def test_precision_and_target_are_two_sides_of_bayes(tpr: float, prevalence: float, live: float) -> None:
    fpr = tpr / 3
    here, there = (float(precision_at(tpr, fpr, pi)) for pi in (prevalence, live))
    assert equivalent_target(there, prevalence, live) == pytest.approx(here)
    assert (there < here) == (live < prevalence) or there == pytest.approx(here)


def test_nothing_accepted_is_nan() -> None:
    assert math.isnan(float(precision_at(0.0, 0.0, 0.3)))
    found = adjust_precision(frame(np.array([0.1, 0.2]), np.array([1.0, 0.0])), 0.9, 0.1)
    assert math.isnan(found.adjusted.value)
    assert (found.adjusted.low, found.adjusted.high) == (0.0, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("counted", [False, True])
def test_the_adjusted_interval_covers_live_precision(counted: bool) -> None:
    rng = np.random.default_rng(0)
    truth = float(precision_at(0.5, 0.158655, 0.1))
    covered, widths = 0, []
    for _ in range(100):
        live = proportion(int(rng.binomial(400, 0.1)), 400) if counted else 0.1
        found = adjust_precision(drawn_with(0.5, 300, rng), 1.0, live, drawn=BALANCED)
        covered += found.adjusted.low <= truth <= found.adjusted.high
        widths.append(found.adjusted.high - found.adjusted.low)
    assert covered >= 88
    assert np.mean(widths) < 0.3  # wide enough to cover is not enough


def test_it_warns_where_the_prevalence_differs_and_only_there() -> None:
    rows = drawn_with(0.5, 400, np.random.default_rng(1))
    far, near = (
        adjust_precision(rows, 1.0, 0.05, drawn=BALANCED),
        adjust_precision(rows, 1.0, 0.5, drawn=RANDOM_LIVE),
    )
    assert far.shifted
    assert [one.message for one in far.notes] == [SHIFTED]
    assert far.adjusted.value < far.here.value
    assert not near.shifted
    assert near.notes == ()


@pytest.mark.parametrize("drawn", [MINED, UNKNOWN, None])
def test_it_says_when_rates_cannot_be_carried_over(drawn: str | None) -> None:
    found = adjust_precision(drawn_with(0.5, 50, np.random.default_rng(2)), 1.0, 0.5, drawn=drawn)
    assert NOT_CARRIED in [one.message for one in found.notes]


def test_rows_for_review_do_not_count() -> None:
    rng = np.random.default_rng(3)
    rows = drawn_with(0.5, 100, rng)
    picked = frame(np.full(50, 2.0), np.zeros(50), purpose="review")
    both = pd.concat([rows.assign(purpose="calibrate"), picked])
    assert adjust_precision(both, 1.0, 0.2) == adjust_precision(rows, 1.0, 0.2)


def test_groups_widen_the_interval() -> None:
    rows = drawn_with(0.5, 60, np.random.default_rng(4))
    repeated = pd.concat([rows] * 5).assign(text_b=[f"c{i}" for i in range(300)])
    apart = repeated.assign(text_a=[f"d{i}" for i in range(300)])
    together, independent = adjust_precision(repeated, 1.0, 0.1), adjust_precision(apart, 1.0, 0.1)
    assert together.adjusted.value == independent.adjusted.value
    assert together.adjusted.low < independent.adjusted.low


@pytest.mark.parametrize("live", [0.0, 1.0, -0.1, math.nan])
def test_a_live_prevalence_outside_is_refused(live: float) -> None:
    with pytest.raises(BadArgument):
        adjust_precision(frame(np.array([0.1]), np.array([1.0])), 0.5, live)


def test_one_class_leaves_the_other_rate_open() -> None:
    found = adjust_precision(frame(np.linspace(0, 1, 20), np.ones(20)), 0.5, 0.1)
    assert (found.fpr.n, found.fpr.low, found.fpr.high) == (0, 0.0, 1.0)
    assert math.isnan(found.adjusted.value)


def test_only_labels_drawn_at_random_are_claimed_for_live_pairs() -> None:
    assert [name for name, draw in DATA_DRAWS.items() if draw.claims == LIVE] == [RANDOM_LIVE]
    assert [name for name, draw in DATA_DRAWS.items() if not draw.warning] == [RANDOM_LIVE]
    assert [name for name, draw in DATA_DRAWS.items() if draw.rates] == [RANDOM_LIVE, BALANCED]
    with pytest.raises(BadArgument):
        data_draw("by magic")


@pytest.mark.parametrize("name", DATA_DRAWS)
def test_every_draw_is_said_in_both_languages(name: str) -> None:
    draw = data_draw(name)
    said = [claim(draw, 0.9, 0.9, 0.95), *draw_notes(Sampling(name, fits=4))]
    for one in said:
        assert one.explain("zh_CN") != str(one) == one.explain("en")
        assert "{" not in one.explain("zh_CN")
    for message in (draw.title, draw.explanation):
        assert translate(message, "zh_CN") != message


def test_labels_drawn_above_a_floor_do_not_count_and_a_note_says_so() -> None:
    rows = drawn_with(0.5, 200, np.random.default_rng(5))
    above = frame(np.full(50, 2.0), np.ones(50), note=floor_record(1.5, 0, 50, 60))
    both = pd.concat([rows.assign(note=""), above])
    found, plain = adjust_precision(both, 1.0, 0.2), adjust_precision(rows, 1.0, 0.2)
    assert (found.adjusted, found.prevalence) == (plain.adjusted, plain.prevalence)
    assert [one.params for one in found.notes if one.message == FLOORED] == [(("n", "50"),)]
    alone = adjust_precision(above, 1.0, 0.2)
    assert (alone.adjusted.n, alone.here.n) == (0, 0)
    assert math.isnan(alone.adjusted.value)
