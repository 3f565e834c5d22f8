"""The best of `calibration.corpus.nearest`, found block by block by many workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.nearest import nearest
from calibration.corpus.parted import joined, taken
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.workers import Arrays, Work, Workers
from calibration.scoring.similarity import EncodedTexts, ScoringOptions

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
) -> list[Ranked]:
    """For each query the `k` best positions in `base` and their scores, as `nearest` gives them.

    name: begins the names of steps. Raises Cancelled and what workers raise.
    """
    sizes = (spread.block or BLOCK, spread.block or WIDTH)
    steps = _BestSteps(texts, (queries, base), k, options, spread.workers, sizes, name)
    how.carry_out(steps, spread, len(queries))
    return steps.found


class _BestSteps:
    """One step for each block of queries and block of the base; a query's best so far are all that is held."""

    def __init__(
        self,
        texts: EncodedTexts,
        sides: tuple[Ids, Ids],
        k: int,
        options: ScoringOptions,
        workers: Workers,
        sizes: tuple[int, int],
        name: str,
    ) -> None:
        self._texts, self._sides, self._sizes, self._workers = texts, sides, sizes, workers
        self._rule, self._name = (k, options), name
        self._parts: dict[tuple[int, int], Any] = {}
        self._pairs = [(a, b) for a in range(0, len(sides[0]), sizes[0]) for b in range(0, len(sides[1]), sizes[1])]
        self._next = self._done = 0
        self.found: list[Ranked] = [(np.empty(0, np.intp), np.empty(0))] * len(sides[0])

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
        return best, (self._part(0, a), self._part(1, b), *self._rule)

    def take(self, step: str, found: Arrays) -> None:
        a, b = self._pairs[_number(step)]
        keep_best(self.found, self._rule[0], a, b, found)
        self._done += 1

    def _part(self, side: int, begin: int) -> Any:
        if (side, begin) not in self._parts:
            ids = self._sides[side][begin : begin + self._sizes[side]]
            self._parts[side, begin] = self._workers.put(taken(self._texts, ids))
        return self._parts[side, begin]


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
