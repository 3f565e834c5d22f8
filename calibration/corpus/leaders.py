"""Clusters without chaining: every member lies within the threshold of its representative, exactly.

Texts are gone through in the order of their priority. One that no representative before it reaches becomes one
itself; every other goes to the most similar of all representatives (of equally similar ones, to that of higher
priority). So no two representatives reach each other, and no text is merged through a third one.

Work grows with texts times representatives: blocked matrix products over the upper triangle, where a text that
already has a representative takes no further part. (The leader algorithm: Hartigan 1975, Clustering Algorithms.)
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
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
    watch = _Watch(len(order), progress, cancel)
    for start in range(0, len(order), BLOCK):
        watch.look(start)
        search.lead(order[start : start + BLOCK])
    members = order[~search.leads[order]]
    for start in range(0, len(members), BLOCK):
        watch.look(len(order))
        search.follow(members[start : start + BLOCK])
    watch.look(len(order))
    return Leaders(search.representative, search.scores)


class _Watch:
    """Says how far the work is, and ends it: comparisons grow with the square of the texts gone through."""

    def __init__(self, total: int, progress: Progress | None, cancel: threading.Event | None) -> None:
        self._total, self._progress, self._cancel = total, progress, cancel

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
        self._seen[ids] = self._count
        self._hold(ids, 0)
        left = ids[np.isneginf(self.scores[ids])]
        if not left.size:
            return
        near = block_scores(self._texts, left, left, self._options) >= self._threshold - SLACK
        for at in self._chosen(left, near):
            self._leaders[self._count] = left[at]
            self._count += 1
            self.leads[left[at]], self.scores[left[at]] = True, 1.0

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

    def follow(self, ids: Ids) -> None:
        """Hold members against the representatives that were found after them."""
        self._hold(ids, int(self._seen[ids].min()))

    def _hold(self, ids: Ids, begin: int) -> None:
        """Keep the best of the representatives from number `begin` on that reach these texts."""
        for at in range(begin, self._count, WIDTH):
            leaders = self._leaders[at : min(at + WIDTH, self._count)]
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
