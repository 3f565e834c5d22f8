"""Labels whose pairs share texts: what they are worth, and that certificates on them keep their promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.certificates.certify import certify_fpr, certify_precision
from calibration.certificates.procedures import METHODS, looks_for
from calibration.stats.shared_text_effect import sharing_effects
from calibration.stats.text_groups import text_codes
from calibration.stats.threshold_counts import Floats, Ints

rows = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), min_size=1, max_size=40)


def slow_effect(texts: Ints, wrong: Floats) -> float:
    """The design effect of all these labels, pair by pair."""
    n, shared, both, ends = len(wrong), 0.0, 0.0, 0.0
    for i in range(n):
        for j in range(i):
            times = len(set(texts[i]) & set(texts[j]))
            shared, both = shared + times, both + times * wrong[i] * wrong[j]
            ends += times * (wrong[i] + wrong[j])
    if not shared:
        return 1.0
    others = 2.0 * shared / n
    imagined = (1.0 + others) * others / 2.0
    share = (ends + 2.0 * imagined) / (2.0 * (shared + imagined))
    if share == 1.0:
        return 1.0 + others
    together = (both + imagined) / (shared + imagined)
    return float(1.0 + others * np.clip((together - share**2) / (share * (1.0 - share)), 0.0, 1.0))


@given(rows)
def test_effects_of_every_prefix_equal_those_counted_pair_by_pair(found: list[tuple[int, int, bool]]) -> None:
    texts = np.array([row[:2] for row in found], dtype=np.int64)
    wrong = np.array([row[2] for row in found], dtype=np.float64)
    fast = sharing_effects(texts, wrong)
    assert fast == pytest.approx([slow_effect(texts[:k], wrong[:k]) for k in range(1, len(found) + 1)])


def test_without_a_wrong_label_pairs_that_share_a_text_count_as_one() -> None:
    texts = np.array([[text, 100 + 3 * text + i] for text in range(20) for i in range(3)])
    assert sharing_effects(texts, np.zeros(60))[-1] == pytest.approx(3.0)


def test_many_labels_show_that_sharing_a_text_means_nothing() -> None:
    """One canonical question, thousands of queries, right or wrong each by itself."""
    rng = np.random.default_rng(0)
    texts = np.array([[i % 1000, 1000 + i] for i in range(5000)])
    assert sharing_effects(texts, (rng.random(5000) < 0.2).astype(float))[-1] < 1.2


def test_one_text_that_fills_the_top_counts_there_although_most_pairs_share_none() -> None:
    texts = np.array([[0, 1 + i] for i in range(50)] + [[100 + 2 * i, 101 + 2 * i] for i in range(950)])
    effects = sharing_effects(texts, np.zeros(1000))
    assert effects[49] == pytest.approx(50.0)
    assert effects[-1] < 4.0


def clustered(rng: np.random.Generator, texts: int, spread: float) -> tuple[Floats, Floats, Ints]:
    """Five pairs a text, all right with probability .8 or all wrong; at spread 0 they have one score."""
    text = np.repeat(np.arange(texts), 5)
    scores = (1.0 - spread) * rng.random(texts)[text] + spread * rng.random(text.size)
    return scores, (rng.random(texts) < 0.8)[text].astype(float), np.stack([text, texts + np.arange(text.size)], 1)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_certificates_on_clustered_labels_keep_their_promise(method: str) -> None:
    """Precision is .8 at every threshold, so that certifying more than .8 is an error; .805 leaves ties out."""
    rng, broken = np.random.default_rng(1), {"independent": 0, "sharing": 0}
    runs = 200
    for _ in range(runs):
        scores, labels, texts = clustered(rng, 60, 0.1)
        broken["independent"] += certify_precision(scores, labels, 0.805, method=method).certified
        broken["sharing"] += certify_precision(scores, labels, 0.805, method=method, texts=texts).certified
    assert broken["independent"] > 0.25 * runs
    assert broken["sharing"] <= 0.15 * runs  # Binomial(200, .1) exceeds this with probability under .01


def test_a_false_positive_rate_on_clustered_negatives_keeps_its_promise() -> None:
    rng, broken = np.random.default_rng(2), {"independent": 0, "sharing": 0}
    for _ in range(400):
        scores, _, texts = clustered(rng, 60, 0.0)
        for name, known in (("independent", None), ("sharing", texts)):
            found = certify_fpr(scores, np.zeros(300), 0.2, texts=known)
            broken[name] += found.threshold < 0.8
    assert broken["independent"] > 72
    assert broken["sharing"] <= 57  # Binomial(400, .1) exceeds this with probability under .01


def test_independent_pairs_are_certified_as_without_texts() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random(600)
    labels = (rng.random(600) < scores).astype(float)
    texts = np.arange(1200).reshape(600, 2)
    for precision in (0.0, 0.7, 0.9):
        found = certify_precision(scores, labels, precision, texts=texts)
        assert found.to_json() == certify_precision(scores, labels, precision).to_json()


def test_a_certificate_says_what_its_labels_are_worth() -> None:
    rng = np.random.default_rng(4)
    text = np.repeat(np.arange(300), 4)
    scores = rng.random(1200)
    labels = (rng.random(300)[text] < 3.0 * scores).astype(float)
    found = certify_precision(scores, labels, 0.8, texts=np.stack([text, 300 + np.arange(1200)], 1))
    assert found.certified
    assert (found.n_above, found.false_positives) == (
        int((scores >= found.threshold).sum()),
        int((labels[scores >= found.threshold] == 0).sum()),
    )
    assert found.deff > 1.05
    assert found.effective == pytest.approx(found.n_above / found.deff)
    assert found.precision_lower >= 0.8


def test_too_few_labels_say_how_many_such_labels_it_takes() -> None:
    texts = np.array([[0, 1 + i] for i in range(4)] + [[10, 11 + i] for i in range(4)])
    found = certify_precision(np.linspace(0.1, 0.8, 8), np.ones(8), 0.9, texts=texts)
    assert (found.status, found.labels_needed) == ("insufficient_labels", 88)
    assert found.deff == pytest.approx(4.0)


def test_a_text_shared_with_itself_or_written_otherwise_counts_once() -> None:
    pairs = pd.DataFrame({"text_a": ["x", " X", "p"], "text_b": ["x", "y", "q"]})
    assert text_codes(pairs).tolist() == [[0, 0], [0, 2], [1, 3]]
    assert sharing_effects(text_codes(pairs)[:2], np.zeros(2)).tolist() == [1.0, 2.0]


@given(st.integers(1, 10**6))
def test_looks_are_few_numbers_and_never_too_few(n: int) -> None:
    assert n <= looks_for(n) <= 1.1 * n + 1
