"""An index of FAISS: an inverted file of vectors in 8 bits, a quarter of what they take; imported on first use."""

from __future__ import annotations

import math
import threading
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.blocks import Ids
from calibration.corpus.near_index import VECTORS_A_CELL, Candidates, cells_for, steps
from calibration.encoding.batching import Vectors

PROBES: Final = 32
"""Cells of the index that a search looks into."""
Stored = NDArray[np.uint8]


class Cells(NamedTuple):
    """The cells to look into for each of n vectors, and how near their centres are; both (n, probes)."""

    numbers: NDArray[np.int64]
    near: NDArray[np.float32]

    def of(self, rows: Ids) -> Cells:
        """Those of some of the vectors."""
        return Cells(self.numbers[rows], self.near[rows])


class FaissIndex:
    """Vectors by the position in which they were added."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors, rows: Ids, cancel: threading.Event | None = None) -> FaissIndex:
        """An index of the vectors numbered `rows`, by their position among them. Raises Cancelled."""
        made = cls.trained(vectors[drawn(rows)], len(rows))
        for step in steps(len(rows), None, cancel):
            made.add(vectors[rows[step]])
        return made

    @classmethod
    def trained(cls, sample: Vectors, total: int) -> FaissIndex:
        """An empty index, whose cells are fitted to a sample of the `total` vectors to come."""
        import faiss

        cells = cells_for(total)
        index: Any = faiss.index_factory(sample.shape[1], f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.nprobe = min(PROBES, cells)
        index.train(np.ascontiguousarray(sample))
        return cls(index)

    @classmethod
    def restored(cls, stored: Stored) -> FaissIndex:
        """The inverse of `stored`."""
        import faiss

        return cls(faiss.deserialize_index(stored))

    def stored(self) -> Stored:
        """As bytes, for another process."""
        import faiss

        found: Stored = faiss.serialize_index(self._index)
        return found

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Take vectors, (n, dim), behind those that are there."""
        self._index.add(np.ascontiguousarray(vectors))

    def cells(self, vectors: Vectors) -> Cells:
        """Where `search` looks for these: the same for all indexes that were trained together."""
        near, numbers = self._index.quantizer.search(np.ascontiguousarray(vectors), self._index.nprobe)
        return Cells(numbers, near)

    def search(self, queries: Vectors, k: int, floor: float = -math.inf, cells: Cells | None = None) -> Candidates:
        """As `NearIndex.search`. cells: where to look, if that is known."""
        asked, wanted = np.ascontiguousarray(queries), min(k, len(self))
        if cells is None:
            scores, found = self._index.search(asked, wanted)
        else:
            scores, found = self._index.search_preassigned(asked, wanted, cells.numbers, cells.near)
        rows, places = np.nonzero((found >= 0) & (scores >= floor))
        return rows, found[rows, places].astype(np.intp)


def drawn(rows: Ids, seed: int = 0) -> Ids:
    """Those of the vectors numbered `rows` that an index of all of them is trained on."""
    some = np.random.default_rng(seed).choice(
        len(rows), min(len(rows), cells_for(len(rows)) * VECTORS_A_CELL), replace=False
    )
    found: Ids = rows[np.sort(some)]
    return found


def index_bytes(vectors: int, dim: int, total: int) -> int:
    """The memory that an index of so many of `total` vectors takes."""
    return vectors * (dim + 8) + 4 * cells_for(total) * dim


def sample_bytes(dim: int, total: int) -> int:
    """The memory of the vectors that an index of `total` is trained on."""
    return 4 * dim * min(total, cells_for(total) * VECTORS_A_CELL)
