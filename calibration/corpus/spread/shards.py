"""An index in shards that many workers build and ask.

Its cells are fitted once, to a sample of all vectors, and every shard has them all. So the cells to look into
are found once for each text, and all shards together go through as many vectors as one index would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.approximate import Score
from calibration.corpus.blocks import Ids
from calibration.corpus.faiss_index import Cells, FaissIndex, Stored, drawn, index_bytes, sample_bytes
from calibration.corpus.parted import joined, taken
from calibration.corpus.spread.sides import BASE, QUERIES, Sides
from calibration.corpus.spread.workers import Arrays, Work, Workers
from calibration.scoring.similarity import EncodedTexts, ScoringOptions

SHARD: Final = 65_536
"""Texts of a shard, and texts that are looked up in a step."""
_FIT: Final = "cells"
Exact = Callable[[EncodedTexts, Ids, Ids, ScoringOptions], NDArray[np.float64]]


def step_bytes(texts: int, dim: int) -> int:
    """The memory that a step of so many texts takes: to fit cells, or for the index of a shard, which is copied."""
    size = max(1, min(SHARD, texts))
    return max(2 * sample_bytes(dim, texts), 2 * index_bytes(size, dim, texts) + 4 * size * dim)


class ShardSteps:
    """Cells are fitted; then each block of queries is looked up in each shard of the base.

    sides: as for `Sides`. ask: a worker's function of the shard's index, the cells of the queries, their texts, the
    shard's, and `rule`. keep: is given what it found, after the places at which the block and the shard begin.
    """

    def __init__(
        self,
        texts: EncodedTexts,
        sides: tuple[Ids, Ids],
        workers: Workers,
        ask: Work,
        rule: Sequence[Any],
        keep: Callable[[int, int, Arrays], None],
        *,
        size: int | None = None,
        name: str = "",
    ) -> None:
        self._sides = Sides(texts, sides, (size or SHARD, size or SHARD), workers)
        self._workers, self._ask, self._rule, self._keep, self._name = workers, ask, rule, keep, name
        begins = self._sides.begins
        self._left = [(block, shard) for shard in begins(BASE) for block in begins(QUERIES)][::-1]
        self._number, self._done = len(self._left), 0
        self._cells: Any = None
        self._fitting = False
        self._asked: dict[int, Any] = {}
        self._indexes: dict[int, Any] = {}

    @property
    def share(self) -> float:
        """How much of the job is done, in [0, 1]."""
        return self._done / self._number if self._number else 1.0

    def next(self) -> str | None:
        """The cells, then all else: a block of queries in a shard."""
        if self._cells is None or not self._left:
            first = not self._fitting and bool(self._left)
            self._fitting = True
            return f"{self._name}{_FIT}" if first else None
        block, shard = self._left.pop()
        return f"{self._name}ask-{shard:012d}-{block:012d}"

    def work(self, step: str) -> tuple[Work, Sequence[Any]]:
        """What a worker has to do for it."""
        if step.endswith(_FIT):
            base = self._sides.ids[BASE]
            return fit, (self._workers.put(taken(self._sides.texts, drawn(base))), len(base))
        shard, block = _places(step)
        if shard not in self._indexes:  # shards come one after the other: earlier ones are not asked again
            self._indexes = {shard: self._workers.made(filled, self._cells, self._sides.part(BASE, shard))}
        if block not in self._asked:
            self._asked[block] = self._workers.made(cells_of, self._cells, self._sides.part(QUERIES, block))
        parts = self._sides.part(QUERIES, block), self._sides.part(BASE, shard)
        return self._ask, (self._indexes[shard], self._asked[block], *parts, *self._rule)

    def take(self, step: str, found: Arrays) -> None:
        """A step's result, of this run or an earlier one."""
        if step.endswith(_FIT):
            self._cells = self._workers.put(found[0])
            return
        shard, block = _places(step)
        self._done += 1
        self._keep(block, shard, found)


def _places(step: str) -> tuple[int, int]:
    shard, block = step.split("-")[-2:]
    return int(shard), int(block)


def fit(sample: EncodedTexts, total: int) -> Arrays:
    """An empty index, as bytes, with the cells of all shards."""
    return (FaissIndex.trained(sample.vectors, total).stored(),)


def filled(cells: Stored, part: EncodedTexts) -> Stored:
    """The index of a shard."""
    index = FaissIndex.restored(cells)
    index.add(part.vectors)
    return index.stored()


def cells_of(cells: Stored, part: EncodedTexts) -> Cells:
    """The cells in which texts are looked up."""
    return FaissIndex.restored(cells).cells(part.vectors)


def exactly(asked: EncodedTexts, shard: EncodedTexts, options: ScoringOptions, how: Exact) -> Score:
    """The score of a text of `asked` with one of `shard`, by the texts that are in such pairs alone."""

    def score(first: Ids, second: Ids) -> NDArray[np.float64]:
        one, first = np.unique(first, return_inverse=True)
        other, second = np.unique(second, return_inverse=True)
        both = joined(taken(asked, one), taken(shard, other))
        return how(both, first, len(one) + second, options)

    return score
