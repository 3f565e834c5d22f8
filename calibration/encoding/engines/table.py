"""A model's token embeddings, read where they are stored: rows of a file that is mapped, never loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.encoding.batching import Vectors

_DTYPES: Final = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_HEADER_LIMIT: Final = 100 * 2**20


@dataclass(frozen=True)
class Place:
    """Where a table of (rows, columns) begins in a safetensors file, given relative to the model's folder."""

    file: str
    offset: int
    dtype: str
    rows: int
    columns: int


class EmbeddingTable:
    """The table at `place` of the model in `folder`. Raises OSError or ValueError where it is not there."""

    def __init__(self, folder: Path, place: Place) -> None:
        shape, dtype = (place.rows, place.columns), np.dtype(_DTYPES[place.dtype])
        mapped = np.memmap(folder / place.file, dtype, "r", place.offset, shape)
        self._rows: NDArray[Any] = np.asarray(mapped)
        self._wide = place.dtype == "BF16"
        self.columns = place.columns

    def of(self, ids: NDArray[np.intp]) -> Vectors:
        """(..., columns) float32 for ids of any shape; raises IndexError for one that the table lacks."""
        rows = self._rows[ids]
        if self._wide:  # the upper half of a float32
            return (rows.astype("<u4") << 16).view(np.float32)
        return rows.astype(np.float32, copy=False)


def find(folder: Path, file: Path, name: str) -> Place:
    """Where the safetensors `file` of the model in `folder` holds the tensor `name`, with or without a prefix.

    Raises ValueError where it does not, or not as rows of floats.
    """
    with file.open("rb") as opened:
        size = int.from_bytes(opened.read(8), "little")
        if size > _HEADER_LIMIT:
            raise ValueError("no safetensors file")
        header: dict[str, Any] = json.loads(opened.read(size))
    found = [at for key, at in header.items() if key == name or key.endswith(f".{name}")]
    if len(found) != 1 or found[0]["dtype"] not in _DTYPES or len(found[0]["shape"]) != 2:
        raise ValueError(f"no table {name}")
    (rows, columns), begin = found[0]["shape"], found[0]["data_offsets"][0]
    return Place(file.relative_to(folder).as_posix(), 8 + size + begin, found[0]["dtype"], rows, columns)
