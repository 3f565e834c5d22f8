"""Reader of E5S1 files: an E5 model with 4-bit weights, its Unigram pieces and its normalisation map in one file.

Little-endian throughout. A q4 block is 18 bytes for 32 weights: a half-precision scale, then 16 bytes whose low
nibbles are the first 16 weights and whose high nibbles the last 16, each `(nibble - 8) * scale`.
"""

from __future__ import annotations

import itertools
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.errors import ModelDamaged

MAGIC: Final = b"E5S1"
BLOCK: Final = 32
_BLOCK_TYPE: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
_DTYPE_Q4: Final = 1


@dataclass(frozen=True)
class Q4Shape:
    """The sizes of the model, in the order of the file."""

    version: int
    hidden: int
    layers: int
    heads: int
    ffn: int
    vocab: int
    positions: int
    types: int
    eps: float
    block: int


@dataclass(frozen=True)
class Q4Pieces:
    """The Unigram pieces with their log probabilities, the ids of the special ones, and the character map."""

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[str, str]


@dataclass(frozen=True)
class Q4File:
    """A whole file; `weights` maps each name to its values, (n,) float32, which are decoded when asked for."""

    shape: Q4Shape
    pieces: Q4Pieces
    weights: Q4Weights


class Q4Weights:
    """The tensors of a file by name; decoding one at a time keeps memory low."""

    def __init__(self, data: memoryview, table: dict[str, tuple[int, int, int, int]]) -> None:
        self._data = data
        self._table = table

    def names(self) -> tuple[str, ...]:
        """Every tensor, in the order of the file."""
        return tuple(self._table)

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        dtype, count, offset, size = self._table[name]
        raw = self._data[offset : offset + size]
        if dtype == _DTYPE_Q4:
            return dequantise(np.frombuffer(raw, _BLOCK_TYPE))[:count]
        return np.frombuffer(raw, "<f4", count).astype(np.float32)


def dequantise(blocks: np.ndarray) -> NDArray[np.float32]:
    """Weights of q4 `blocks`: (n,) structured -> (32 n,) float32."""
    out = np.empty((len(blocks), BLOCK), np.float32)
    out[:, : BLOCK // 2] = blocks["nibbles"] & 15
    out[:, BLOCK // 2 :] = blocks["nibbles"] >> 4
    out -= 8
    out *= blocks["scale"].astype(np.float32)[:, None]
    return out.reshape(-1)


def read_q4(path: Path) -> Q4File:
    """The model in the file at `path`; raises ModelDamaged where it does not follow the format."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return _read(_Cursor(data))
    except (struct.error, ValueError, IndexError) as error:
        raise ModelDamaged(str(path), str(error)) from error


def _read(cursor: _Cursor) -> Q4File:
    if bytes(cursor.take(4)) != MAGIC:
        raise ValueError(f"does not start with {MAGIC.decode()}")
    shape = Q4Shape(*cursor.unpack("<Iiiiiiiifi"))
    if shape.block != BLOCK:
        raise ValueError(f"has blocks of {shape.block} weights")
    pieces = _read_pieces(cursor)
    table = {}
    for _ in range(cursor.unpack("<i")[0]):
        name = bytes(cursor.take(cursor.unpack("<H")[0])).decode()
        dtype, count, offset, size = cursor.unpack("<BIQQ")
        table[name] = (dtype, count, offset, size)
        if offset + size > len(cursor.data):
            raise ValueError(f"ends before its tensor {name}")
    return Q4File(shape, pieces, Q4Weights(cursor.data, table))


def _read_pieces(cursor: _Cursor) -> Q4Pieces:
    count, bos, eos, pad, unk, size = cursor.unpack("<5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float32)
    blob = bytes(cursor.take(size))
    pieces = tuple(blob[start:end].decode() for start, end in itertools.pairwise(offsets))
    return Q4Pieces(pieces, scores, bos, eos, pad, unk, _read_map(cursor))


def _read_map(cursor: _Cursor) -> dict[str, str]:
    count, _ = cursor.unpack("<iI")
    mapping = {}
    for _ in range(count):
        source, length = cursor.unpack("<IB")
        mapping[chr(source)] = "".join(map(chr, cursor.unpack(f"<{length}I")))
    return mapping


class _Cursor:
    """A place in the file that moves on as it is read."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> memoryview:
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def unpack(self, fmt: str) -> tuple[int, ...]:
        return struct.unpack(fmt, self.take(struct.calcsize(fmt)))
