"""Clusters without chaining: every member lies within the threshold of its representative, exactly.

Texts are gone through in the order of their priority. One that no representative before it reaches becomes one
itself; every other goes to the most similar of all representatives (of equally similar ones, to that of higher
priority). So no two representatives reach each other, and no text is merged through a third one.

Work grows with texts times representatives: blocked matrix products over the upper triangle, where a text that
already has a representative takes no further part. (The leader algorithm: Hartigan 1975, Clustering Algorithms.)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import SLACK, Ids, block_scores
from calibration.encoded import EncodedTexts, ScoringOptions, similarity
from calibration.encoding.batching import Progress
from calibration.errors import Cancelled

BLOCK: Final = 1024
WIDTH: Final = 8192
"""Representatives that one product takes: 32 MB of scores a block, for any number of texts."""
SPAN: Final = 16_384
"""Texts that are held against all representatives before the next ones come, where vectors lie on the disk: those
of representatives are read once for so many texts.
"""


@dataclass(frozen=True)
class Leaders:
    """representative: (n,) the number of the text that each text belongs to, its own where it is one itself.

    scores: (n,) similarity to it in [-1, 1], at least the threshold; 1 for representatives.
    """

    representative: Ids
    scores: NDArray[np.float64]


def find_leaders(
    texts: EncodedTexts,
    order: Ids,
    threshold: float,
    options: ScoringOptions,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Leaders:
    """Clusters of the texts numbered in `order`, a permutation of all of them, highest priority first.

    threshold: the lowest similarity that merges, compared with >=. Progress counts comparisons in shares of the
    number of texts. Raises Cancelled.
    """
    search = _Search(texts, order, threshold, options)
    span = SPAN if isinstance(texts.vectors, np.memmap) else BLOCK
    watch = _Watch(len(order), progress, cancel)
    for start in range(0, len(order), span):
        many = order[start : start + span]
        search.hold(many, partial(watch.look_within, start, len(many)))
        for at in range(0, len(many), BLOCK):
            watch.look(start + len(many))
            search.lead(many[at : at + BLOCK])
    members = order[~search.leads[order]]
    for start in range(0, len(members), span):
        search.hold(members[start : start + span], partial(watch.look_within, len(order), 0))
    watch.look(len(order))
    return Leaders(search.representative, search.scores)


class _Watch:
    """Says how far the work is, and ends it: comparisons grow with the square of the texts gone through."""

    def __init__(self, total: int, progress: Progress | None, cancel: threading.Event | None) -> None:
        self._total, self._progress, self._cancel = total, progress, cancel

    def look_within(self, done: int, size: int, share: float) -> None:
        """As `look`, in the midst of the next `size` texts."""
        self.look(done + int(share * size))

    def look(self, done: int) -> None:
        share = done * done // max(1, self._total)
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled(share, self._total)
        if self._progress:
            self._progress(share, self._total)


class _Search:
    """The representatives found so far, and each text's best one among those it was held against."""

    def __init__(self, texts: EncodedTexts, order: Ids, threshold: float, options: ScoringOptions) -> None:
        self._texts, self._threshold, self._options = texts, threshold, options
        self._leaders = np.empty(len(order), np.intp)
        self._count = 0
        self._rank = np.empty(len(order), np.intp)
        self._rank[order] = np.arange(len(order))
        self._seen = np.zeros(len(order), np.intp)  # representatives that a text was held against already
        self.leads = np.zeros(len(order), bool)
        self.representative = np.arange(len(order))
        self.scores = np.full(len(order), -np.inf)

    def lead(self, ids: Ids) -> None:
        """Go through the texts that come next: who has a representative, and who becomes one."""
        self.hold(ids)
        left = ids[np.isneginf(self.scores[ids])]
        if not left.size:
            return
        near = block_scores(self._texts, left, left, self._options) >= self._threshold - SLACK
        leaders = left[self._chosen(left, near)]
        self._leaders[self._count : self._count + len(leaders)] = leaders
        self._count += len(leaders)
        self.leads[leaders], self.scores[leaders] = True, 1.0

    def _chosen(self, left: Ids, near: NDArray[np.bool_]) -> list[int]:
        """Which of a block's texts become representatives, where no earlier one reaches them."""
        alive, chosen = np.ones(len(left), bool), []
        for at in range(len(left)):
            if not alive[at]:
                continue
            chosen.append(at)
            later = at + 1 + np.flatnonzero(near[at, at + 1 :] & alive[at + 1 :])
            if later.size:
                scores = self._exact(np.full(later.size, left[at]), left[later])
                alive[later[scores >= self._threshold]] = False
        return chosen

    def hold(self, ids: Ids, look: Callable[[float], None] | None = None) -> None:
        """Keep the best of the representatives that reach these texts, of those that they were not held against.

        `look` is told the share that is done, in [0, 1), and may end the work by raising.
        """
        begin = int(self._seen[ids].min())
        for at in range(begin, self._count, WIDTH):
            end = min(at + WIDTH, self._count)
            if look:
                look((at - begin) / (self._count - begin))
            for start in range(0, len(ids), BLOCK):
                some = ids[start : start + BLOCK]
                if self._seen[some].min() < end:
                    self._meet(some, self._leaders[at:end])
        self._seen[ids] = self._count

    def _meet(self, ids: Ids, leaders: Ids) -> None:
        scores = block_scores(self._texts, ids, leaders, self._options)
        rows, columns = np.nonzero(scores >= self._threshold - SLACK)
        if rows.size:
            self._keep(ids[rows], leaders[columns])

    def _keep(self, ids: Ids, leaders: Ids) -> None:
        scores = self._exact(ids, leaders)
        enough = scores >= self._threshold
        ids, leaders, scores = ids[enough], leaders[enough], scores[enough]
        # Last of all a text's best: the highest score, then the highest priority.
        best = np.lexsort((-self._rank[leaders], scores, ids))
        ids, leaders, scores = ids[best], leaders[best], scores[best]
        last = np.flatnonzero(np.diff(ids, append=-1))
        ids, leaders, scores = ids[last], leaders[last], scores[last]
        better = (scores > self.scores[ids]) | (
            (scores == self.scores[ids]) & (self._rank[leaders] < self._rank[self.representative[ids]])
        )
        self.representative[ids[better]] = leaders[better]
        self.scores[ids[better]] = scores[better]

    def _exact(self, first: Ids, second: Ids) -> NDArray[np.float64]:
        return similarity(self._texts, first, second, self._options)
