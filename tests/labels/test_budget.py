"""How many more labels: every verdict, that the numbers advised do certify, and honest estimates."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_precision
from calibration.errors import BadArgument
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.fitting.planning_threshold import Goal, find_candidate
from calibration.fitting.sample import DomainSample
from calibration.labels.advice import CERTIFIED, LABEL_MORE, OUT_OF_REACH, TOO_FEW, UNCLEAR, VERDICTS
from calibration.labels.budget import advise, advise_domain


def frame(scores: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    names = [f"问题{i}" for i in range(len(scores))]
    return pd.DataFrame(
        {
            "text_a": names,
            "text_b": [f"问法{i}" for i in range(len(scores))],
            "label": np.asarray(labels, dtype=float),
            "kind": "binary",
            "domain": "shop",
            "score": scores,
        }
    )


def binormal(rng: np.random.Generator, n: int, apart: float, share: float = 0.5) -> pd.DataFrame:
    """Scores of positives lie `apart` standard deviations above the negatives', in the range of the model's."""
    positive = rng.random(n) < share
    return frame(0.95 + 0.01 * (rng.normal(size=n) + apart * (positive - 0.5)), positive)


def certificate_of(rows: pd.DataFrame, precision: float, confidence: float = 0.9) -> Certificate:
    return certify_precision(rows["score"], rows["label"], precision, confidence)


def test_what_is_certified_needs_no_more() -> None:
    rows = binormal(np.random.default_rng(0), 500, 3.0)
    found = advise(rows, certificate_of(rows, 0.9))
    assert (found.verdict, found.more, found.n) == (CERTIFIED, 0, 500)
    assert "500" in str(found)


@pytest.mark.slow
def test_the_labels_advised_certify_with_about_the_chance_asked_for() -> None:
    """At 120 labels p = .95 is mostly not certified; fresh labels as advised certify in most cases."""
    rng, done, above, advised = np.random.default_rng(1), 0, 0, 0
    pool = binormal(rng, 30_000, 2.2)
    for _ in range(40):
        rows = pool.iloc[rng.integers(0, len(pool), 120)].reset_index(drop=True)
        found = advise(
            rows.assign(text_a=frame(rows["score"], rows["label"])["text_a"]), certificate_of(rows, 0.95)
        )
        if found.verdict != LABEL_MORE or found.more > 10_000:
            continue
        assert found.more is not None
        assert found.more_above is not None
        assert found.threshold is not None
        advised += 1
        fresh = pool.iloc[rng.integers(0, len(pool), found.more)]
        done += certificate_of(fresh, 0.95).certified
        eligible = pool[pool["score"] >= found.threshold]
        above += certificate_of(eligible.iloc[rng.integers(0, len(eligible), found.more_above)], 0.95).certified
        assert found.more_above < found.more / 2
        assert found.more_range is not None
        assert found.more_range[0] <= found.more <= found.more_range[1]
    assert advised >= 15
    assert done >= 0.6 * advised
    assert above >= 0.6 * advised


def test_a_model_that_cannot_is_said_to_be_unable() -> None:
    rows = binormal(np.random.default_rng(2), 600, 0.4, share=0.3)
    found = advise(rows, certificate_of(rows, 0.9))
    assert (found.verdict, found.more, found.labels_above) == (OUT_OF_REACH, None, None)
    assert "out of reach with this model" in str(found)
    assert found.precision is not None
    assert found.precision.value < 0.7


def test_reachable_targets_are_rarely_called_out_of_reach() -> None:
    rng, wrong = np.random.default_rng(3), 0
    for _ in range(40):
        rows = binormal(rng, 100, 2.0)  # precision of the top tenth is about .97
        wrong += advise(rows, certificate_of(rows, 0.9)).verdict == OUT_OF_REACH
    assert wrong <= 2


@pytest.mark.slow
def test_noise_alone_does_not_promise_a_target_within_reach() -> None:
    """Labels that have nothing to do with scores: the best of all thresholds looks good, the count out of fold
    does not."""
    rng, tempted, promised = np.random.default_rng(4), 0, 0
    for _ in range(30):
        scores, labels = rng.random(200), (rng.random(200) < 0.7).astype(float)
        order = np.argsort(-scores)
        running = np.cumsum(labels[order]) / np.arange(1, 201)
        tempted += running[9:].max() > 0.75
        rows = frame(scores, labels)
        promised += advise(rows, certificate_of(rows, 0.75)).verdict in (LABEL_MORE, CERTIFIED)
    assert tempted >= 10
    assert promised <= tempted - 3


def test_few_labels_are_no_ground_for_advice() -> None:
    rows = binormal(np.random.default_rng(5), 20, 2.0)
    found = advise(rows, certificate_of(rows, 0.9))
    assert (found.verdict, found.more, found.threshold) == (TOO_FEW, 30, None)


def test_just_below_the_target_is_unclear_and_not_out_of_reach() -> None:
    rng = np.random.default_rng(6)
    rows = frame(rng.random(100), rng.random(100) < 0.87)
    found = advise(rows, certificate_of(rows, 0.9))
    assert found.verdict == UNCLEAR
    assert found.more == 200
    assert found.fresh


def test_labels_that_failed_once_do_not_count_again_but_untried_ones_do() -> None:
    rng = np.random.default_rng(7)
    rows = binormal(rng, 60, 3.0)
    untried = advise(rows, certificate_of(rows, 0.97))
    assert certificate_of(rows, 0.97).status == "insufficient_labels"
    assert untried.verdict in (LABEL_MORE, UNCLEAR)
    tried_rows = binormal(np.random.default_rng(8), 150, 2.0)
    tried = advise(tried_rows, certificate_of(tried_rows, 0.95))
    assert certificate_of(tried_rows, 0.95).status == "insufficient_labels"
    assert certificate_of(tried_rows, 0.95).tested
    assert tried.verdict == LABEL_MORE
    assert tried.fresh
    assert "new labels alone" in str(tried)
    assert tried.labels_above is not None
    assert tried.share is not None
    assert tried.more == int(np.ceil(tried.labels_above / tried.share.value))


def test_rows_picked_for_review_and_unusable_rows_do_not_count() -> None:
    rows = binormal(np.random.default_rng(9), 150, 2.0)
    picked = frame(np.full(50, 0.999), np.zeros(50)).assign(purpose="review", text_a="甲")
    broken = frame(np.array([np.nan]), np.ones(1)).assign(text_a="无")
    mixed = pd.concat([rows.assign(purpose="calibrate"), picked, broken.assign(purpose="calibrate")])
    assert advise(mixed, certificate_of(rows, 0.95)) == advise(rows, certificate_of(rows, 0.95))


def test_every_tier_of_a_domain_the_mirrored_one_too() -> None:
    rows = binormal(np.random.default_rng(10), 120, 2.2)
    fit = fit_domain(rows, FitSettings(precision=0.96))
    found = advise_domain(rows, fit.certificates)
    assert set(found) == {"same", "unrelated"}
    below = found["unrelated"]
    assert below.verdict == LABEL_MORE
    assert below.threshold is not None
    assert below.precision is not None
    accepted = rows[rows["score"] < below.threshold]
    assert len(accepted) >= 10
    assert (accepted["label"] == 0).mean() > 0.9
    assert below.more_above is None
    assert "fall below" in str(below)


def test_degenerate_domains_get_a_verdict() -> None:
    rng = np.random.default_rng(11)
    for scores, labels in (
        (rng.random(100), np.zeros(100)),
        (np.full(100, 0.9), rng.random(100) < 0.5),
        (np.full(100, 0.9), np.zeros(100)),
        (np.array([0.9]), np.ones(1)),
        (np.empty(0), np.empty(0)),
    ):
        rows = frame(scores, labels)
        for target in (0.5, 0.9, 0.999, 1.0):
            found = advise(rows, certificate_of(rows, target))
            assert found.verdict in VERDICTS
            assert str(found)
            json.dumps(found.to_json(), allow_nan=False)
    rows = frame(rng.random(100), np.zeros(100))
    assert advise(rows, certificate_of(rows, 0.9)).verdict == OUT_OF_REACH
    rows = frame(rng.random(100), np.ones(100))
    assert advise(rows, certificate_of(rows, 1.0)).verdict == OUT_OF_REACH


def test_pairs_that_all_share_a_text_give_no_advice() -> None:
    rows = binormal(np.random.default_rng(12), 150, 2.0).assign(text_a="同一句")
    assert advise(rows, certificate_of(rows, 0.95)).verdict == TOO_FEW


@pytest.mark.slow
def test_the_estimate_is_out_of_fold() -> None:
    """Counted over many samples, precision at the chosen threshold agrees with the truth there."""
    rng, gaps = np.random.default_rng(13), []
    pool = binormal(rng, 50_000, 1.5)
    for _ in range(40):
        rows = pool.iloc[rng.integers(0, len(pool), 150)].reset_index(drop=True)
        rows["text_a"] = [f"问题{i}" for i in range(150)]
        rows["text_b"] = [f"问法{i}" for i in range(150)]
        found = find_candidate(DomainSample.of(rows), "same", Goal(0.9, 0.9, 0.8))
        assert found is not None
        gaps.append(found.hits.value - pool["label"][pool["score"] >= found.threshold].mean())
    assert abs(np.mean(gaps)) < 3 * np.std(gaps) / np.sqrt(len(gaps)) + 0.01


def test_advice_speaks_chinese() -> None:
    rows = binormal(np.random.default_rng(8), 150, 2.0)
    found = advise(rows, certificate_of(rows, 0.95))
    said = found.explain("zh_CN")
    assert "标注" in said
    assert not any(letter.isascii() and letter.isalpha() for letter in said)


def test_unknown_tiers_and_powers_are_refused() -> None:
    rows = binormal(np.random.default_rng(14), 60, 1.0)
    for bad in ({"tier": "close"}, {"power": 1.0}):
        with pytest.raises(BadArgument):
            advise(rows, certificate_of(rows, 0.9), **bad)
