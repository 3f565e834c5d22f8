"""Nominal thresholds: the target is met there, the interval holds the true place, both sides mirror."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.certificates.score_floor import floor_record
from calibration.columns import RELATED, SAME, UNRELATED, WEAK
from calibration.fitting.empirical_threshold import nominal_thresholds, rate_rule
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.stats.threshold_counts import curve


def frame(scores: np.ndarray, labels: np.ndarray, kind: str = "binary", **columns: object) -> pd.DataFrame:
    n = len(scores)
    texts = {"text_a": [f"a{i}" for i in range(n)], "text_b": [f"b{i}" for i in range(n)]}
    return pd.DataFrame(texts | {"label": labels, "kind": kind, "domain": "d", "score": scores} | columns)


def sample(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    return frame(scores, (rng.random(n) < scores).astype(float))


def found(rows: pd.DataFrame, settings: FitSettings, resamples: int = 40) -> dict[str, object]:
    return nominal_thresholds(rows, fit_domain(rows, settings), settings, resamples)


@pytest.mark.slow
def test_the_interval_holds_where_the_target_is_met_on_all_pairs() -> None:
    asked = FitSettings(precision=0.8)  # P(same | score) = score: the precision above t is (1 + t) / 2
    held = [one.low <= 0.6 <= one.high for one in (found(sample(400, s), asked)[SAME] for s in range(30))]
    assert sum(held) >= 23  # nominal 90%; 3 standard errors below


def test_the_target_is_met_on_the_labels_and_not_one_step_lower() -> None:
    rows = sample(300, 1)
    nominal = found(rows, FitSettings(precision=0.8))
    above, below = rows[rows.score >= nominal[SAME].value], rows[rows.score < nominal[UNRELATED].value]
    assert above.label.mean() >= 0.8
    assert (1 - below.label).mean() >= 0.8
    lower = rows.score[rows.score < nominal[SAME].value]
    assert all(rows.label[rows.score >= t].mean() < 0.8 for t in lower)
    higher = rows.score[rows.score >= nominal[UNRELATED].value]
    assert all((1 - rows.label[rows.score <= t]).mean() < 0.8 for t in higher)


def test_a_false_positive_rate_is_met_too() -> None:
    rows = sample(300, 2)
    value = found(rows, FitSettings(fpr=0.1))[SAME].value
    negatives = rows[rows.label == 0]
    assert (negatives.score >= value).mean() <= 0.1
    assert (negatives.score >= negatives.score[negatives.score < value].max()).mean() > 0.1
    assert rate_rule(0.1)(curve([0.5], [1])) == np.inf


def test_tiers_each_have_one_and_unreachable_targets_are_infinite() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random(400)
    rows = frame(scores, np.clip(np.floor(scores * 4), 0, 3), "tier")
    nominal = found(rows, FitSettings(precision=0.9))
    assert list(nominal) == [SAME, RELATED, WEAK]
    assert nominal[SAME].value > nominal[RELATED].value > nominal[WEAK].value
    assert np.isinf(found(frame(scores, np.zeros(400)), FitSettings())[SAME].value)


def test_rows_for_review_and_below_a_floor_do_not_count() -> None:
    rows = sample(300, 4)
    picked = frame(np.full(50, 0.99), np.zeros(50), purpose="review")
    asked = FitSettings(precision=0.8)
    assert found(pd.concat([rows.assign(purpose="calibrate"), picked]), asked) == found(rows, asked)
    floored = rows.assign(note=floor_record(0.4, 0, 300, 300))
    assert list(found(floored, asked)) == [SAME]
    assert found(floored, asked)[SAME].n == (rows.score >= 0.4).sum()


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_label_is_a_status_not_a_crash(n: int) -> None:
    nominal = found(sample(5, 5).head(n), FitSettings())
    assert nominal[SAME].n == n
