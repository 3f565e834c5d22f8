"""The k most similar of many texts, exactly: candidates in single precision, ranked in double precision.

Both sides are gone through in blocks, so that vectors may be in a file and memory does not grow with their number.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import SLACK, Ids, block_scores
from calibration.encoding.batching import Progress
from calibration.errors import Cancelled
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, similarity

ROWS: Final = 512
"""Queries of a block, for which the other side is read once."""
WIDTH: Final = 16_384
"""Texts that one product takes: 32 MB of scores, and 64 MB where vectors of 1024 numbers must be copied for it."""


def nearest(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    k: int,
    options: ScoringOptions,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Iterator[tuple[Ids, NDArray[np.float64]]]:
    """For each query in turn, positions in `base` of at least its k best texts, and their scores in [-1, 1].

    Best first, equals in the order of `base`. More than k where more are level, to within single precision, with
    the k-th: the caller cuts. Raises Cancelled.
    """
    k = min(k, len(base))
    for start in range(0, len(queries), ROWS):
        block = queries[start : start + ROWS]
        best = _Best(len(block), k)
        for at in range(0, len(base), WIDTH):
            if cancel is not None and cancel.is_set():
                raise Cancelled(start, len(queries))
            best.take(block_scores(texts, block, base[at : at + WIDTH], options), at)
        yield from ranked(texts, block, base, best.rows, best.columns, options)
        if progress:
            progress(min(start + ROWS, len(queries)), len(queries))


def ranked(
    texts: EncodedTexts, queries: Ids, base: Ids, rows: Ids, columns: Ids, options: ScoringOptions
) -> Iterator[tuple[Ids, NDArray[np.float64]]]:
    """For each query its candidates' positions in `base`, by their exact scores, best first."""
    exact = similarity(texts, queries[rows], base[columns], options)
    order = np.lexsort((columns, -exact, rows))
    ends = np.cumsum(np.bincount(rows, minlength=len(queries)))
    for mine in np.split(order, ends[:-1]):
        yield columns[mine], exact[mine]


class _Best:
    """Who may be among the k best of each row, as far as the columns were seen."""

    def __init__(self, rows: int, k: int) -> None:
        self._k = k
        self._top = np.full((rows, k), -np.inf, np.float32)
        self._scores = np.empty(0, np.float32)
        self.rows, self.columns = np.empty(0, np.intp), np.empty(0, np.intp)

    def take(self, scores: NDArray[np.float32], begin: int) -> None:
        """Look at the columns from number `begin` on: (rows, some) scores, to within SLACK."""
        self._top = _highest(np.concatenate([self._top, _highest(scores, self._k)], axis=1), self._k)
        floor = self._top.min(axis=1) - 2 * SLACK
        rows, columns = np.nonzero(scores >= floor[:, None])
        still = self._scores >= floor[self.rows]
        self._scores = np.concatenate([self._scores[still], scores[rows, columns]])
        self.rows = np.concatenate([self.rows[still], rows])
        self.columns = np.concatenate([self.columns[still], columns + begin])


def _highest(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """(m, at most k) the highest scores of each row, in any order."""
    import torch  # takes a second: a page or command that only reads has no use for it

    wanted = min(k, scores.shape[1])
    found: NDArray[np.float32] = torch.topk(torch.from_numpy(scores), wanted, dim=1, sorted=False).values.numpy()
    return found
