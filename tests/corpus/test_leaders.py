"""Clusters: the fast search against a slow, obvious one, and what holds of every cluster."""

from __future__ import annotations

import tempfile
import threading
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.corpus import leaders
from calibration.corpus.blocks import SLACK, block_scores
from calibration.corpus.leaders import find_leaders
from calibration.errors import Cancelled
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, similarity

PLAIN = ScoringOptions()


def encoded(rng: np.random.Generator, texts: int, dim: int, most_segments: int, spread: float) -> EncodedTexts:
    """Unit vectors around a few centres, so that many are near each other."""
    pieces = rng.integers(1, most_segments + 1, texts)
    starts = np.concatenate([[0], np.cumsum(pieces)])
    centres = rng.normal(size=(4, dim))
    vectors = centres[rng.integers(0, 4, starts[-1])] + spread * rng.normal(size=(starts[-1], dim))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nothing = np.zeros(texts, np.intp)
    return EncodedTexts(vectors.astype(np.float32), starts.astype(np.intp), nothing, nothing.astype(bool))


def mapped(texts: EncodedTexts) -> EncodedTexts:
    """The same with its vectors in a file."""
    with tempfile.TemporaryFile() as file:
        vectors = np.memmap(file, np.float32, "w+", shape=texts.vectors.shape)
    vectors[:] = texts.vectors
    return replace(texts, vectors=vectors)


def slow(texts: EncodedTexts, order: list[int], threshold: float, options: ScoringOptions) -> list[int]:
    """One text after the other against every representative, in plain words."""

    def score(a: int, b: int) -> float:
        return float(similarity(texts, np.array([a]), np.array([b]), options)[0])

    chosen: list[int] = []
    for text in order:
        if all(score(text, leader) < threshold for leader in chosen):
            chosen.append(text)
    return [
        text if text in chosen else max(chosen, key=lambda leader: (score(text, leader), -order.index(leader)))
        for text in range(len(order))
    ]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 24),
    most=st.integers(1, 3),
    mode=st.sampled_from(["max", "mean"]),
    spread=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    threshold=st.sampled_from([-1.0, 0.5, 0.9, 0.97, 1.0]),
    block=st.integers(1, 7),
    on_disk=st.booleans(),
)
def test_every_text_is_where_the_slow_search_puts_it(
    seed: int, n: int, most: int, mode: str, spread: float, threshold: float, block: int, on_disk: bool
) -> None:
    rng = np.random.default_rng(seed)
    texts = encoded(rng, n, 6, most, spread)
    options = ScoringOptions(segments="max" if mode == "max" else "mean")
    order = rng.permutation(n)
    texts = mapped(texts) if on_disk else texts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaders, "BLOCK", block)
        patch.setattr(leaders, "WIDTH", 3)
        patch.setattr(leaders, "SPAN", 5)
        found = find_leaders(texts, order, threshold, options)
    assert found.representative.tolist() == slow(texts, order.tolist(), threshold, options)
    rows = np.arange(n)
    scores = similarity(texts, rows, found.representative, options)
    members = found.representative != rows
    assert (scores[members] >= threshold).all()
    assert found.scores[members] == pytest.approx(scores[members], abs=0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), most=st.integers(1, 4), mode=st.sampled_from(["none", "max", "mean"]))
def test_block_scores_are_those_of_the_scoring_function(seed: int, most: int, mode: str) -> None:
    rng = np.random.default_rng(seed)
    texts = encoded(rng, 9, 8, 1 if mode == "none" else most, 0.5)
    options = ScoringOptions(segments=mode)  # type: ignore[arg-type]
    first, second = rng.integers(0, 9, 5), rng.integers(0, 9, 4)
    exact = similarity(texts, np.repeat(first, 4), np.tile(second, 5), options).reshape(5, 4)
    assert np.abs(block_scores(texts, first, second, options) - exact).max() < SLACK


def test_memory_is_bounded_by_blocks_and_not_by_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = mapped(encoded(np.random.default_rng(0), 4000, 1024, 1, 1.0))
    order = np.random.default_rng(1).permutation(4000)  # so that no block can be taken as it lies
    for name, size in (("BLOCK", 128), ("WIDTH", 256), ("SPAN", 512)):
        monkeypatch.setattr(leaders, name, size)
    block_scores(texts, order[:2], order[:2], PLAIN)  # loads what it needs
    tracemalloc.start()  # counts memory, and not what is kept in a file
    try:
        find_leaders(texts, order, 0.95, PLAIN)
        assert tracemalloc.get_traced_memory()[1] < texts.vectors.nbytes / 3
    finally:
        tracemalloc.stop()


def test_a_chain_of_near_texts_is_not_one_cluster() -> None:
    angles = np.deg2rad([0, 10, 20, 28, 40])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    nothing = np.zeros(5, np.intp)
    texts = EncodedTexts(vectors, np.arange(6), nothing, nothing.astype(bool))
    found = find_leaders(texts, np.arange(5), float(np.cos(np.deg2rad(11))), PLAIN)
    assert found.representative.tolist() == [0, 0, 2, 2, 4]


def test_a_cancel_is_obeyed_and_progress_ends_at_all() -> None:
    texts = encoded(np.random.default_rng(0), 50, 4, 1, 1.0)
    stop, seen = threading.Event(), []
    find_leaders(texts, np.arange(50), 0.9, PLAIN, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (50, 50)
    stop.set()
    with pytest.raises(Cancelled):
        find_leaders(texts, np.arange(50), 0.9, PLAIN, cancel=stop)
