"""Near pairs by FAISS indexes of shards, built and asked by many workers.

Each worker holds one shard of the index and the texts that are looked up in it; scores are exact, as by
`calibration.corpus.approximate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.approximate import ApproximateIndex, Pairs, both_ways, pairs_from
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.parted import joined, taken
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.workers import Arrays, Work, Workers
from calibration.scoring.similarity import EncodedTexts, ScoringOptions

SHARD: Final = 65_536
"""Texts of an index, and of a step."""
_INDEX, _PAIRS = "index", "pairs"


def spread_near_pairs(
    texts: EncodedTexts,
    threshold: float,
    options: ScoringOptions,
    spread: Spread,
    how: Execution = HERE,
) -> Pairs:
    """As `near_pairs`, of the neighbours that an index of each shard finds. Raises Cancelled and what workers
    raise.
    """
    steps = _PairSteps(texts, (threshold, options), spread.workers, spread.block or SHARD)
    how.carry_out(steps, spread, len(texts.tokens))
    first, second, scores = (np.concatenate(one) for one in zip(*steps.found, strict=True))
    return both_ways(first, second, scores)


class _PairSteps:
    """An index of each shard; once it is there, every shard's texts are looked up in it."""

    def __init__(
        self, texts: EncodedTexts, rule: tuple[float, ScoringOptions], workers: Workers, shard: int
    ) -> None:
        self._texts, self._rule, self._workers, self._shard = texts, rule, workers, shard
        self._shards = -(-len(texts.tokens) // shard)
        self._ready = [(_INDEX, at, at) for at in range(self._shards)]
        self._parts: dict[int, Any] = {}
        self._indexes: dict[int, Any] = {}
        self._left = self._all = self._shards * (self._shards + 1)
        self.found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []

    @property
    def share(self) -> float:
        return 1.0 - self._left / self._all

    def next(self) -> str | None:
        if not self._ready:
            return None
        kind, shard, asked = self._ready.pop()
        return f"{kind}-{shard:06d}-{asked:06d}"

    def work(self, step: str) -> tuple[Work, Sequence[Any]]:
        kind, shard, asked = _named(step)
        if kind == _INDEX:
            return index, (self._part(shard),)
        there = None if shard == asked else self._part(shard)
        return pairs, (self._indexes[shard], there, self._part(asked), *self._rule)

    def take(self, step: str, found: Arrays) -> None:
        kind, shard, asked = _named(step)
        self._left -= 1
        if kind == _INDEX:
            self._indexes[shard] = self._workers.put(found[0])
            self._ready += [(_PAIRS, shard, other) for other in range(self._shards)]
        else:
            self.found.append((found[0] + asked * self._shard, found[1] + shard * self._shard, found[2]))

    def _part(self, shard: int) -> Any:
        if shard not in self._parts:
            begin, end = shard * self._shard, min((shard + 1) * self._shard, len(self._texts.tokens))
            self._parts[shard] = self._workers.put(taken(self._texts, np.arange(begin, end)))
        return self._parts[shard]


def _named(step: str) -> tuple[str, int, int]:
    kind, shard, asked = step.split("-")
    return kind, int(shard), int(asked)


def index(part: EncodedTexts) -> Arrays:
    """The index of a shard, as bytes."""
    return (ApproximateIndex(part.vectors, np.arange(len(part.tokens))).stored(),)


def pairs(
    stored: NDArray[np.uint8],
    there: EncodedTexts | None,
    asked: EncodedTexts,
    threshold: float,
    options: ScoringOptions,
) -> Arrays:
    """Near pairs of texts with those of an indexed shard, by places in both. there: the shard's; None: `asked`."""
    texts, begin = (asked, 0) if there is None else (joined(there, asked), len(there.tokens))
    rows = begin + np.arange(len(asked.tokens))
    found = list(pairs_from(texts, ApproximateIndex.restored(stored), rows, threshold, options))
    first, second, scores = (np.concatenate(one) for one in zip(*found, strict=True))
    return first - begin, second, scores
