"""Approximate nearest neighbours for more vectors than memory holds.

An index (`calibration.corpus.faiss_index`, or a Milvus server) only says who comes into question: every score
that decides is made from the vectors themselves. What it overlooks is measured each time: see
`calibration.corpus.recall`.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import Ids
from calibration.corpus.faiss_index import FaissIndex
from calibration.corpus.near_index import Candidates, MakeIndex, steps
from calibration.corpus.nearest import ranked
from calibration.encoding.batching import Progress, Vectors
from calibration.errors import N_, BadArgument, ExtraMissing
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, merge_scores
from calibration.settings import vector_bytes

WIDER: Final = 4
"""Times as many as are wanted come into question: 8 bits do not rank exactly."""
ROUGH: Final = 0.02
"""A pair that the index scores lower than the threshold by more than that is not scored exactly. 8 bits are off by
less; what is lost nevertheless is measured with all that is overlooked."""
NEAR: Final = 64
"""Neighbours of a text that deduplication looks at first."""
NEAR_MOST: Final = 4096
"""And at most, where nearly all of them reach the threshold."""
_GROWTH: Final = 8
_ANSWERS: Final = 2**22
"""Neighbours that are asked for at once: 12 bytes each."""
Pairs = tuple[Ids, Ids, NDArray[np.float64]]
Look = Callable[[Ids, int], Candidates]
"""Who may be among the k best of some texts: places among these, and numbers of texts."""
Score = Callable[[Ids, Ids], NDArray[np.float64]]
"""The exact scores of pairs of texts."""


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
    """As `nearest`, of those that an index finds; k at most. make: the index; None: FaissIndex. Raises
    Cancelled.
    """
    index = (make or FaissIndex.of)(texts.vectors, base, cancel)
    for step in steps(len(queries), progress, cancel):
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
    index; None: FaissIndex. Raises Cancelled.
    """
    everything = np.arange(len(texts.vectors))
    index, kept = (make or FaissIndex.of)(texts.vectors, everything, cancel), list[Pairs]()

    def look(rows: Ids, k: int) -> Candidates:
        return index.search(texts.vectors[rows], k, threshold - ROUGH)

    def score(first: Ids, second: Ids) -> NDArray[np.float64]:
        return merge_scores(texts, first, second, options)

    for step in steps(len(everything), progress, cancel):
        kept += pairs_from(look, score, everything[step], threshold, len(index))
    return both_ways(*together(kept))


def pairs_from(look: Look, score: Score, rows: Ids, threshold: float, most: int) -> Iterator[Pairs]:
    """What near pairs begin with `rows`; again with more neighbours for those that may have more, of `most`."""
    k = NEAR
    while len(rows):
        room, again = max(1, _ANSWERS // k), [rows[:0]]
        for at in range(0, len(rows), room):
            some = rows[at : at + room]
            asked, other = look(some, k)
            scores = score(some[asked], other)
            enough = scores >= threshold
            near = np.bincount(asked[enough], minlength=len(some))
            more = (near > 0.75 * k) & (k < min(NEAR_MOST, most))  # they come nearly in order: else few are left
            pair = enough & ~more[asked]
            yield some[asked[pair]], other[pair], scores[pair]
            again.append(some[more])
        rows, k = np.concatenate(again), k * _GROWTH


def together(found: list[Pairs]) -> Pairs:
    """Pairs that were found one after the other."""
    none = np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    first, second, scores = (np.concatenate(one) for one in zip(none, *found, strict=True))
    return first, second, scores


def both_ways(first: Ids, second: Ids, scores: NDArray[np.float64]) -> Pairs:
    """Each pair of two texts once in either direction, by the first, then the second."""
    two = first != second
    first, second, scores = first[two], second[two], scores[two]
    one, other = np.concatenate([first, second]), np.concatenate([second, first])
    twice = np.concatenate([scores, scores])
    order = np.lexsort((other, one))
    one, other, twice = one[order], other[order], twice[order]
    new = np.ones(len(one), bool)
    new[1:] = (np.diff(one) != 0) | (np.diff(other) != 0)
    return one[new], other[new], twice[new]
