"""Many small blocks of keys, several to a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.leaders import Leaders, find_leaders
from calibration.corpus.parted import taken
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.leaders import block_of, spread_leaders
from calibration.corpus.spread.workers import Arrays, Work, Workers
from calibration.scoring.similarity import EncodedTexts, ScoringOptions


def spread_groups(
    texts: EncodedTexts,
    groups: Sequence[Ids],
    threshold: float,
    options: ScoringOptions,
    spread: Spread,
    how: Execution = HERE,
) -> list[Leaders]:
    """The clusters of each group of texts, by places in the group. Raises Cancelled and what workers raise."""
    total = sum(map(len, groups))
    block = spread.block or block_of(max(map(len, groups), default=0))
    small = [at for at, group in enumerate(groups) if len(group) <= block]
    bundles = _Bundles(texts, [groups[at] for at in small], block, (threshold, options), spread.workers)
    how.after(0, total).carry_out(bundles, spread, bundles.size)
    found = dict(zip(small, bundles.found, strict=True))
    done = bundles.size
    for at, group in enumerate(groups):
        if at not in found:
            own = how.after(done, total).watched(spread)
            rule = (threshold, options, spread.workers)
            found[at] = spread_leaders(texts, group, *rule, block=block, name=f"{at}-", **own)
            done += len(group)
    return [found[at] for at in range(len(groups))]


class _Bundles:
    """Steps that do not wait for each other."""

    def __init__(
        self,
        texts: EncodedTexts,
        groups: Sequence[Ids],
        block: int,
        rule: tuple[float, ScoringOptions],
        workers: Workers,
    ) -> None:
        self._texts, self._groups, self._rule, self._workers = texts, groups, rule, workers
        self.size = sum(map(len, groups))
        self.found = [Leaders(np.arange(len(group)), np.ones(len(group))) for group in groups]
        several = [at for at, group in enumerate(groups) if len(group) > 1]
        sizes = np.cumsum([len(groups[at]) for at in several]) // block
        self._bundles = [np.array(several)[sizes == number].tolist() for number in np.unique(sizes)]
        self._next = self._done = 0

    @property
    def share(self) -> float:
        return self._done / len(self._bundles) if self._bundles else 1.0

    def next(self) -> str | None:
        if self._next == len(self._bundles):
            return None
        self._next += 1
        return f"bundle-{self._next - 1:06d}"

    def work(self, step: str) -> tuple[Work, Sequence[Any]]:
        groups = [self._groups[at] for at in self._bundle(step)]
        part = taken(self._texts, np.concatenate(groups))
        return lead_each, (self._workers.put(part), np.array(list(map(len, groups))), *self._rule)

    def take(self, step: str, found: Arrays) -> None:
        bundle = self._bundle(step)
        ends = np.cumsum([len(self._groups[at]) for at in bundle])[:-1]
        for at, best, scores in zip(bundle, np.split(found[0], ends), np.split(found[1], ends), strict=True):
            self.found[at] = Leaders(best, scores)
        self._done += 1

    def _bundle(self, step: str) -> list[int]:
        found: list[int] = self._bundles[int(step.rpartition("-")[2])]
        return found


def lead_each(part: EncodedTexts, sizes: Ids, threshold: float, options: ScoringOptions) -> Arrays:
    """The clusters of groups that follow one another, by places in each."""
    ends = np.cumsum(sizes)
    found = [
        find_leaders(taken(part, np.arange(end - size, end)), np.arange(size), threshold, options)
        for end, size in zip(ends, sizes, strict=True)
    ]
    return np.concatenate([one.representative for one in found]), np.concatenate([one.scores for one in found])
