"""The clusters of `calibration.corpus.leaders`, found block by block by many workers.

Texts are cut into blocks in the order of their priority. Three kinds of steps, as in a triangular solve:

- *lead* J: who of block J becomes a representative, where no earlier block reaches it: `find_leaders` itself;
- *hold* J against the representatives of an earlier block I;
- *back* to an earlier block I, or J: its members against the representatives of J.

So no text is compared with one that is no representative, as locally, and a step hands over one representative a
text: near pairs, whose number grows with the square of a cluster, are never stored.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from calibration.corpus.blocks import Ids
from calibration.corpus.leaders import Leaders
from calibration.corpus.parted import taken
from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.leader_steps import hold, lead, rounded
from calibration.corpus.spread.steps import carry_out
from calibration.corpus.spread.workers import Arrays, Cost, Work, Workers
from calibration.corpus.upper_bounds import pair_filter
from calibration.encoding.batching import Progress
from calibration.scoring.similarity import EncodedTexts, ScoringOptions

BLOCK: Final = 8192
BLOCKS_MOST: Final = 256
"""Blocks grow with the texts beyond that, so that there are some 66,000 steps at most."""
_LEAD, _HOLD, _BACK = "lead", "hold", "back"
_FIRST: Final = {_LEAD: 0, _HOLD: 1, _BACK: 2}
"""Everything waits for leaders, nothing for members."""


class _Step(NamedTuple):
    """Heaps give the least: by kind, then by column, so that the next block can lead soon."""

    rank: int
    column: int
    row: int
    kind: str


def spread_leaders(
    texts: EncodedTexts,
    order: Ids,
    threshold: float,
    options: ScoringOptions,
    workers: Workers,
    *,
    block: int | None = None,
    name: str = "",
    kept: Kept | None = None,
    cost: Cost | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Leaders:
    """What `find_leaders` gives for the texts `order`, highest priority first, by their places in it.

    block: texts a block; None: as `block_of` says. name: begins the names of steps. Raises Cancelled and what
    workers raise.
    """
    none = taken(texts, order[:0])
    how = pair_filter(texts, threshold, options).of(none)  # chosen once, for all that all workers see
    rule = (threshold, options, workers.put(how))
    steps = _LeaderSteps(texts, order, rule, workers, block or block_of(len(order)), name)
    carry_out(steps, workers, total=len(order), kept=kept, cost=cost, progress=progress, cancel=cancel)
    return Leaders(steps.best, steps.scores)


def block_of(texts: int) -> int:
    """How many texts a block has."""
    return max(BLOCK, -(-texts // BLOCKS_MOST))


def step_bytes(texts: int, dim: int) -> int:
    """The memory that a step of so many texts takes for vectors: two blocks, copies of them, and both together."""
    return 6 * min(block_of(texts), max(1, texts)) * dim * np.dtype(np.float32).itemsize


class _LeaderSteps:
    """Texts are known by their place in the order here, which is also their rank."""

    def __init__(
        self,
        texts: EncodedTexts,
        order: Ids,
        rule: tuple[float, ScoringOptions, Any],
        workers: Workers,
        block: int,
        name: str,
    ) -> None:
        self._texts, self._order, self._workers, self._rule, self._name = texts, order, workers, rule, name
        self._starts = np.append(np.arange(0, len(order), block), len(order))
        self._parts: dict[int, tuple[Any, Any]] = {}
        self.best = np.full(len(order), -1, np.intp)
        self.scores = np.full(len(order), -np.inf)
        self._leads = np.zeros(len(order), bool)
        self._early = np.zeros(len(order), bool)  # reached before its own block led
        blocks = len(self._starts) - 1
        self._held = np.zeros(blocks, np.intp)  # earlier blocks that each block was compared with
        self._ready = [_step(_LEAD, 0, 0)] if blocks else []
        self._steps: dict[str, _Step] = {}
        self._left = self._all = blocks * (blocks + 1)

    @property
    def share(self) -> float:
        return 1.0 - self._left / self._all if self._all else 1.0

    def next(self) -> str | None:
        while self._ready:
            step = heapq.heappop(self._ready)
            leaders, others = self._asked(step)
            if step.kind == _LEAD or (len(leaders) and len(others)):
                name = f"{self._name}{step.kind}-{step.column:05d}-{step.row:05d}"
                self._steps[name] = step
                return name
            self._end(step)
        return None

    def work(self, name: str) -> tuple[Work, Sequence[Any]]:
        step = self._steps[name]
        leaders, others = self._asked(step)
        if step.kind == _LEAD:
            return lead, (*self._part(step.column), others, *self._rule)
        ahead, behind = self._sides(step)
        return hold, (*self._part(ahead), leaders, *self._part(behind), others, *self._rule)

    def take(self, name: str, found: Arrays) -> None:
        step = self._steps.pop(name)
        leaders, others = self._asked(step)
        ahead, behind = self._sides(step)
        begin = self._starts[behind]
        if step.kind == _LEAD:
            best, scores = found
            self._early[self._span(behind)] = np.isfinite(self.scores[self._span(behind)])
            places, best = begin + others, begin + others[best]
            self._leads[places] = best == places
        else:
            places, best, scores = begin + others[found[0]], self._starts[ahead] + leaders[found[1]], found[2]
        better = (scores > self.scores[places]) | (
            (scores == self.scores[places]) & (best < self.best[places])
        )  # of equally similar ones that of higher priority, in whatever order steps end
        self.best[places[better]], self.scores[places[better]] = best[better], scores[better]
        self._end(step)

    def _asked(self, step: _Step) -> tuple[Ids, Ids]:
        """Representatives, and the texts to compare with them: places in their blocks. No unfinished step
        changes either.
        """
        ahead, behind = self._sides(step)
        leaders = np.flatnonzero(self._leads[self._span(ahead)])
        if step.kind == _LEAD:
            return leaders, np.flatnonzero(np.isneginf(self.scores[self._span(behind)]))
        if step.kind == _HOLD:
            return leaders, np.arange(self._starts[behind + 1] - self._starts[behind])
        members = ~self._leads[self._span(behind)]
        if ahead == behind:  # its own leaders were compared with these when it led
            members &= self._early[self._span(behind)]
        return leaders, np.flatnonzero(members)

    @staticmethod
    def _sides(step: _Step) -> tuple[int, int]:
        """The block of the representatives, and that of the texts compared with them."""
        return (step.row, step.column) if step.kind == _HOLD else (step.column, step.row)

    def _end(self, step: _Step) -> None:
        self._left -= 1
        if step.kind == _LEAD:
            for later in range(step.column + 1, len(self._held)):
                heapq.heappush(self._ready, _step(_HOLD, later, step.column))
            for earlier in range(step.column + 1):  # all of them have led
                heapq.heappush(self._ready, _step(_BACK, step.column, earlier))
        elif step.kind == _HOLD:
            self._held[step.column] += 1
            if self._held[step.column] == step.column:
                heapq.heappush(self._ready, _step(_LEAD, step.column, step.column))

    def _span(self, block: int) -> slice:
        return slice(int(self._starts[block]), int(self._starts[block + 1]))

    def _part(self, block: int) -> tuple[Any, Any]:
        """A block's texts, and what the filter makes of them, for every step that compares them."""
        if block not in self._parts:
            part = self._workers.put(taken(self._texts, self._order[self._span(block)]))
            self._parts[block] = part, self._workers.made(rounded, part, self._rule[-1])
        return self._parts[block]


def _step(kind: str, column: int, row: int) -> _Step:
    return _Step(_FIRST[kind], column, row, kind)
