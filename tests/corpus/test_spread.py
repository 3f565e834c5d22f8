"""Clusters and answers by steps of many workers: those of one machine, number by number, whatever happens."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from calibration.corpus import clustering
from calibration.corpus.approximate import near_pairs, nearest_approximately
from calibration.corpus.execution import Execution
from calibration.corpus.leaders import find_leaders
from calibration.corpus.products import BFloat16
from calibration.corpus.recall import tally_of_pairs
from calibration.corpus.spread import leaders as spread_module
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.leaders import spread_leaders
from calibration.corpus.spread.near_pairs import spread_near_pairs
from calibration.corpus.spread.nearest import spread_nearest
from calibration.corpus.spread.workers import Cost, Done, HereWorkers, Work
from calibration.corpus.threshold import manual
from calibration.corpus.within import Items
from calibration.errors import Cancelled
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, similarity
from tests.corpus.test_leaders import encoded
from tests.corpus.test_upper_bounds import Slow

PLAIN = ScoringOptions()


class Shuffled(HereWorkers):
    """Several steps at once, which end in any order."""

    def __init__(self, seed: int, room: int = 5) -> None:
        super().__init__()
        self.room, self._rng = room, np.random.default_rng(seed)

    def done(self) -> Sequence[Done]:
        at = self._rng.integers(0, len(self._done))
        return [self._done.pop(int(at))]


class Counting(HereWorkers):
    """Counts steps; the one after `last` fails."""

    def __init__(self, last: int | None = None) -> None:
        super().__init__()
        self.steps, self.last = 0, last

    def submit(self, work: Work, *arguments: Any) -> int:
        if self.steps == self.last:
            raise KeyboardInterrupt
        self.steps += 1
        return super().submit(work, *arguments)


def with_unknown(texts: EncodedTexts, rng: np.random.Generator) -> EncodedTexts:
    """Some of the texts hold characters that the model does not know."""
    told = tuple(rng.choice(["", "", "䶮", "㛃"], len(texts.tokens)).tolist())
    return EncodedTexts(texts.vectors, texts.starts, texts.tokens, texts.truncated, told)


@settings(max_examples=80, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@example(seed=5, n=40, most=1, mode="none", spread=0.3, threshold=0.9, block=2)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 40),
    most=st.integers(1, 3),
    mode=st.sampled_from(["none", "max", "mean"]),
    spread=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    threshold=st.sampled_from([-1.0, 0.5, 0.9, 0.97, 1.0]),
    block=st.integers(1, 12),
)
def test_clusters_are_those_of_one_machine(
    seed: int, n: int, most: int, mode: Any, spread: float, threshold: float, block: int
) -> None:
    rng = np.random.default_rng(seed)
    texts = with_unknown(encoded(rng, n, 6, 1 if mode == "none" else most, spread), rng)
    order, options = rng.permutation(n), ScoringOptions(segments=mode)
    alone = find_leaders(texts, order, threshold, options)
    found = spread_leaders(texts, order, threshold, options, Shuffled(seed), block=block)
    assert order[found.representative].tolist() == alone.representative[order].tolist()
    assert found.scores.tolist() == alone.scores[order].tolist()


def test_bounds_that_are_fitted_once_serve_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    from calibration.corpus import upper_bounds

    for name, size in (("FEWEST", 8), ("_FITTED", 40), ("_HELD", 20), ("_STEP", 4)):
        monkeypatch.setattr(upper_bounds, name, size)
    monkeypatch.setattr(upper_bounds, "seconds_a_column", lambda way: way.fit(np.eye(2)) or 1.0)
    chosen: list[Any] = []

    def bounds(*given: Any) -> Any:
        chosen.append(upper_bounds.pair_filter(*given, lambda: [Slow(), BFloat16()]))
        return chosen[-1]

    turned, short = [0], upper_bounds._short

    def counted(vectors: Any, basis: Any) -> Any:
        turned[0] += len(vectors)
        return short(vectors, basis)

    monkeypatch.setattr(spread_module, "pair_filter", bounds)
    rng = np.random.default_rng(4)
    texts, order = encoded(rng, 300, 32, 1, 0.4), rng.permutation(300)
    alone = find_leaders(texts, order, 0.95, PLAIN)
    monkeypatch.setattr(upper_bounds, "_short", counted)
    found = spread_leaders(texts, order, 0.95, PLAIN, Shuffled(0), block=50)
    assert [type(one) for one in chosen] == [upper_bounds.BoundFilter]
    assert turned[0] == 300 + 20, (
        "short vectors of each text are made once, besides those that the choice is tried on"
    )
    assert order[found.representative].tolist() == alone.representative[order].tolist()
    assert found.scores.tolist() == alone.scores[order].tolist()


def test_no_more_is_compared_than_by_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from calibration.corpus import leaders, upper_bounds

    cells, scores = [0], upper_bounds.block_scores

    def counted(texts: EncodedTexts, first: Any, second: Any, options: ScoringOptions) -> Any:
        cells[0] += len(first) * len(second)
        return scores(texts, first, second, options)

    monkeypatch.setattr(upper_bounds, "block_scores", counted)
    monkeypatch.setattr(leaders, "BLOCK", 64)
    texts = encoded(np.random.default_rng(0), 1024, 8, 1, 0.2)
    find_leaders(texts, np.arange(1024), 0.97, PLAIN)
    alone, cells[0] = cells[0], 0
    spread_leaders(texts, np.arange(1024), 0.97, PLAIN, HereWorkers(), block=128)
    assert cells[0] < 1.2 * alone


def test_a_job_that_ended_goes_on_and_takes_no_step_twice(tmp_path: Path) -> None:
    texts, order = encoded(np.random.default_rng(0), 60, 6, 1, 0.3), np.arange(60)
    whole = Counting()
    alone = spread_leaders(texts, order, 0.9, PLAIN, whole, block=10)
    taken, job = 0, {"job": "this"}
    for last in (7, 11, None):
        workers, cost = Counting(last), Cost()
        kept = Kept(tmp_path / "out.part", job)
        assert kept.before == taken
        if last is None:
            found = spread_leaders(texts, order, 0.9, PLAIN, workers, block=10, kept=kept, cost=cost)
            assert (cost.resumed, cost.steps) == (taken, whole.steps - taken)
            assert found.representative.tolist() == alone.representative.tolist()
            assert found.scores.tolist() == alone.scores.tolist()
            kept.remove()
        else:
            with pytest.raises(KeyboardInterrupt):
                spread_leaders(texts, order, 0.9, PLAIN, workers, block=10, kept=kept, cost=cost)
            assert workers.steps == last
        taken += workers.steps
    assert taken == whole.steps
    assert not (tmp_path / "out.part").exists()


def test_a_damaged_result_is_made_again_and_another_job_finds_none(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "out.part", {"threshold": 0.9})
    kept.keep("lead", (np.arange(3),))
    assert kept.get("lead") is not None
    (tmp_path / "out.part" / "lead.npz").write_bytes(b"PK\3\4 cut")
    assert kept.get("lead") is None
    kept.keep("lead", (np.arange(3),))
    assert Kept(tmp_path / "out.part", {"threshold": 0.8}).get("lead") is None


def test_a_cancel_is_obeyed_and_progress_ends_at_all() -> None:
    texts, stop, seen = encoded(np.random.default_rng(0), 50, 4, 1, 1.0), threading.Event(), []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))

    spread_leaders(texts, np.arange(50), 0.9, PLAIN, HereWorkers(), block=10, progress=progress)
    assert seen == sorted(seen)
    assert seen[-1] == (50, 50)
    stop.set()
    with pytest.raises(Cancelled):
        spread_leaders(texts, np.arange(50), 0.9, PLAIN, HereWorkers(), block=10, cancel=stop)


needs_faiss = pytest.mark.skipif(not importlib.util.find_spec("faiss"), reason="needs the extra [faiss]")


@needs_faiss
def test_indexes_of_shards_find_what_one_index_finds() -> None:
    texts = encoded(np.random.default_rng(0), 2000, 16, 1, 0.4)
    found = spread_near_pairs(texts, 0.95, PLAIN, Spread(Shuffled(1), block=800))
    exact = similarity(texts, found[0], found[1], PLAIN)
    assert found[2].tolist() == exact.tolist()
    assert (exact >= 0.95).all()
    assert (found[0] != found[1]).all()
    assert tally_of_pairs(texts, found, 0.95, PLAIN).recall(None).found > 0.95
    one = near_pairs(texts, 0.95, PLAIN)
    assert [side.tolist() for side in found] == [side.tolist() for side in one], (
        "cells are those of one index, and no text has more neighbours than are asked for"
    )


@needs_faiss
def test_the_best_of_shards_are_those_of_one_index_or_better() -> None:
    texts = encoded(np.random.default_rng(1), 2000, 16, 1, 0.4)
    sides = texts, np.arange(1500, 2000), np.arange(1500)
    found = spread_nearest(*sides, 10, PLAIN, Spread(Shuffled(1), block=400), approximate=True)
    one = list(nearest_approximately(*sides, 10, PLAIN))
    for (_, scores), (_, least) in zip(found, one, strict=True):
        assert (scores >= least).all()
        assert (np.diff(scores) <= 0).all()
    mine = np.concatenate([rows for rows, _ in found])
    exact = similarity(texts, np.repeat(sides[1], 10), mine, PLAIN)
    assert np.concatenate([scores for _, scores in found]).tolist() == exact.tolist()


@needs_faiss
def test_shards_that_ended_go_on_and_take_no_step_twice(tmp_path: Path) -> None:
    texts, job = encoded(np.random.default_rng(0), 1000, 8, 1, 0.4), {"job": "this"}
    wanted = spread_near_pairs(texts, 0.95, PLAIN, Spread(Counting(), block=300))
    first, second = Counting(last=7), Counting()
    for workers in (first, second):
        kept = Kept(tmp_path / "out.part", job)
        spread, how = Spread(workers, block=300), Execution(kept=kept)
        if workers is first:
            with pytest.raises(KeyboardInterrupt):
                spread_near_pairs(texts, 0.95, PLAIN, spread, how)
        else:
            found = spread_near_pairs(texts, 0.95, PLAIN, spread, how)
    assert first.steps + second.steps == 1 + 4 * 4
    assert [side.tolist() for side in found] == [side.tolist() for side in wanted]


@needs_faiss
def test_an_index_within_blocks_is_asked_by_workers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "SMALL", 200)
    texts, rng = encoded(np.random.default_rng(2), 1000, 16, 1, 0.4), np.random.default_rng(3)
    blocks = rng.choice(3, 1000, p=[0.5, 0.4, 0.1])
    items, order = Items(np.arange(1000), blocks, np.arange(1000)), rng.permutation(1000)
    exact = clustering.cluster_here(texts, items, order, manual(0.95))
    workers = Counting()
    how = Execution(spread=Spread(workers, block=300))
    found, recall = clustering.cluster_approximately(texts, items, order, manual(0.95), how)
    assert workers.steps == 2 * (1 + 2 * 2)
    assert recall is not None
    assert recall.found == 1.0  # 32 of at most 12 cells are looked into: nothing is overlooked
    assert found.representative.tolist() == exact.representative.tolist()
