"""The best of `calibration.corpus.nearest`, found block by block by many workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.approximate import WIDER
from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.faiss_index import Cells, FaissIndex, Stored
from calibration.corpus.nearest import nearest
from calibration.corpus.parted import joined
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.shards import ShardSteps, exactly
from calibration.corpus.spread.sides import BASE, QUERIES, Sides
from calibration.corpus.spread.steps import Steps
from calibration.corpus.spread.workers import Arrays, Work
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, similarity

BLOCK: Final = 4096
"""Queries of a block."""
WIDTH: Final = 16_384
"""Texts that a block of queries is compared with in a step."""
Ranked = tuple[Ids, NDArray[np.float64]]


def spread_nearest(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    k: int,
    options: ScoringOptions,
    spread: Spread,
    how: Execution = HERE,
    *,
    name: str = "",
    approximate: bool = False,
) -> list[Ranked]:
    """For each query the `k` best positions in `base` and their scores, as `nearest` gives them.

    name: begins the names of steps. approximate: of those that the index of each shard of the base finds, as by
    `nearest_approximately`. Raises Cancelled and what workers raise.
    """
    found: list[Ranked] = [(np.empty(0, np.intp), np.empty(0))] * len(queries)

    def keep(query: int, begin: int, some: Arrays) -> None:
        keep_best(found, k, query, begin, some)

    sides, rule, workers = (queries, base), (k, options), spread.workers
    steps: Steps
    if approximate:
        steps = ShardSteps(texts, sides, workers, best_of_shard, rule, keep, size=spread.block, name=name)
    else:
        sizes = (spread.block or BLOCK, spread.block or WIDTH)
        steps = _BestSteps(Sides(texts, sides, sizes, workers), rule, keep, name)
    how.carry_out(steps, spread, len(queries))
    return found


class _BestSteps:
    """One step for each block of queries and block of the base; a query's best so far are all that is held."""

    def __init__(
        self,
        sides: Sides,
        rule: tuple[int, ScoringOptions],
        keep: Callable[[int, int, Arrays], None],
        name: str,
    ) -> None:
        self._sides, self._rule, self._keep, self._name = sides, rule, keep, name
        self._pairs = [(a, b) for a in sides.begins(QUERIES) for b in sides.begins(BASE)]
        self._next = self._done = 0

    @property
    def share(self) -> float:
        return self._done / len(self._pairs) if self._pairs else 1.0

    def next(self) -> str | None:
        if self._next == len(self._pairs):
            return None
        self._next += 1
        return f"{self._name}best-{self._next - 1:08d}"

    def work(self, step: str) -> tuple[Work, Sequence[Any]]:
        a, b = self._pairs[_number(step)]
        return best, (self._sides.part(QUERIES, a), self._sides.part(BASE, b), *self._rule)

    def take(self, step: str, found: Arrays) -> None:
        self._keep(*self._pairs[_number(step)], found)
        self._done += 1


def _number(step: str) -> int:
    return int(step.rpartition("-")[2])


def keep_best(found: list[Ranked], k: int, query: int, begin: int, some: Arrays) -> None:
    """Put what a step found, for queries from number `query` on in the base from `begin` on, beside the `k` best so
    far.
    """
    sizes, columns, scores = some
    ends = np.cumsum(sizes)[:-1]
    split = zip(np.split(columns, ends), np.split(scores, ends), strict=True)
    for at, (mine, theirs) in enumerate(split, start=query):
        both = np.concatenate([found[at][0], mine + begin]), np.concatenate([found[at][1], theirs])
        kept = np.lexsort((both[0], -both[1]))[:k]
        found[at] = both[0][kept], both[1][kept]


def best(queries: EncodedTexts, base: EncodedTexts, k: int, options: ScoringOptions) -> Arrays:
    """How many of the base were found for each query, then their positions and scores, one after the other."""
    asked = len(queries.tokens)
    ids = np.arange(asked + len(base.tokens))
    found = list(nearest(joined(queries, base), ids[:asked], ids[asked:], k, options))
    sizes = np.array([min(k, len(rows)) for rows, _ in found], np.intp)
    rows, scores = (np.concatenate([one[side][:k] for one in found]) for side in (0, 1))
    return sizes, rows, scores


def best_of_shard(
    stored: Stored, cells: Cells, asked: EncodedTexts, shard: EncodedTexts, k: int, options: ScoringOptions
) -> Arrays:
    """How many of a shard were found for each text, then their places and scores, one after the other."""
    rows, columns = FaissIndex.restored(stored).search(asked.vectors, WIDER * k, cells=cells)
    scores = exactly(asked, shard, options, similarity)(rows, columns)
    order = np.lexsort((columns, -scores, rows))
    rows, columns, scores = rows[order], columns[order], scores[order]
    sizes = np.bincount(rows, minlength=len(asked.tokens))
    kept = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < k
    return np.minimum(sizes, k), columns[kept], scores[kept]
