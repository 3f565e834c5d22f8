"""Targets for vectors: a .npy or Parquet file, a FAISS index, Milvus."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calibration.corpus.facts import VectorFacts, write_facts
from calibration.corpus.parts import ROW, TEXT, VectorChunk, schema, table
from calibration.errors import N_, BadArgument, ExtraMissing
from calibration.messages.note import note
from calibration.settings import data_dir

NPY: Final = "npy"
PARQUET: Final = "parquet"
FAISS: Final = "faiss"
MILVUS: Final = "milvus"
FACTS: Final = "simtier"
"""The key of the facts in a Parquet file's metadata."""
COLLECTION: Final = "simtier"
_ENDINGS: Final = {".npy": NPY, ".parquet": PARQUET, ".pq": PARQUET, ".faiss": FAISS, ".db": MILVUS}
_URI: Final = re.compile(r"https?://|tcp://|unix:")
_RUN: Final = re.compile(r"[\w.-]{1,64}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


@dataclass(frozen=True)
class Address:
    """Where vectors are: `kind` is one of npy, parquet, faiss, milvus; `at` a path or a cluster's URI.

    run: the name of the rows that are written, among others of the same collection; blank for a collection that is
    written as a whole.
    """

    kind: str
    at: str
    collection: str = COLLECTION
    run: str = ""

    @property
    def path(self) -> Path:
        """The file; meaningless for a cluster."""
        return Path(self.at)

    @property
    def remote(self) -> bool:
        """Whether it is a cluster."""
        return self.kind == MILVUS and _URI.match(self.at) is not None

    @property
    def parts(self) -> Path:
        """Where chunks are until the target is whole: beside a file; for a cluster in the data directory."""
        if not self.remote:
            return self.path.with_name(self.path.name + ".part")
        return (
            data_dir()
            / "exports"
            / (re.sub(r"\W+", "_", f"{self.at}_{self.collection}_{self.run}").rstrip("_") + ".part")
        )


def address(given: str, collection: str = COLLECTION, run: str = "") -> Address:
    """What a user means by a path or URI. Raises BadArgument, and ExtraMissing where the package is not installed.

    >>> address("faq.npy").kind
    'npy'
    """
    kind = MILVUS if _URI.match(given) else _ENDINGS.get(Path(given).suffix.lower())
    if kind is None:
        raise BadArgument(
            "vectors", note(N_("{endings}, or the URI of a Milvus cluster"), endings=" ".join(_ENDINGS)), given
        )
    if not _NAME.fullmatch(collection):
        raise BadArgument(
            "collection", N_("letters, digits and underscores, not beginning with a digit"), collection
        )
    if kind == FAISS and importlib.util.find_spec("faiss") is None:
        raise ExtraMissing("FAISS", "faiss")
    if kind == MILVUS and importlib.util.find_spec("pymilvus") is None:
        raise ExtraMissing("Milvus", "milvus")
    found = Address(kind, given, collection, run)
    if run and not (found.remote and _RUN.fullmatch(run)):
        raise BadArgument("--run", N_("for a Milvus server, of letters, digits and ._- (at most 64)"), run)
    return found


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
        from calibration.corpus.milvus_runs import RunTarget

        return RunTarget(where, facts)
    from calibration.corpus.milvus import MilvusTarget

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
