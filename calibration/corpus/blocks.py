"""Scores of many texts with many others, by matrix products in single precision, block by block.

What a decision rests on is scored again by `calibration.scoring.similarity.similarity`, in double precision:
`SLACK` is wider than what single precision can be off by.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.scoring.similarity import EncodedTexts, ScoringOptions

Ids = NDArray[np.intp]
SLACK: Final = 1e-5


def block_scores(texts: EncodedTexts, first: Ids, second: Ids, options: ScoringOptions) -> NDArray[np.float32]:
    """(m, n) the similarity of the texts numbered `first` with those numbered `second`, to within SLACK."""
    rows, row_starts = _segments(texts, first)
    columns, column_starts = _segments(texts, second)
    products = _products(_taken(texts.vectors, rows), _taken(texts.vectors, columns))
    if len(rows) == len(first) and len(columns) == len(second):
        return products
    best_a = np.maximum.reduceat(products, column_starts, axis=1)  # (segments of a, n): each one's best counterpart
    if options.segments != "mean":
        found: NDArray[np.float32] = np.maximum.reduceat(best_a, row_starts, axis=0)
        return found
    best_b = np.maximum.reduceat(products, row_starts, axis=0)  # (m, segments of b)
    mean_a = np.add.reduceat(best_a, row_starts, axis=0) / _sizes(row_starts, len(rows))[:, None]
    mean_b = np.add.reduceat(best_b, column_starts, axis=1) / _sizes(column_starts, len(columns))[None, :]
    return ((mean_a + mean_b) / 2).astype(np.float32)


def _products(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    import torch  # takes a second: a page or command that only reads has no use for it

    found: NDArray[np.float32] = (torch.from_numpy(a) @ torch.from_numpy(b).T).numpy()
    return found


def _taken(vectors: NDArray[np.float32], rows: Ids) -> NDArray[np.float32]:
    """Some rows; as they are where they follow each other, since a copy of a whole corpus costs more than the
    product.
    """
    if rows.size and rows[-1] - rows[0] == rows.size - 1 and (np.diff(rows) == 1).all():
        return vectors[rows[0] : rows[-1] + 1]
    taken: NDArray[np.float32] = vectors[rows]
    return taken


def _segments(texts: EncodedTexts, ids: Ids) -> tuple[Ids, Ids]:
    """The vectors of texts, one after the other, and where each text's begin."""
    begins, sizes = texts.starts[ids], texts.starts[ids + 1] - texts.starts[ids]
    if (sizes == 1).all():
        return begins, np.arange(len(ids))
    starts = np.cumsum(sizes) - sizes
    return np.repeat(begins - starts, sizes) + np.arange(int(sizes.sum())), starts


def _sizes(starts: Ids, total: int) -> NDArray[np.float32]:
    return np.diff(starts, append=total).astype(np.float32)
