"""Targets for vectors: a .npy or Parquet file, a FAISS index, Milvus."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calibration.corpus.facts import FACTS, VectorFacts, write_facts
from calibration.corpus.milvus import MilvusTarget
from calibration.corpus.milvus_runs import RunTarget
from calibration.corpus.parts import ROW, TEXT, VectorChunk, schema, table
from calibration.corpus.vector_address import FAISS, NPY, PARQUET, Address


class Target(Protocol):
    """Takes chunks in order; what it makes is there once `finish` has returned, and not before."""

    def add(self, chunk: VectorChunk) -> None:
        """Take the next chunk."""

    def finish(self, facts: VectorFacts) -> None:
        """All chunks are there: put the whole, with its facts, in its place."""


def target(where: Address, rows: int, dim: int, facts: VectorFacts, *, replace: bool) -> Target:
    """A target at `where`; `replace` allows to drop a Milvus collection of that name."""
    if where.kind == NPY:
        return _Npy(where.path, rows, dim)
    if where.kind == PARQUET:
        return _Parquet(where.path, dim, facts)
    if where.kind == FAISS:
        return _Faiss(where.path, dim)
    if where.run:
        return RunTarget(where, facts)
    return MilvusTarget(where, facts, replace=replace)


def rows_path(path: Path) -> Path:
    """Where the rows and texts of vectors are whose own format has no room for them."""
    return path.with_name(path.name + ".rows.parquet")


class _RowsFile:
    """Row numbers and texts beside vectors."""

    def __init__(self, path: Path) -> None:
        self._path, self._temporary = rows_path(path), _temporary(rows_path(path))
        self._writer = pq.ParquetWriter(self._temporary, pa.schema([(ROW, pa.int64()), (TEXT, pa.string())]))

    def add(self, chunk: VectorChunk) -> None:
        self._writer.write_table(table(chunk).select([ROW, TEXT]))

    def finish(self) -> None:
        self._writer.close()
        os.replace(self._temporary, self._path)


class _Npy:
    def __init__(self, path: Path, rows: int, dim: int) -> None:
        self._path, self._temporary, self._at = path, _temporary(path), 0
        self._array: Any = np.lib.format.open_memmap(self._temporary, "w+", np.float32, (rows, dim))
        self._rows = _RowsFile(path)

    def add(self, chunk: VectorChunk) -> None:
        self._array[self._at : self._at + len(chunk.lines)] = chunk.vectors
        self._at += len(chunk.lines)
        self._rows.add(chunk)

    def finish(self, facts: VectorFacts) -> None:
        self._array.flush()
        del self._array
        self._rows.finish()
        os.replace(self._temporary, self._path)
        write_facts(facts, self._path)


class _Parquet:
    def __init__(self, path: Path, dim: int, facts: VectorFacts) -> None:
        self._path, self._temporary = path, _temporary(path)
        metadata = {FACTS: json.dumps(facts.to_json(), ensure_ascii=False)}
        self._writer = pq.ParquetWriter(self._temporary, schema(dim, metadata))

    def add(self, chunk: VectorChunk) -> None:
        self._writer.write_table(table(chunk))

    def finish(self, facts: VectorFacts) -> None:
        self._writer.close()
        os.replace(self._temporary, self._path)
        write_facts(facts, self._path)


class _Faiss:
    """An exact index by inner product; FAISS holds it in memory until it is written."""

    def __init__(self, path: Path, dim: int) -> None:
        import faiss

        self._path, self._index, self._rows = path, faiss.IndexFlatIP(dim), _RowsFile(path)

    def add(self, chunk: VectorChunk) -> None:
        self._index.add(np.ascontiguousarray(chunk.vectors))
        self._rows.add(chunk)

    def finish(self, facts: VectorFacts) -> None:
        import faiss

        temporary = _temporary(self._path)
        faiss.write_index(self._index, str(temporary))
        self._rows.finish()
        os.replace(temporary, self._path)
        write_facts(facts, self._path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


def stored_rows(path: Path) -> Iterator[pa.RecordBatch]:
    """Row numbers and texts beside the vectors at `path`, a batch at a time."""
    yield from pq.ParquetFile(rows_path(path)).iter_batches()
