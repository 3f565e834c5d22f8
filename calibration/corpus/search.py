"""Search exported vectors with the model that made them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from calibration.corpus.facts import DAMAGED, FACTS, NO_FACTS, VectorFacts, read_facts
from calibration.corpus.parts import ROW, TEXT, VECTOR
from calibration.corpus.targets import rows_path
from calibration.corpus.vector_address import FAISS, MILVUS, NPY, Address
from calibration.encoding.batching import Vectors
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument, FileUnreadable, VectorsUnusable
from calibration.tables import rules
from calibration.text.cleaning import clean

_STEP: Final = 65_536
Answer = tuple[NDArray[np.int64], NDArray[np.float64], list[list[str]]]
"""Rows (q, k), scores (q, k) and texts of the best k for each query."""


@dataclass(frozen=True)
class Hit:
    """One text that was found: its row in the file that was embedded, and its score in [-1, 1]."""

    row: int
    score: float
    text: str


class Searchable(Protocol):
    """Vectors and what made them."""

    @property
    def facts(self) -> VectorFacts:
        """Which model made them, of which texts."""

    def search(self, queries: Vectors, k: int) -> Answer:
        """The best k."""


def search_vectors(where: Address, queries: Sequence[str], encoder: Encoder, k: int = 10) -> list[list[Hit]]:
    """The `k` most similar texts for each query, best first, exactly (a Milvus cluster searches as it is set up).

    Raises VectorsMismatch or CleanerMismatch where another model or cleaning made the vectors, VectorsUnusable
    where that cannot be told or they are damaged, FileUnreadable, BadArgument, ExtraMissing.
    """
    if k < 1:
        raise BadArgument("k", N_("at least 1"), k)
    vectors = open_vectors(where)
    cleaning = vectors.facts.check(encoder, where.at)
    cleaned = [clean(text, cleaning) for text in queries]
    if not all(cleaned):
        raise BadArgument("text", N_("not empty once invisible characters and blanks are gone"), "")
    rows, scores, texts = vectors.search(encoder.encode(cleaned), min(k, vectors.facts.rows))
    return [
        [Hit(int(row), float(np.clip(score, -1.0, 1.0)), text) for row, score, text in zip(*one, strict=True)]
        for one in zip(rows, scores, texts, strict=True)
    ]


def open_vectors(where: Address) -> Searchable:
    """Exported vectors, with their facts read and checked against them."""
    if where.kind == MILVUS:
        from calibration.corpus.milvus import MilvusVectors

        if not where.remote and not where.path.exists():
            raise FileUnreadable(where.at, rules.NOT_FOUND)
        return MilvusVectors(where)
    if not where.path.exists():
        raise FileUnreadable(where.at, rules.NOT_FOUND)
    if where.kind == NPY:
        return _NpyVectors(where)
    return _FaissVectors(where) if where.kind == FAISS else _ParquetVectors(where)


class _NpyVectors:
    def __init__(self, where: Address) -> None:
        self.facts, self._where = read_facts(where.path), where
        try:
            self._array = np.load(where.path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise VectorsUnusable(where.at, DAMAGED) from error
        if self._array.dtype != np.float32 or self._array.shape != (self.facts.rows, self.facts.dim):
            raise VectorsUnusable(where.at, DAMAGED)

    def search(self, queries: Vectors, k: int) -> Answer:
        blocks = (np.array(self._array[at : at + _STEP]) for at in range(0, len(self._array), _STEP))
        return _named(self._where, *best_of(queries, blocks, k))


class _FaissVectors:
    def __init__(self, where: Address) -> None:
        import faiss

        self.facts, self._where = read_facts(where.path), where
        try:
            self._index: Any = faiss.read_index(str(where.path))
        except RuntimeError as error:
            raise VectorsUnusable(where.at, DAMAGED) from error
        if (self._index.ntotal, self._index.d) != (self.facts.rows, self.facts.dim):
            raise VectorsUnusable(where.at, DAMAGED)

    def search(self, queries: Vectors, k: int) -> Answer:
        scores, positions = self._index.search(np.ascontiguousarray(queries), k)
        return _named(self._where, positions, scores)


class _ParquetVectors:
    def __init__(self, where: Address) -> None:
        self._where = where
        try:
            self._file = pq.ParquetFile(where.path)
            metadata = self._file.schema_arrow.metadata or {}
            self.facts = VectorFacts.from_json(json.loads(metadata[FACTS.encode()]), where.at)
        except (pa.ArrowException, OSError) as error:
            raise VectorsUnusable(where.at, DAMAGED) from error
        except (KeyError, ValueError) as error:
            raise VectorsUnusable(where.at, NO_FACTS) from error
        kind = self._file.schema_arrow.field(VECTOR).type if VECTOR in self._file.schema_arrow.names else None
        if kind != pa.list_(pa.float32(), self.facts.dim) or self._file.metadata.num_rows != self.facts.rows:
            raise VectorsUnusable(where.at, DAMAGED)

    def search(self, queries: Vectors, k: int) -> Answer:
        positions, scores = best_of(queries, self._blocks(), k)
        return _rows_at(self._file.iter_batches(_STEP, columns=[ROW, TEXT]), positions, scores)

    def _blocks(self) -> Iterator[Vectors]:
        for batch in self._file.iter_batches(_STEP // 8, columns=[VECTOR]):
            yield np.array(batch.column(0).flatten()).reshape(-1, self.facts.dim)


def best_of(queries: Vectors, blocks: Iterator[Vectors], k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Positions and scores (q, k) of the best k over all blocks, of equals the first."""
    import torch  # takes a second: a page or command that only reads has no use for it

    asked = torch.from_numpy(np.ascontiguousarray(queries))
    best = np.empty((len(queries), 0))
    places = np.empty((len(queries), 0), np.int64)
    begin = 0
    for block in blocks:
        scores, order = torch.topk(asked @ torch.from_numpy(block).T, min(k, len(block)), dim=1)
        best = np.concatenate([best, scores.numpy().astype(np.float64)], axis=1)
        places = np.concatenate([places, order.numpy() + begin], axis=1)
        kept = np.lexsort((places, -best), axis=1)[:, :k]
        best, places = np.take_along_axis(best, kept, axis=1), np.take_along_axis(places, kept, axis=1)
        begin += len(block)
    return places, best


def _named(where: Address, positions: NDArray[np.int64], scores: NDArray[np.float64]) -> Answer:
    try:
        return _rows_at(pq.ParquetFile(rows_path(where.path)).iter_batches(_STEP), positions, scores)
    except (pa.ArrowException, OSError) as error:
        raise VectorsUnusable(str(rows_path(where.path)), DAMAGED) from error


def _rows_at(
    batches: Iterator[pa.RecordBatch], positions: NDArray[np.int64], scores: NDArray[np.float64]
) -> Answer:
    """Rows and texts at positions, without holding all texts."""
    wanted = np.unique(positions)
    rows, texts, begin = np.zeros(len(wanted), np.int64), [""] * len(wanted), 0
    for batch in batches:
        mine = np.flatnonzero((wanted >= begin) & (wanted < begin + batch.num_rows))
        chosen = batch.take(pa.array(wanted[mine] - begin))
        rows[mine] = chosen.column(0).to_numpy()
        for at, text in zip(mine.tolist(), chosen.column(1).to_pylist(), strict=True):
            texts[at] = text
        begin += batch.num_rows
    found = np.searchsorted(wanted, positions)
    return rows[found], scores, [[texts[place] for place in one] for one in found.tolist()]
