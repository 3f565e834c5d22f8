"""Take some of many encoded texts, and put two such parts together."""

from __future__ import annotations

import numpy as np

from calibration.corpus.blocks import Ids
from calibration.encoding.batching import room
from calibration.scoring.similarity import EncodedTexts


def taken(texts: EncodedTexts, ids: Ids) -> EncodedTexts:
    """The texts numbered `ids`, in that order, with their vectors copied (beyond `vector_bytes` into a file)."""
    begins, sizes = texts.starts[ids], texts.starts[ids + 1] - texts.starts[ids]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
    rows = np.repeat(begins - starts[:-1], sizes) + np.arange(int(starts[-1]))
    vectors = room(len(rows), texts.vectors.shape[1])
    np.take(texts.vectors, rows, axis=0, out=vectors, mode="clip")  # without a mode NumPy makes a second copy
    unknown = None
    if texts.unknown is not None:
        unknown = tuple(texts.unknown[text] for text in ids.tolist())
    words = None if texts.words is None else tuple(texts.words[text] for text in ids.tolist())
    return EncodedTexts(vectors, starts, texts.tokens[ids], texts.truncated[ids], unknown, words)


def joined(first: EncodedTexts, second: EncodedTexts) -> EncodedTexts:
    """The texts of both, those of `first` before those of `second`."""
    unknown = None
    if first.unknown is not None and second.unknown is not None:
        unknown = first.unknown + second.unknown
    words = None if first.words is None or second.words is None else first.words + second.words
    return EncodedTexts(
        np.concatenate([first.vectors, second.vectors]),
        np.concatenate([first.starts, second.starts[1:] + first.starts[-1]]),
        np.concatenate([first.tokens, second.tokens]),
        np.concatenate([first.truncated, second.truncated]),
        unknown,
        words,
    )
