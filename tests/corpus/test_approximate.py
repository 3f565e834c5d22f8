"""Vectors beyond memory: the same answers from a file, and an approximate index that says what it overlooks."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.corpus import approximate
from calibration.corpus import nearest as nearest_module
from calibration.corpus.approximate import Pairs, near_pairs, nearest_approximately
from calibration.corpus.dedup import deduplicate_texts
from calibration.corpus.leaders import find_leaders
from calibration.corpus.match import match_texts
from calibration.corpus.nearest import nearest
from calibration.corpus.pair_leaders import leaders_of_pairs
from calibration.corpus.recall import tally_of_best, tally_of_pairs
from calibration.corpus.threshold import manual
from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument, ExtraMissing
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts, ScoringOptions, similarity
from calibration.settings import VECTOR_BYTES_VARIABLE
from tests.corpus.test_leaders import encoded

needs_faiss = pytest.mark.skipif(not importlib.util.find_spec("faiss"), reason="needs the extra [faiss]")
TITLES = Path(__file__).parents[2] / "datasets" / "titles" / "titles.csv"


def in_a_file(texts: EncodedTexts, path: Path) -> EncodedTexts:
    """The same texts, their vectors on disk."""
    mapped = np.memmap(path, np.float32, "w+", shape=texts.vectors.shape)
    mapped[:] = texts.vectors
    return EncodedTexts(mapped, texts.starts, texts.tokens, texts.truncated)


def all_pairs(texts: EncodedTexts, threshold: float) -> Pairs:
    n = len(texts.vectors)
    first, second = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    scores = similarity(texts, first, second, DEFAULT_OPTIONS)
    near = (scores >= threshold) & (first != second)
    return first[near], second[near], scores[near]


@pytest.mark.parametrize("width", [1, 7, 1000])
def test_in_blocks_from_a_file_the_best_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    rng = np.random.default_rng(1)
    texts = encoded(rng, 60, 8, 1, 0.05)
    stored = in_a_file(texts, tmp_path / "vectors")
    queries, base = rng.integers(0, 60, 30), rng.permutation(60)[:50]
    whole = list(nearest(texts, queries, base, 6, DEFAULT_OPTIONS))
    monkeypatch.setattr(nearest_module, "WIDTH", width)
    monkeypatch.setattr(nearest_module, "ROWS", 4)
    for (rows, scores), (wanted, exact) in zip(
        nearest(stored, queries, base, 6, DEFAULT_OPTIONS), whole, strict=True
    ):
        # Only the 6 asked for, and no last bits: products are summed in another order for another block.
        np.testing.assert_allclose(scores[:6], exact[:6], atol=1e-6)
        told_apart = np.abs(np.diff(exact[:7])).min(initial=1.0) > 1e-5
        assert not told_apart or rows[:6].tolist() == wanted[:6].tolist()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 24),
    spread=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    threshold=st.sampled_from([-1.0, 0.5, 0.9, 0.97]),
)
def test_from_all_pairs_the_clusters_are_the_exact_ones(seed: int, n: int, spread: float, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    texts, order = encoded(rng, n, 6, 1, spread), rng.permutation(n)
    exact = find_leaders(texts, order, threshold, DEFAULT_OPTIONS)
    pairs = all_pairs(texts, threshold)
    found = leaders_of_pairs(pairs, order)
    assert found.representative.tolist() == exact.representative.tolist()
    assert found.scores.tolist() == exact.scores.tolist()
    recall = tally_of_pairs(texts, pairs, threshold, DEFAULT_OPTIONS).recall(None)
    assert recall.complete.hits == recall.complete.n == len(set(pairs[0].tolist()))


def test_what_pairs_lack_costs_recall_and_never_merges_the_unlike() -> None:
    texts = encoded(np.random.default_rng(0), 300, 6, 1, 0.1)
    pairs = all_pairs(texts, 0.97)
    some = np.random.default_rng(1).random(len(pairs[0])) < 0.5
    half: Pairs = (pairs[0][some], pairs[1][some], pairs[2][some])
    recall = tally_of_pairs(texts, half, 0.97, DEFAULT_OPTIONS).recall(None)
    assert recall.found == pytest.approx(some.mean())  # all 300 texts are drawn
    assert 0 < recall.complete.n <= 300
    assert recall.complete.value < 0.5
    found = leaders_of_pairs(half, np.arange(300))
    members = np.flatnonzero(found.representative != np.arange(300))
    exact = similarity(texts, members, found.representative[members], DEFAULT_OPTIONS)
    assert members.size
    assert (exact >= 0.97).all()


@needs_faiss
def test_the_index_finds_most_and_its_recall_is_the_truth(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    texts = in_a_file(encoded(rng, 6000, 16, 1, 0.4), tmp_path / "vectors")
    queries, base = np.arange(400), np.arange(400, 6000)
    found = list(nearest_approximately(texts, queries, base, 10, DEFAULT_OPTIONS))
    exact = list(nearest(texts, queries, base, 10, DEFAULT_OPTIONS))
    shares = [
        len(set(rows.tolist()) & set(wanted[:10].tolist())) / 10
        for (rows, _), (wanted, _) in zip(found, exact, strict=True)
    ]
    recall = tally_of_best(texts, queries, base, found, 10, DEFAULT_OPTIONS).recall(10)
    assert recall.found == pytest.approx(np.mean(shares))
    assert recall.complete.n == 400
    assert recall.complete.hits == sum(share == 1 for share in shares)
    assert recall.found > 0.7
    threshold = 0.95
    pairs = near_pairs(texts, threshold, DEFAULT_OPTIONS)
    assert (similarity(texts, pairs[0], pairs[1], DEFAULT_OPTIONS) >= threshold).all()
    assert tally_of_pairs(texts, pairs, threshold, DEFAULT_OPTIONS).recall(None).found > 0.7


@needs_faiss
def test_clusters_larger_than_the_first_look_are_found_whole() -> None:
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(3, 16))
    sizes = (700, 100, 5)  # far beyond the first look, just beyond, below
    made = np.repeat(centres, sizes, axis=0) + rng.normal(scale=0.01, size=(sum(sizes), 16))
    vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    nothing = np.zeros(len(vectors), np.intp)
    texts = EncodedTexts(vectors, np.arange(len(vectors) + 1), nothing, nothing.astype(bool))
    wanted = all_pairs(texts, 0.95)
    first, second, scores = near_pairs(texts, 0.95, DEFAULT_OPTIONS)
    assert len(wanted[0]) == sum(size * (size - 1) for size in sizes)
    assert (first.tolist(), second.tolist()) == (wanted[0].tolist(), wanted[1].tolist())
    assert scores == pytest.approx(wanted[2])


@needs_faiss
def test_what_the_index_scores_too_low_to_be_scored_exactly_is_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = encoded(np.random.default_rng(0), 3000, 64, 1, 0.5)
    found = near_pairs(texts, 0.9, DEFAULT_OPTIONS)
    scored = [0]

    def counted(texts: EncodedTexts, first: Any, second: Any, options: ScoringOptions) -> Any:
        scored[0] += len(first)
        return similarity(texts, first, second, options)

    monkeypatch.setattr(approximate, "merge_scores", counted)
    near_pairs(texts, 0.9, DEFAULT_OPTIONS)
    few, scored[0] = scored[0], 0
    monkeypatch.setattr(approximate, "ROUGH", 2.0)
    whole = near_pairs(texts, 0.9, DEFAULT_OPTIONS)
    assert 2 * few < scored[0], "or the floor saves nothing"
    assert len(found[0]) > 1000
    assert [side.tolist() for side in found] == [side.tolist() for side in whole]


@needs_faiss
def test_it_is_used_beyond_memory_only(encoder: CachedEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [line.split(",")[1] for line in TITLES.read_text(encoding="utf-8").splitlines()[1:]]
    exact = deduplicate_texts(texts, encoder, manual(0.96), approximate=True)
    assert exact.recall is None
    monkeypatch.setenv(VECTOR_BYTES_VARIABLE, "1000")
    beyond = deduplicate_texts(texts, encoder, manual(0.96), approximate=True)
    assert beyond.recall is not None  # of one cell, in which everything is found
    assert (beyond.recall.found, beyond.representative.tolist()) == (1.0, exact.representative.tolist())
    matched = match_texts(texts[:40], texts[40:], encoder, manual(0.9), approximate=True)
    wanted = match_texts(texts[:40], texts[40:], encoder, manual(0.9))
    assert matched.recall is not None
    assert wanted.recall is None
    assert [one.rows.tolist() for one in matched.found] == [one.rows.tolist() for one in wanted.found]


def test_it_says_before_any_work_what_it_needs(encoder: CachedEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadArgument, match="approximate"):
        deduplicate_texts(["a"], encoder, manual(0.9, ScoringOptions(segments="max")), approximate=True)
    there = importlib.util.find_spec

    def hidden(name: str, *rest: Any) -> Any:
        return None if name == "faiss" else there(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    with pytest.raises(ExtraMissing, match=r"simtier\[faiss\]"):
        match_texts(["a"], ["b"], encoder, manual(0.9), approximate=True)
