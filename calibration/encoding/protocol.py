"""The interface of an encoder, whatever model or service is behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from calibration.encoding.batching import Batch, Progress, Vectors


@runtime_checkable
class Encoder(Protocol):
    """Texts to vectors. `fingerprint` names what it computes: equal fingerprints, equal vectors."""

    @property
    def name(self) -> str:
        """What the user called the model."""

    @property
    def fingerprint(self) -> str:
        """Hex digits, equal where the vectors are."""

    @property
    def dim(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """What the model reads of a text at most, special tokens and prompt included."""

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised, in the order of `texts`.

        Progress counts distinct texts. Raises Cancelled between two batches once `cancel` is set.
        """

    def raw(self, text: str) -> Vectors:
        """The vector of one text, (dim,), before any normalisation."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""

    def truncate(self, text: str) -> tuple[str, str]:
        """What of `text` the model reads, and the tail that it never sees, empty where it reads all."""

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """The characters of each text that the tokenizer does not know, in order; empty where it knows all."""


@runtime_checkable
class BatchEncoder(Encoder, Protocol):
    """An encoder that hands over its vectors batch by batch, so that a caller can keep them as they come."""

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of `texts`, which are distinct; each batch is computed when it is asked for."""
