"""Clusters without chaining: every member is within the threshold of its representative.

Texts are gone through in the order of their priority. One that no representative before it reaches becomes one
itself; every other goes to the most similar of all representatives (of equally similar ones, to that of higher
priority). So no two representatives reach each other, and no text is merged through a third one.

Work grows with texts times representatives: blocked matrix products over the upper triangle, where a text that
already has a representative takes no further part. (The leader algorithm: Hartigan 1975, Clustering Algorithms.)
Products only say which pairs may reach the threshold (`calibration.corpus.upper_bounds`); these are scored exactly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import Ids
from calibration.corpus.upper_bounds import AnyFilter, PairFilter, pair_filter
from calibration.encoding.batching import Progress
from calibration.errors import Cancelled
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, merge_scores

BLOCK: Final = 1024
WIDTH: Final = 8192
"""Representatives that texts are compared with at a time."""
SPAN: Final = 16_384
"""Texts that are compared with all representatives before the next ones, where vectors are on disk: those
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
    how: AnyFilter | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Leaders:
    """Clusters of the texts numbered in `order`, a permutation of all of them, highest priority first.

    threshold: the lowest similarity that merges, compared with >=. how: a filter of these texts, chosen for more
    of the same kind; None: one is chosen for these. Progress counts comparisons in shares of the
    number of texts. Raises Cancelled.
    """
    search = _Search(texts, order, threshold, options, how)
    span = SPAN if isinstance(texts.vectors, np.memmap) else BLOCK
    watch = _Watch(len(order), progress, cancel)
    for start in range(0, len(order), span):
        many = order[start : start + span]
        look = partial(watch.look_within, start, len(many))
        if span > BLOCK:
            search.hold(many, look)
        for at in range(0, len(many), BLOCK):
            search.lead(many[at : at + BLOCK], look if span == BLOCK else None)
            watch.look(start + len(many))
    members = order[~search.leads[order]]
    for start in range(0, len(members), span):
        search.hold(members[start : start + span], partial(watch.look_within, len(order), 0))
    watch.look(len(order))
    return Leaders(search.representative, search.scores)


def best_leaders(
    texts: EncodedTexts,
    leaders: Ids,
    others: Ids,
    threshold: float,
    options: ScoringOptions,
    how: AnyFilter | None = None,
) -> tuple[Ids, Ids, NDArray[np.float64]]:
    """Who of `others` reaches any of `leaders`: its number among them, that of its best leader, and their score.

    Both are numbers of texts, in ascending order. Of equally similar leaders the first is the best.
    """
    search = _Search(texts, np.arange(len(texts.tokens)), threshold, options, how)
    search.begin(leaders)
    search.hold(others)
    found = np.flatnonzero(np.isfinite(search.scores[others]))
    best = np.searchsorted(leaders, search.representative[others[found]])
    return found, best, search.scores[others[found]]


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
    """The representatives found so far, and each text's best one among those it was compared with."""

    def __init__(
        self,
        texts: EncodedTexts,
        order: Ids,
        threshold: float,
        options: ScoringOptions,
        how: AnyFilter | None = None,
    ) -> None:
        self._texts, self._threshold, self._options = texts, threshold, options
        self._filter: PairFilter = pair_filter(texts, threshold, options) if how is None else how
        self._leaders = np.empty(len(order), np.intp)
        self._taken: Any = self._filter.room(len(order))  # of the representatives
        self._count = 0
        self._rank = np.empty(len(order), np.intp)
        self._rank[order] = np.arange(len(order))
        self._seen = np.zeros(len(order), np.intp)  # representatives that a text was compared with already
        self.leads = np.zeros(len(order), bool)
        self.representative = np.arange(len(order))
        self.scores = np.full(len(order), -np.inf)

    def lead(self, ids: Ids, look: Callable[[float], None] | None = None) -> None:
        """Go through the texts that come next, a block: who has a representative, and who becomes one."""
        taken = self._filter.taken(ids)
        self._meet([(ids, taken)], look)
        alone = np.isneginf(self.scores[ids])
        left, taken = ids[alone], taken[np.flatnonzero(alone)]
        if not left.size:
            return
        near = np.zeros((len(left), len(left)), bool)
        near[self._filter.near(taken, taken)] = True
        chosen = self._chosen(left, near)
        self.begin(left[chosen], taken[chosen])

    def begin(self, leaders: Ids, taken: Any = None) -> None:
        """These are representatives from now on; none reaches another one. taken: what the filter took of them."""
        end = self._count + len(leaders)
        self._leaders[self._count : end] = leaders
        self._taken[self._count : end] = self._filter.taken(leaders) if taken is None else taken
        self._count = end
        self.leads[leaders], self.scores[leaders] = True, 1.0

    def _chosen(self, left: Ids, near: NDArray[np.bool_]) -> Ids:
        """Which of a block's texts become representatives, where no earlier one reaches them."""
        alive = np.ones(len(left), bool)
        for at in np.flatnonzero(np.triu(near, 1).any(axis=1)).tolist():  # nearly no text has one near it
            if not alive[at]:
                continue
            later = at + 1 + np.flatnonzero(near[at, at + 1 :] & alive[at + 1 :])
            if later.size:
                scores = self._exact(np.full(later.size, left[at]), left[later])
                alive[later[scores >= self._threshold]] = False
        return np.flatnonzero(alive)

    def hold(self, ids: Ids, look: Callable[[float], None] | None = None) -> None:
        """Keep the best of the representatives that reach these texts, of those not compared with yet."""
        blocks = [ids[start : start + BLOCK] for start in range(0, len(ids), BLOCK)]
        self._meet([(some, self._filter.taken(some)) for some in blocks], look)

    def _meet(self, blocks: list[tuple[Ids, Any]], look: Callable[[float], None] | None) -> None:
        """`hold` of blocks of texts, each with what the filter has taken of them.

        `look` receives the share that is done, in [0, 1), and may end the work by raising.
        """
        begin = min((int(self._seen[ids].min()) for ids, _ in blocks), default=self._count)
        for at in range(begin, self._count, WIDTH):
            end = min(at + WIDTH, self._count)
            if look:
                look((at - begin) / (self._count - begin))
            for ids, taken in blocks:
                if self._seen[ids].min() < end:
                    rows, columns = self._filter.near(taken, self._taken[at:end])
                    self._keep(ids[rows], self._leaders[at + columns])
        for ids, _ in blocks:
            self._seen[ids] = self._count

    def _keep(self, ids: Ids, leaders: Ids) -> None:
        if not ids.size:
            return
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
        return merge_scores(self._texts, first, second, self._options)
