"""Vectors out of nothing, of the largest models' length, so that the cache alone is measured."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from calibration.encoding import Progress
from calibration.encoding.batching import Batch, Vectors

ROWS = 2000


class RandomEncoder:
    """As an encoder; `computed` counts the texts that it was asked for."""

    name, fingerprint, max_tokens = "random", "benchmark", 512

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.computed = 0
        self._random = np.random.default_rng(0)

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Random unit vectors, some thousand at a time."""
        for start in range(0, len(texts), ROWS):
            rows = np.arange(start, min(start + ROWS, len(texts)))
            self.computed += len(rows)
            found = self._random.normal(size=(len(rows), self.dim)).astype(np.float32)
            yield rows, found / np.linalg.norm(found, axis=1, keepdims=True)

    def encode(
        self,
        texts: Sequence[str],
        *,
        progress: Progress | None = None,  # noqa: ARG002
        cancel: threading.Event | None = None,  # noqa: ARG002
    ) -> Vectors:
        """All of them."""
        return np.vstack([vectors for _, vectors in self.batches(texts)])

    def raw(self, text: str) -> Vectors:
        """One of them."""
        return self.encode([text])[0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About one a character."""
        return [len(text) + 2 for text in texts]

    def truncate(self, text: str) -> tuple[str, str]:
        """Nothing is cut."""
        return text, ""

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Every character is known."""
        return [""] * len(texts)
