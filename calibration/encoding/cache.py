"""An encoder with a vector cache on disk: no text is encoded twice, even across runs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from calibration.encoding.batching import Batch, Indices, Progress, Vectors, collect, distinct, repeated, room
from calibration.encoding.encoder import BatchEncoder
from calibration.encoding.vector_cache import VectorCache
from calibration.encoding.vector_file import Owner
from calibration.text.cleaning import CLEANER_VERSION

CACHE_NAME: Final = "vectors.sqlite"
SAME_COSINE: Final = 0.9999
"""Batches and devices move a vector's last bits; damage moves it further."""
_KEY_BYTES: Final = 16
_KEYS_A_STEP: Final = 8192


@dataclass(frozen=True)
class Rechecked:
    """Of `compared` entries, how many held another vector than the model computes now (`wrong`, removed).

    known: the entries whose texts were given, of which those are a sample.
    """

    compared: int
    wrong: int
    known: int


class CachedEncoder:
    """`encoder` behind a vector cache at `path`; `hits` and `misses` count distinct texts since the start.

    Vectors are kept as each batch is done, so a cancel or a crash loses one batch at most. A vector from the
    cache is bit for bit the one that was written.
    """

    def __init__(self, encoder: BatchEncoder, path: Path) -> None:
        self._encoder = encoder
        self._cache = VectorCache(path, encoder.dim, Owner(encoder.fingerprint, encoder.name, encoder.dim))
        self._seed = hashlib.blake2b(digest_size=_KEY_BYTES)
        self._seed.update(f"{encoder.fingerprint}\0{CLEANER_VERSION}\0".encode())
        self._count_lock = threading.Lock()
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dim = encoder.dim
        self.max_tokens = encoder.max_tokens
        self.hits = 0
        self.misses = 0

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised, in the order of `texts`; only what the cache lacks is computed.

        Raises Cancelled between two batches once `cancel` is set; what is done by then stays in the cache.
        """
        unique, inverse = distinct(texts)
        keys = [self._key(text) for text in unique]
        out = room(len(unique), self.dim)
        missing = self._fill(out, keys)
        collect(
            self._missing(unique, missing),
            out,
            done=len(unique) - len(missing),
            progress=progress,
            cancel=cancel,
            keep=lambda rows, vectors: self._cache.write([keys[row] for row in rows], vectors),
        )
        return repeated(out, inverse)

    @property
    def path(self) -> Path:
        """The cache's file."""
        return self._cache.path

    @property
    def uncached(self) -> BatchEncoder:
        """The encoder itself, which computes every vector without the cache."""
        return self._encoder

    def recheck(self, texts: Sequence[str], sample: int | None = None, seed: int = 0) -> Rechecked:
        """Recompute those of `texts` that the cache has, or a random `sample` of them.

        Entries that come out otherwise are removed.
        """
        keys = {self._key(text): text for text in texts}
        found = self._cache.read(list(keys))
        drawn = sorted(found)
        if sample is not None and sample < len(drawn):
            drawn = [drawn[at] for at in np.random.default_rng(seed).choice(len(drawn), sample, replace=False)]
        vectors = self._encoder.encode([keys[key] for key in drawn])
        wrong = [k for k, vector in zip(drawn, vectors, strict=True) if float(found[k] @ vector) < SAME_COSINE]
        self._cache.remove(wrong)
        return Rechecked(len(drawn), len(wrong), len(found))

    def raw(self, text: str) -> Vectors:
        """The vector of one text, (dim,), before any normalisation; never cached."""
        return self._encoder.raw(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""
        return self._encoder.count_tokens(texts)

    def truncate(self, text: str) -> tuple[str, str]:
        """What of `text` the model reads, and the tail that it never sees, empty where it reads all."""
        return self._encoder.truncate(text)

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """The characters of each text that the model does not know, in their order."""
        return self._encoder.unknown(texts)

    def close(self) -> None:
        """Close the cache's connections, which it opens again on use, and those of an encoder that has its own."""
        self._cache.close()
        if hasattr(self._encoder, "close"):
            self._encoder.close()

    def _key(self, text: str) -> bytes:
        key = self._seed.copy()
        key.update(text.encode("utf-8", "surrogatepass"))
        return key.digest()

    def _fill(self, out: Vectors, keys: list[bytes]) -> Indices:
        """Write the cached vectors into `out`; the rows that are missing."""
        lacking = np.ones(len(keys), bool)
        for start in range(0, len(keys), _KEYS_A_STEP):

            def put(places: Indices, vectors: Vectors, start: int = start) -> None:
                out[start + places] = vectors
                lacking[start + places] = False

            self._cache.find(keys[start : start + _KEYS_A_STEP], put)
        missing = np.flatnonzero(lacking)
        with self._count_lock:
            self.hits += len(keys) - len(missing)
            self.misses += len(missing)
        return missing

    def _missing(self, texts: list[str], rows: Indices) -> Iterator[Batch]:
        for positions, vectors in self._encoder.batches([texts[row] for row in rows]):
            yield rows[positions], vectors
