"""Few threads that encode for all requests: each takes what waits, all at once, and answers each.

Requests that wait together are encoded together, which costs little more than one of them. A request of many tokens
is encoded in slices: long requests take turns, and small ones go first. Where there are several threads, one takes
small requests only, and while such requests come, slices leave one of the model's places free, so that a small
request waits for no slice to end. With one thread, every fourth turn has a slice in any case. Long requests may
fill half of the queue only: the other half is kept for small ones.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from typing import Final

from calibration.encoding.protocol import Encoder
from calibration.encoding.scheduling import leaving_room
from dashboard.api.errors import Busy
from dashboard.api.work import SLICE_TOKENS, Item, Known, T, Work, end, fail
from dashboard.settings import WAITING

Observe = Callable[[int, int], None]

TOGETHER: Final = 64
"""Requests that one turn answers at most."""
TURN_TOKENS: Final = 2 * SLICE_TOKENS
"""Tokens of all small requests that one turn encodes at most."""
BULK_EVERY: Final = 4
"""Of so many turns of a single thread, one takes a slice of a long request although small ones wait."""
QUIET_SECONDS: Final = 5.0
"""After so long without a small request, slices take all of the model's places."""
START_SECONDS: Final = 0.2


class EncoderQueue:
    """A bounded queue before the encoder. `waiting`: requests that may wait before `submit` raises Busy.

    `observe` receives, after each turn, how many requests and texts it took.
    """

    def __init__(
        self,
        encoder: Callable[[], Encoder],
        waiting: int = WAITING,
        observe: Observe | None = None,
        threads: int = 1,
    ) -> None:
        self._encoder, self._limit, self._observe = encoder, waiting, observe
        self._small: deque[Item] = deque()
        self._long: deque[Item] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._turn = 0
        self._small_came = -math.inf
        self._seconds = self._slice_seconds = START_SECONDS
        self._threads = [
            threading.Thread(
                target=self._serve,
                args=(threads > 1 and number == 0,),
                name=f"encoder-queue-{number}",
                daemon=True,
            )
            for number in range(threads)
        ]
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
        future: Future[T] = self.enter(work).future
        return future

    def enter(self, work: Work[T]) -> Item:
        """The same; the item says when it was last worked on."""
        item = Item(work, Future(), list(dict.fromkeys(work.texts)))
        with self._changed:
            waiting = len(self._small) + len(self._long)
            if self._closing or waiting >= self._limit:
                raise Busy(max(1, math.ceil(self._seconds * (1 + waiting / TOGETHER))))
            if item.is_long and len(self._long) >= max(1, self._limit // 2):
                raise Busy(self._until_a_long_one_ends())
            (self._long if item.is_long else self._small).append(item)
            self._small_came = self._small_came if item.is_long else time.monotonic()
            self._changed.notify_all()  # the thread that is woken alone may be the one that takes no long ones
        item.future.add_done_callback(lambda future: self._leave(item) if future.cancelled() else None)
        return item

    def _until_a_long_one_ends(self) -> int:
        """About how many seconds it takes until one of the long requests that wait is answered."""
        slices = min(math.ceil(item.tokens / SLICE_TOKENS) for item in self._long)
        return max(1, math.ceil(self._slice_seconds * slices * len(self._long) / max(1, len(self._threads) - 1)))

    def close(self, seconds: float | None = None) -> None:
        """Refuse new work, answer what was accepted, and end; waits for `seconds` at most."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        until = None if seconds is None else time.monotonic() + seconds
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))

    def _leave(self, item: Item) -> None:
        with self._changed:
            for line in (self._small, self._long):
                if item in line:
                    line.remove(item)

    def _serve(self, small_only: bool) -> None:
        while group := self._next(small_only):
            begun = time.monotonic()
            texts = self._encode(group)
            for item in group:
                self._answer(item)
            took = time.monotonic() - begun
            self._seconds += 0.2 * (took - self._seconds)
            if any(item.is_long for item in group):
                self._slice_seconds += 0.2 * (took - self._slice_seconds)
            if self._observe:
                self._observe(len(group), texts)

    def _next(self, small_only: bool) -> list[Item]:
        """Block until there is something to do; nothing once the queue has closed and is empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._small or self._closing or (self._long and not small_only))
            self._turn += 1
            share = math.ceil(len(self._small) / len(self._threads))  # the rest is the other threads'
            group: list[Item] = []
            tokens = 0
            while self._small and len(group) < min(TOGETHER, share) and tokens < TURN_TOKENS:
                group.append(self._small.popleft())
                tokens += group[-1].tokens
            # A queue that closes takes no more small ones: every thread helps with what is left.
            takes_long = self._closing if small_only else not group or self._turn_is_bulk()
            if self._long and takes_long:
                group.append(self._long.popleft())
            return group

    def _turn_is_bulk(self) -> bool:
        return len(self._threads) == 1 and self._turn % BULK_EVERY == 0

    def _encode(self, group: list[Item]) -> int:
        """Encode the next slice of every request, each with the encoder that it began with; how many texts."""
        try:
            current = self._encoder()
        except Exception as error:
            return fail(group, error)
        for item in group:
            item.encoder = item.encoder or current
        texts = self._encode_with(current, [item for item in group if item.encoder is current])
        # Another model took over while these long requests were under way.
        for item in group:
            if item.encoder is not None and item.encoder is not current:
                texts += self._encode_with(item.encoder, [item])
        return texts

    def _encode_with(self, encoder: Encoder, group: list[Item]) -> int:
        """Encode the next slices of these requests in one go; how many distinct texts that were."""
        slices = [item.slice() for item in group]
        texts = list(dict.fromkeys(text for piece in slices for text in piece))
        others = time.monotonic() - self._small_came < QUIET_SECONDS and any(item.is_long for item in group)
        try:
            with leaving_room() if others else nullcontext():
                found = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
        except Exception as error:
            return fail(group, error)
        for item, piece in zip(group, slices, strict=True):
            item.take(found, piece)
        return len(texts)

    def _answer(self, item: Item) -> None:
        """Answer a request that has all its vectors; put any other back, behind the other long ones."""
        if item.future.done():
            return
        if item.left:
            with self._changed:
                self._long.append(item)
                self._changed.notify_all()
            return
        encoder = item.encoder or self._encoder()
        end(item, lambda: item.work.answer(Known(encoder, item.known)))
