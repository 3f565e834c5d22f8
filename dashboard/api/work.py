"""A request's work for the encoder: its texts, in slices of one turn each, and its answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import numpy as np

from calibration.encoding.batching import Progress, Vectors
from calibration.encoding.protocol import Encoder

T = TypeVar("T")

SLICE: Final = 64
"""Texts of one request that one turn encodes at most."""
SLICE_TOKENS: Final = 1024
"""Tokens of one request that one turn encodes at most, a longer text apart: the fastest batch, and about half
a second of one core with the bundled model."""


@dataclass(frozen=True)
class Work(Generic[T]):
    """What a request needs: the `texts` it will ask vectors of, and how to answer with an encoder that has them."""

    texts: Sequence[str]
    answer: Callable[[Encoder], T]


@dataclass(eq=False)
class Item:
    """A request in the queue: what is left to encode, and the vectors that it has."""

    work: Work[Any]
    future: Future[Any]
    left: list[str]
    known: dict[str, Vectors] = field(default_factory=dict)
    encoder: Encoder | None = None
    moved: float = field(default_factory=time.monotonic)
    """When it came, or when its last slice was encoded."""
    is_long: bool = field(init=False)
    """Whether it takes more than one turn."""

    def __post_init__(self) -> None:
        """Decide it once: the last slice of a long request is still one of its."""
        self.is_long = len(self.left) > SLICE or self.tokens > SLICE_TOKENS

    @property
    def tokens(self) -> int:
        """About how many tokens are left to encode."""
        return sum(map(tokens_of, self.left))

    def take(self, vectors: Mapping[str, Vectors], encoded: Sequence[str]) -> None:
        """Keep the vectors of the slice that was `encoded`."""
        self.known |= {text: vectors[text] for text in encoded}
        self.left = self.left[len(encoded) :]
        self.moved = time.monotonic()

    def slice(self) -> list[str]:
        """The texts of the next turn, one at least."""
        tokens, size = 0, 0
        for text in self.left[:SLICE]:
            tokens += min(tokens_of(text), self.encoder.max_tokens) if self.encoder else tokens_of(text)
            if size and tokens > SLICE_TOKENS:
                break
            size += 1
        return self.left[:size]


def tokens_of(text: str) -> int:
    """About how many tokens a text has, without a tokenizer: one a Chinese character, one for three Latin letters.

    >>> tokens_of("花呗怎么还款"), tokens_of("repay a loan")
    (8, 6)
    """
    return len(text.encode("utf-8", "surrogatepass")) // 3 + 2


def end(item: Item, answer: Callable[[], Any]) -> None:
    """Give a request its result or error, unless it was cancelled."""
    if not item.future.set_running_or_notify_cancel():
        return
    try:
        item.future.set_result(answer())
    except Exception as error:
        item.future.set_exception(error)


def fail(group: list[Item], error: Exception) -> int:
    """Give every request the error; no text was encoded."""
    for item in group:
        end(item, lambda: _raise(error))
    return 0


def _raise(error: Exception) -> None:
    raise error


class Known:
    """An encoder that has vectors at hand; where one of a call is missing, it asks the real one for all of it."""

    def __init__(self, encoder: Encoder, known: dict[str, Vectors]) -> None:
        self._encoder, self._known = encoder, known
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dim, self.max_tokens = encoder.dim, encoder.max_tokens
        self.raw, self.count_tokens = encoder.raw, encoder.count_tokens
        self.truncate, self.unknown = encoder.truncate, encoder.unknown

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """As the real encoder's."""
        if not all(text in self._known for text in texts):
            return self._encoder.encode(texts, progress=progress, cancel=cancel)
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return np.stack([self._known[text] for text in texts])
