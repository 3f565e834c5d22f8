"""Approximate nearest neighbours for more vectors than memory holds, by FAISS.

FAISS: an inverted file of vectors in 8 bits, a quarter of what they take. It only says who comes into question:
every score that decides is made from the vectors themselves. What it overlooks is measured each time: see
`calibration.corpus.recall`.
"""

from __future__ import annotations

import importlib.util
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import Ids
from calibration.corpus.nearest import ranked
from calibration.encoding.batching import Progress, Vectors
from calibration.errors import N_, BadArgument, Cancelled, ExtraMissing
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, merge_scores
from calibration.settings import vector_bytes

PROBES: Final = 32
"""Cells of the index that a search looks into."""
WIDER: Final = 4
"""Times as many as are wanted come into question: 8 bits do not rank exactly."""
NEAR: Final = 64
"""Neighbours of a text that deduplication looks at first."""
NEAR_MOST: Final = 4096
"""And at most, where nearly all of them reach the threshold."""
_GROWTH: Final = 8
_STEP: Final = 16_384
_TRAIN: Final = 39
"""Vectors a cell that the index is trained on: as few as FAISS asks for, so that training takes less memory than
what is indexed."""
Pairs = tuple[Ids, Ids, NDArray[np.float64]]


class NearIndex(Protocol):
    """Says who may be near."""

    def __len__(self) -> int: ...

    def search(self, queries: Vectors, k: int) -> tuple[Ids, Ids]:
        """Query by query who may be among its k best: numbers of queries, and positions beside them."""


MakeIndex = Callable[[Vectors, Ids, threading.Event | None], NearIndex]
"""An index of the vectors numbered, by their position among those numbers."""


class ApproximateIndex:
    """The vectors numbered `rows`, by their position among them. Raises Cancelled."""

    def __init__(self, vectors: Vectors, rows: Ids, cancel: threading.Event | None = None, seed: int = 0) -> None:
        import faiss

        cells = max(1, min(int(4 * math.sqrt(len(rows))), len(rows) // _TRAIN))
        self._index: Any = faiss.index_factory(vectors.shape[1], f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        self._index.nprobe = min(PROBES, cells)
        drawn = np.random.default_rng(seed).choice(len(rows), min(len(rows), cells * _TRAIN), replace=False)
        self._index.train(np.ascontiguousarray(vectors[rows[np.sort(drawn)]]))
        for step in _steps(len(rows), None, cancel):
            self._index.add(np.ascontiguousarray(vectors[rows[step]]))

    @classmethod
    def restored(cls, data: NDArray[np.uint8]) -> ApproximateIndex:
        """The inverse of `stored`."""
        import faiss

        made = cls.__new__(cls)
        made._index = faiss.deserialize_index(data)
        return made

    def stored(self) -> NDArray[np.uint8]:
        """As bytes, for another process."""
        import faiss

        found: NDArray[np.uint8] = faiss.serialize_index(self._index)
        return found

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, queries: Vectors, k: int) -> tuple[Ids, Ids]:
        """Query by query who may be among its k best: numbers of queries, and positions beside them."""
        found = self._index.search(np.ascontiguousarray(queries), min(k, len(self)))[1]
        rows, places = np.nonzero(found >= 0)
        return rows, found[rows, places].astype(np.intp)


def check_approximate(options: ScoringOptions, make: MakeIndex | None = None) -> None:
    """Say before any long work that it cannot be done. Raises ExtraMissing, and BadArgument for segmented texts:
    these have several vectors each, of which no index knows the best pair.
    """
    if options.segments != "none":
        raise BadArgument("approximate", N_("used without segments"), options.segments)
    if make is None and importlib.util.find_spec("faiss") is None:
        raise ExtraMissing("FAISS", "faiss")


def is_beyond(vectors: Vectors) -> bool:
    """Whether these take more memory than vectors may."""
    return bool(vectors.nbytes > vector_bytes())


def nearest_approximately(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    k: int,
    options: ScoringOptions,
    *,
    make: MakeIndex | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Iterator[tuple[Ids, NDArray[np.float64]]]:
    """As `nearest`, of those that an index finds; k at most. make: the index; None: ApproximateIndex. Raises
    Cancelled.
    """
    index = (make or ApproximateIndex)(texts.vectors, base, cancel)
    for step in _steps(len(queries), progress, cancel):
        block = queries[step]
        rows, columns = index.search(texts.vectors[block], WIDER * k)
        for positions, scores in ranked(texts, block, base, rows, columns, options):
            yield positions[:k], scores[:k]


def near_pairs(
    texts: EncodedTexts,
    threshold: float,
    options: ScoringOptions,
    *,
    make: MakeIndex | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Pairs:
    """Pairs of texts that score `threshold` or more, each both ways, by the first, then the second text.

    Of the neighbours of each that an index finds: NEAR, more where nearly all of them are such pairs. make: the
    index; None: ApproximateIndex. Raises Cancelled.
    """
    everything = np.arange(len(texts.vectors))
    index = (make or ApproximateIndex)(texts.vectors, everything, cancel)
    kept: list[Pairs] = []
    for step in _steps(len(everything), progress, cancel):
        kept += pairs_from(texts, index, everything[step], threshold, options)
    first, second, scores = (np.concatenate(one) for one in zip(*kept, strict=True))
    return both_ways(first, second, scores)


def pairs_from(
    texts: EncodedTexts, index: NearIndex, rows: Ids, threshold: float, options: ScoringOptions
) -> Iterator[Pairs]:
    """What near pairs begin with `rows`; again with more neighbours for those that may have more."""
    k = NEAR
    while len(rows):
        asked, other = index.search(texts.vectors[rows], k)
        scores = merge_scores(texts, rows[asked], other, options)
        enough = scores >= threshold
        pair = enough & (rows[asked] != other)
        near = np.bincount(asked[enough], minlength=len(rows))
        more = (near > 0.75 * k) & (k < min(NEAR_MOST, len(index)))  # they come nearly in order: else few are left
        pair &= ~more[asked]
        yield rows[asked[pair]], other[pair], scores[pair]
        rows, k = rows[more], k * _GROWTH


def _steps(total: int, progress: Progress | None, cancel: threading.Event | None) -> Iterator[slice]:
    """The numbers below `total` in steps; tells after each how far it is. Raises Cancelled before the next."""
    for start in range(0, total, _STEP):
        if cancel is not None and cancel.is_set():
            raise Cancelled(start, total)
        yield slice(start, start + _STEP)
        if progress:
            progress(min(start + _STEP, total), total)


def both_ways(first: Ids, second: Ids, scores: NDArray[np.float64]) -> Pairs:
    """Each pair once in either direction, by the first, then the second text."""
    one, other = np.concatenate([first, second]), np.concatenate([second, first])
    twice = np.concatenate([scores, scores])
    order = np.lexsort((other, one))
    one, other, twice = one[order], other[order], twice[order]
    new = np.ones(len(one), bool)
    new[1:] = (np.diff(one) != 0) | (np.diff(other) != 0)
    return one[new], other[new], twice[new]
