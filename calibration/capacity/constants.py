"""Processor time and disk speed of this machine, measured within seconds."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np

from calibration.corpus.leaders import find_leaders
from calibration.encoding.batching import Progress
from calibration.encoding.protocol import Encoder
from calibration.encoding.speed import short_texts
from calibration.errors import N_, BadArgument, FileUnreadable
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts

COMPARED: Final = 49_152
"""Vectors that are compared with each other to time it: 1.2 billion pairs, and as many as take the bounds of large
corpora."""
DIMS: Final = (256, 1024)
ENCODED: Final = 480
WRITTEN: Final = 64 * 2**20
STEPS: Final = 3
_FAR: Final = 0.99
"""A threshold that no two random vectors reach."""


@dataclass(frozen=True)
class Constants:
    """What one core of one machine does.

    model: fingerprint of the encoder, whose vectors have `dim` numbers. encode: processor seconds a text of
    `tokens` tokens. pair, number: processor seconds that exact deduplication takes for a pair of vectors, and
    besides for each of their numbers. write: bytes a second, synced to the disk.
    """

    model: str
    dim: int
    encode: float
    tokens: float
    pair: float
    number: float
    write: float

    def __post_init__(self) -> None:
        for name in ("dim", "encode", "tokens", "pair", "number", "write"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise BadArgument(name, N_("a positive number"), value)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write them as JSON."""
        Path(path).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Constants:
        """Read what `save` wrote. Raises FileUnreadable and BadArgument."""
        try:
            found = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FileUnreadable(str(path), N_("no JSON with the constants of `simtier estimate`")) from error
        names = {field.name for field in fields(cls)}
        if not isinstance(found, dict) or set(found) != names:
            raise FileUnreadable(str(path), N_("no JSON with the constants of `simtier estimate`"))
        return cls(**found)


def measure_constants(encoder: Encoder, *, progress: Progress | None = None) -> Constants:
    """Time `encoder` (not a cached one), comparisons, and the disk."""
    look = progress or (lambda _done, _total: None)
    encode = encode_seconds(encoder)
    look(1, STEPS)
    pair, number = compare_seconds()
    look(2, STEPS)
    write = write_speed()
    look(3, STEPS)
    tokens = float(np.mean(encoder.count_tokens(short_texts(ENCODED))))
    return Constants(encoder.fingerprint, encoder.dim, encode, tokens, pair, number, write)


def encode_seconds(encoder: Encoder) -> float:
    """Processor seconds a short text, the lower of two rounds."""
    texts = short_texts(ENCODED)
    encoder.encode(texts[:2])  # the first call pays for what later ones find ready
    rounds = []
    for half in (texts[: ENCODED // 2], texts[ENCODED // 2 :]):
        begun = time.process_time()
        encoder.encode(half)
        rounds.append((time.process_time() - begun) / len(half))
    return min(rounds)


def compare_seconds() -> tuple[float, float]:
    """Processor seconds a pair, and besides for each number of its vectors: a line through two dimensions."""
    _compare_seconds(DIMS[0], 64)  # the first call pays for what later ones find ready
    narrow, wide = (_compare_seconds(dim) for dim in DIMS)
    number = max((wide - narrow) / (DIMS[1] - DIMS[0]), narrow / DIMS[1] / 100)
    return max(narrow - DIMS[0] * number, narrow / 100), number


def _compare_seconds(dim: int, n: int = COMPARED, seed: int = 0) -> float:
    """Processor seconds a pair, among random vectors none of which are near duplicates."""
    vectors = np.random.default_rng(seed).standard_normal((n, dim), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = EncodedTexts(vectors, np.arange(n + 1), np.ones(n, np.intp), np.zeros(n, bool))
    begun = time.process_time()
    find_leaders(texts, np.arange(n), _FAR, DEFAULT_OPTIONS)
    return (time.process_time() - begun) / (n * (n - 1) / 2)


def write_speed(size: int = WRITTEN) -> float:
    """Bytes a second to the folder for temporary files, synced."""
    block = os.urandom(2**20)
    with tempfile.NamedTemporaryFile() as file:
        begun = time.perf_counter()
        for _ in range(size // len(block)):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        return size / (time.perf_counter() - begun)
