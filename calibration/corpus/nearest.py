"""The k most similar of many texts, exactly: single precision finds who may be among them, double ranks them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import SLACK, Ids, block_scores
from calibration.encoded import EncodedTexts, ScoringOptions, similarity
from calibration.encoding.batching import Progress
from calibration.errors import Cancelled

CELLS: Final = 1 << 25
"""Scores that are held at once: 128 MB, however many texts there are."""
MOST_ROWS: Final = 512


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
    step = max(1, min(MOST_ROWS, CELLS // max(1, len(base))))
    for start in range(0, len(queries), step):
        if cancel is not None and cancel.is_set():
            raise Cancelled(start, len(queries))
        block = queries[start : start + step]
        scores = block_scores(texts, block, base, options)
        rows, columns = np.nonzero(scores >= _kth(scores, k)[:, None] - 2 * SLACK)
        exact = similarity(texts, block[rows], base[columns], options)
        best = np.lexsort((columns, -exact, rows))
        ends = np.cumsum(np.bincount(rows, minlength=len(block)))
        for mine in np.split(best, ends[:-1]):
            yield columns[mine], exact[mine]
        if progress:
            progress(min(start + step, len(queries)), len(queries))


def _kth(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """(m,) the k-th highest score of each row."""
    import torch  # takes a second: a page or command that only reads has no use for it

    found: NDArray[np.float32] = torch.topk(torch.from_numpy(scores), k, dim=1).values[:, -1].numpy()
    return found
