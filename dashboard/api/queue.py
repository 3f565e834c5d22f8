"""Few threads that encode for all requests: each takes what waits, all at once, and answers each.

Requests that wait together are encoded together, which costs little more than one of them. A request of many texts
is encoded in slices, between which small ones go first; every fourth turn it has a slice in any case.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import numpy as np

from calibration.encoding.batching import Progress, Vectors
from calibration.encoding.protocol import Encoder
from dashboard.api.errors import Busy

T = TypeVar("T")
Observe = Callable[[int, int], None]

TOGETHER: Final = 64
"""Requests that one turn answers at most."""
SLICE: Final = 64
"""Texts of one request that one turn encodes at most."""
BULK_EVERY: Final = 4
"""Of so many turns, one takes a slice of a long request although small ones wait."""
START_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Work(Generic[T]):
    """What a request needs: the `texts` it will ask vectors of, and how to answer with an encoder that has them."""

    texts: Sequence[str]
    answer: Callable[[Encoder], T]


@dataclass(eq=False)
class _Item:
    work: Work[Any]
    future: Future[Any]
    left: list[str]
    known: dict[str, Vectors] = field(default_factory=dict)
    encoder: Encoder | None = None


class EncoderQueue:
    """A bounded queue before the encoder. `waiting`: requests that may wait before `submit` raises Busy.

    `observe` is told, after each turn, how many requests and texts it took.
    """

    def __init__(
        self,
        encoder: Callable[[], Encoder],
        waiting: int = 20,
        observe: Observe | None = None,
        threads: int = 1,
    ) -> None:
        self._encoder, self._limit, self._observe = encoder, waiting, observe
        self._small: deque[_Item] = deque()
        self._long: deque[_Item] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._turn = 0
        self._seconds = START_SECONDS
        names = [f"encoder-queue-{number}" for number in range(threads)]
        self._threads = [threading.Thread(target=self._serve, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def __len__(self) -> int:
        """How many requests wait."""
        with self._changed:
            return len(self._small) + len(self._long)

    async def run(self, work: Work[T]) -> T:
        """The answer of `work`; cancelling the caller takes it out of the queue. Raises Busy, or what it raises."""
        return await asyncio.wrap_future(self.submit(work))

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue `work`; raises Busy where too many wait already, or the queue is closing."""
        item = _Item(work, Future(), list(dict.fromkeys(work.texts)))
        with self._changed:
            waiting = len(self._small) + len(self._long)
            if self._closing or waiting >= self._limit:
                raise Busy(max(1, math.ceil(self._seconds * (1 + waiting / TOGETHER))))
            (self._long if len(item.left) > SLICE else self._small).append(item)
            self._changed.notify()
        item.future.add_done_callback(lambda future: self._leave(item) if future.cancelled() else None)
        return item.future

    def close(self, seconds: float | None = None) -> None:
        """Refuse new work, answer what was accepted, and end; waits for `seconds` at most."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        until = None if seconds is None else time.monotonic() + seconds
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))

    def _leave(self, item: _Item) -> None:
        with self._changed:
            for line in (self._small, self._long):
                if item in line:
                    line.remove(item)

    def _serve(self) -> None:
        while group := self._next():
            begun = time.monotonic()
            texts = self._encode(group)
            for item in group:
                self._answer(item)
            self._seconds += 0.2 * (time.monotonic() - begun - self._seconds)
            if self._observe:
                self._observe(len(group), texts)

    def _next(self) -> list[_Item]:
        """Block until there is something to do; nothing once the queue has closed and is empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._small or self._long or self._closing)
            self._turn += 1
            share = math.ceil(len(self._small) / len(self._threads))  # the rest is the other threads'
            group = [self._small.popleft() for _ in range(min(TOGETHER, share))]
            if self._long and (not group or self._turn % BULK_EVERY == 0):
                group.append(self._long.popleft())
            return group

    def _encode(self, group: list[_Item]) -> int:
        """Encode the next slice of every request, each with the encoder that it began with; how many texts."""
        try:
            current = self._encoder()
        except Exception as error:
            return _fail(group, error)
        for item in group:
            item.encoder = item.encoder or current
        texts = self._encode_with(current, [item for item in group if item.encoder is current])
        # Another model took over while these long requests were under way.
        for item in group:
            if item.encoder is not None and item.encoder is not current:
                texts += self._encode_with(item.encoder, [item])
        return texts

    def _encode_with(self, encoder: Encoder, group: list[_Item]) -> int:
        """Encode the next slices of these requests in one go; how many distinct texts that were."""
        slices = [item.left[:SLICE] for item in group]
        texts = list(dict.fromkeys(text for piece in slices for text in piece))
        try:
            found = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
        except Exception as error:
            return _fail(group, error)
        for item, piece in zip(group, slices, strict=True):
            item.known |= {text: found[text] for text in piece}
            item.left = item.left[SLICE:]
        return len(texts)

    def _answer(self, item: _Item) -> None:
        """Answer a request that has all its vectors; put any other back, at the head of the long ones."""
        if item.future.done():
            return
        if item.left:
            with self._changed:
                self._long.appendleft(item)
            return
        encoder = item.encoder or self._encoder()
        _end(item, lambda: item.work.answer(Known(encoder, item.known)))


def _end(item: _Item, answer: Callable[[], Any]) -> None:
    """Give a request its result or error, unless it was cancelled."""
    if not item.future.set_running_or_notify_cancel():
        return
    try:
        item.future.set_result(answer())
    except Exception as error:
        item.future.set_exception(error)


def _fail(group: list[_Item], error: Exception) -> int:
    """Give every request the error; no text was encoded."""
    for item in group:
        _end(item, lambda: _raise(error))
    return 0


def _raise(error: Exception) -> None:
    raise error


class Known:
    """An encoder that has some vectors at hand, and asks the real one for the others."""

    def __init__(self, encoder: Encoder, known: dict[str, Vectors]) -> None:
        self._encoder, self._known = encoder, known
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dim, self.max_tokens = encoder.dim, encoder.max_tokens
        self.raw, self.count_tokens, self.truncate = encoder.raw, encoder.count_tokens, encoder.truncate

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """As the real encoder's."""
        if not all(text in self._known for text in texts):
            return self._encoder.encode(texts, progress=progress, cancel=cancel)
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return np.stack([self._known[text] for text in texts])
