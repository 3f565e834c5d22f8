"""Vectors on their way to a target, saved chunk by chunk so that an interruption loses none."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from calibration.corpus.facts import write_json
from calibration.encoding.batching import Vectors

ROW: Final = "row"
TEXT: Final = "text"
VECTOR: Final = "vector"
TRUNCATED: Final = "truncated"
_JOB: Final = "job.json"
_FILLING: Final = "filling"


@dataclass(frozen=True)
class VectorChunk:
    """Vectors of rows that come one after the other: lines (k,), texts k, vectors (k, dim)."""

    lines: NDArray[np.int64]
    texts: list[str]
    vectors: Vectors


class JobFolder:
    """A folder for what is done of one job. What another job left there is cleared away."""

    def __init__(self, folder: Path, job: Mapping[str, Any]) -> None:
        self.folder, self._job = folder, dict(job)
        if self._read() != self._job:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_json(self._job, folder / _JOB)

    def remove(self) -> None:
        """The job is done: nothing of this is needed any more."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> Any:
        try:
            return json.loads((self.folder / _JOB).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


class Parts(JobFolder):
    """Chunks of vectors of one job."""

    def has(self, number: int) -> bool:
        """Whether chunk `number` is there, whole."""
        return self._path(number).is_file()

    def keep(self, number: int, chunk: VectorChunk, truncated: int) -> None:
        """Write a chunk, all of it or nothing."""
        temporary = self._path(number).with_suffix(".tmp")
        pq.write_table(table(chunk, {TRUNCATED: str(truncated)}), temporary)
        os.replace(temporary, self._path(number))

    def truncated(self, number: int) -> int:
        """How many of a chunk's texts were not read to their end."""
        metadata = pq.read_schema(self._path(number)).metadata or {}
        return int(metadata[TRUNCATED.encode()])

    def chunks(self) -> Iterator[VectorChunk]:
        """All chunks in order, one at a time."""
        number = 0
        while self.has(number):
            yield read_chunk(pq.read_table(self._path(number)))
            number += 1

    @property
    def filling(self) -> bool:
        """Whether the target was begun."""
        return (self.folder / _FILLING).exists()

    def begin_filling(self) -> None:
        """The target is begun: what is there from now on is ours."""
        (self.folder / _FILLING).touch()

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.parquet"


def schema(dim: int, metadata: Mapping[str, str] | None = None) -> pa.Schema:
    """Columns row (in the source file), text (as given), vector (dim floats)."""
    fields = [(ROW, pa.int64()), (TEXT, pa.string()), (VECTOR, pa.list_(pa.float32(), dim))]
    return pa.schema(fields, metadata=dict(metadata or {}))


def table(chunk: VectorChunk, metadata: Mapping[str, str] | None = None) -> pa.Table:
    """A chunk as an Arrow table."""
    dim = chunk.vectors.shape[1]
    flat = pa.array(np.ascontiguousarray(chunk.vectors, np.float32).reshape(-1))
    columns = [
        pa.array(chunk.lines),
        pa.array(chunk.texts, pa.string()),
        pa.FixedSizeListArray.from_arrays(flat, dim),
    ]
    return pa.Table.from_arrays(columns, schema=schema(dim, metadata))


def read_chunk(found: pa.Table) -> VectorChunk:
    """The inverse of `table`."""
    column = found.column(VECTOR).combine_chunks()
    vectors = column.flatten().to_numpy().reshape(len(column), column.type.list_size)
    return VectorChunk(found.column(ROW).to_numpy(), found.column(TEXT).to_pylist(), vectors)
