"""The review queue finds planted label errors and close calls, and never enters a certificate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.errors import BadArgument
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.labels.review import label_probability, likely_label_errors, near_thresholds, review_queue


def rows_of(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    return pd.DataFrame(
        {
            "text_a": [f"问题{i}" for i in range(n)],
            "text_b": [f"问法{i}" for i in range(n)],
            "label": (scores > 0.6).astype(float),
            "kind": "binary",
            "domain": "shop",
            "score": scores,
        }
    )


def test_planted_label_errors_come_first() -> None:
    rows = rows_of()
    wrong = rows.index[(rows["score"] > 0.8) | (rows["score"] < 0.3)][:8]
    rows.loc[wrong, "label"] = 1.0 - rows.loc[wrong, "label"]
    found = likely_label_errors(rows, 8)
    assert set(found["text_a"]) == set(rows.loc[wrong, "text_a"])
    assert set(found["purpose"]) == {"review"}
    assert found["probability"].is_monotonic_increasing
    assert found["probability"].max() < 0.2


def test_labels_in_accord_with_scores_are_not_doubted() -> None:
    assert len(likely_label_errors(rows_of(), 50)) <= 4  # only right at the boundary


def test_a_wrong_label_does_not_vouch_for_itself() -> None:
    """In-sample, the highest score alone in its block would fit itself; out of fold it does not."""
    rows = rows_of()
    top = int(rows["score"].idxmax())
    rows.loc[top, "label"] = 0.0
    assert label_probability(rows)[top] < 0.05


def test_unlabelled_and_unscored_rows_have_no_probability() -> None:
    rows = rows_of(60)
    rows.loc[0, "score"], rows.loc[1, "label"] = np.nan, np.nan
    found = label_probability(rows)
    assert np.isnan(found[:2]).all()
    assert np.isfinite(found[2:]).all()
    assert np.isnan(label_probability(rows.assign(text_a="同一句"))).all()
    assert likely_label_errors(rows.iloc[:0], 3).empty


def test_distance_to_a_threshold_is_counted_in_ranks() -> None:
    rows = rows_of(5).assign(score=[0.90, 0.91, 0.92, 0.97, 0.99])
    # 0.95 has three scores below: 0.92 and 0.97 are its neighbours, one half of a rank away each.
    near = near_thresholds(rows, [0.95], 2)
    assert set(near["score"]) == {0.92, 0.97}
    assert near["distance"].tolist() == pytest.approx([0.1, 0.1])
    assert near_thresholds(rows, [np.inf, -1.0], 3).empty
    assert near_thresholds(rows, [], 3).empty


def test_the_queue_holds_both_and_no_row_twice() -> None:
    rows = rows_of()
    rows.loc[[1, 2], "label"] = 1.0 - rows.loc[[1, 2], "label"]
    queue = review_queue(rows, [0.6], 20)
    assert len(queue) == 20 == queue["text_a"].nunique()
    assert set(queue["reason"]) == {"the label may be wrong", "near the threshold"}
    close = queue[queue["reason"] == "near the threshold"]
    assert (close["score"] - 0.6).abs().max() < 0.06


def test_the_queue_never_enters_a_certificate() -> None:
    rows = rows_of(300, 1)
    rows["label"] = (np.random.default_rng(2).random(300) < rows["score"]).astype(float)
    alone = fit_domain(rows, FitSettings(precision=0.8))
    queue = review_queue(rows, [0.8], 60).drop(columns=["reason", "probability", "distance"])
    together = fit_domain(pd.concat([rows, queue.assign(label=1.0)]), FitSettings(precision=0.8))
    assert together.thresholds == alone.thresholds
    assert together.certificates == alone.certificates
    assert together.reviewed == 60


def test_a_queue_of_nothing_is_refused() -> None:
    with pytest.raises(BadArgument):
        review_queue(rows_of(10), [0.5], 0)
