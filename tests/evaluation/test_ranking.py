from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from calibration.evaluation import ranking
from calibration.evaluation.ranking import auc, average_precision, bootstrap, rank_quality, spearman

rows = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=2, max_size=50)


@given(rows)
def test_metrics_equal_those_of_sklearn_and_scipy(rows: list[tuple[int, int]]) -> None:
    scores, labels = np.array([s / 12 for s, _ in rows]), np.array([label for _, label in rows])
    one_class, constant = len(set(labels)) == 1, len(set(scores)) == 1
    assert math.isnan(auc(scores, labels)) == one_class
    assert math.isnan(spearman(scores, labels)) == (one_class or constant)
    if not one_class:
        assert auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    if labels.any():
        assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores))
    if not (one_class or constant):
        assert spearman(scores, labels) == pytest.approx(spearmanr(scores, labels).statistic)


def sample(n: int, rng: np.random.Generator, groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Binormal scores a group of n // groups shares in part: AUC = Phi(1 / sqrt 2) whatever the groups."""
    labels = np.repeat(rng.random(groups) < 0.5, n // groups).astype(float)
    shared = np.repeat(rng.normal(size=groups), n // groups)
    return (
        labels + math.sqrt(0.5) * (shared + rng.normal(size=labels.size)),
        labels,
        np.repeat(np.arange(groups), n // groups),
    )


@pytest.mark.slow
def test_auc_intervals_cover_with_clusters_only_if_groups_are_drawn() -> None:
    truth, rng = norm.cdf(1 / math.sqrt(2)), np.random.default_rng(0)
    covered = {"groups": 0, "pairs": 0}
    for _ in range(100):
        scores, labels, groups = sample(400, rng, 50)
        for name, units in (("groups", groups), ("pairs", np.arange(400))):
            found = bootstrap(auc, scores, labels, units, (0.0, 1.0), resamples=100)
            covered[name] += found.low <= truth <= found.high
    assert covered["groups"] >= 82
    assert covered["pairs"] <= 75


def test_drawing_fewer_groups_of_many_gives_the_same_width(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, labels, groups = sample(2000, np.random.default_rng(1), 2000)
    whole = bootstrap(auc, scores, labels, groups, (0.0, 1.0), resamples=400)
    monkeypatch.setattr(ranking, "LARGE", 500)
    part = bootstrap(auc, scores, labels, groups, (0.0, 1.0), resamples=400)
    assert part.method != whole.method
    assert part.high - part.low == pytest.approx(whole.high - whole.low, rel=0.15)


def frame(scores: list[float], labels: list[float], kinds: list[str], **columns: object) -> pd.DataFrame:
    n = len(scores)
    texts = {"text_a": [f"a{i}" for i in range(n)], "text_b": [f"b{i}" for i in range(n)]}
    return pd.DataFrame(texts | {"label": labels, "kind": kinds, "score": scores} | columns)


def test_spearman_reads_the_commonest_kind_and_auc_all_of_them() -> None:
    data = frame([0.1, 0.2, 0.3, 0.4, 0.9, 0.0], [0, 2, 3, 5, 1, 1], ["graded"] * 4 + ["binary"] * 2)
    found = rank_quality(data, resamples=20)
    assert (found.spearman.n, found.spearman.value) == (4, 1.0)
    assert found.auc.n == 6
    assert found.auc.value < 1.0


def test_rows_for_review_and_without_a_score_are_left_out() -> None:
    data = frame(
        [0.1, 0.9, 0.99, math.nan],
        [0, 1, 0, 0],
        ["binary"] * 4,
        purpose=["calibrate"] * 2 + ["review", "calibrate"],
    )
    found = rank_quality(data, resamples=20)
    assert (found.auc.n, found.auc.value) == (2, 1.0)


@pytest.mark.parametrize("labels", [[], [1.0], [1.0, 1.0, 1.0]])
def test_one_class_says_nothing(labels: list[float]) -> None:
    found = rank_quality(frame([0.5] * len(labels), labels, ["binary"] * len(labels)), resamples=10)
    assert math.isnan(found.auc.value)
    assert (found.auc.low, found.auc.high, found.spearman.low) == (0.0, 1.0, -1.0)
    assert found.auc.n == len(labels)
