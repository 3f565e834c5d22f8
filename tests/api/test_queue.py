"""The queue before the encoder, with an encoder whose every call can be held back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, wait

import numpy as np
import pytest
from starlette.requests import Request
from starlette.types import Message

from calibration.encoding.batching import Progress, Vectors
from calibration.encoding.scheduling import places_here
from calibration.errors import StoreUnavailable
from calibration.store import Store
from dashboard.api import queue as queue_module
from dashboard.api.errors import Busy, TookTooLong
from dashboard.api.limits import Limits
from dashboard.api.queue import EncoderQueue
from dashboard.api.service import Service
from dashboard.api.work import SLICE, SLICE_TOKENS, Work, tokens_of


class Held:
    """Encodes nothing until `gate` opens; remembers what it was asked."""

    name, fingerprint, dim, max_tokens = "held", "0", 2, 512

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.asked: list[list[str]] = []

    def encode(
        self,
        texts: Sequence[str],
        *,
        progress: Progress | None = None,  # noqa: ARG002 (the protocol's)
        cancel: threading.Event | None = None,  # noqa: ARG002
    ) -> Vectors:
        self.begun.set()
        assert self.gate.wait(20)
        if "bad" in texts:
            raise ValueError("bad")
        self.asked.append(list(texts))
        return np.array([[len(text), 1] for text in texts], np.float32)

    def raw(self, text: str) -> Vectors:
        return self.encode([text])[0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def truncate(self, text: str) -> tuple[str, str]:
        return text, ""

    def unknown(self, texts: Sequence[str]) -> list[str]:
        return [""] * len(texts)


def lengths(*texts: str) -> Work[list[float]]:
    return Work(texts, lambda encoder: [float(vector[0]) for vector in encoder.encode(list(texts))])


def blocked(queue: EncoderQueue, encoder: Held) -> Future[list[float]]:
    """A first request that keeps the encoder busy, so that the next ones wait."""
    first = queue.submit(lengths("first"))
    assert encoder.begun.wait(20)
    return first


def test_a_slice_leaves_a_place_to_small_requests_while_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    left: dict[str, int] = {}

    class Placed(Held):
        def encode(self, texts: Sequence[str], **_: object) -> Vectors:
            left[texts[0][0]] = places_here(2)
            return super().encode(texts)

    encoder = Placed()
    encoder.gate.set()
    queue = EncoderQueue(lambda: encoder, threads=2)
    queue.submit(lengths("甲" * 600, "乙" * 600)).result(20)
    queue.submit(lengths("small")).result(20)
    queue.submit(lengths("丙" * 600, "丁" * 600)).result(20)
    monkeypatch.setattr(queue_module, "QUIET_SECONDS", 0.0)
    queue.submit(lengths("戊" * 600, "己" * 600)).result(20)
    queue.close(5)
    assert left == {"甲": 2, "s": 2, "丙": 1, "戊": 2}


def test_what_waits_together_is_encoded_together_and_answered_apart() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder)
    first = blocked(queue, encoder)
    others = [queue.submit(lengths("a" * n, "shared")) for n in range(1, 6)]
    encoder.gate.set()
    assert first.result(20) == [5.0]
    assert [future.result(20) for future in others] == [[float(n), 6.0] for n in range(1, 6)]
    assert encoder.asked[1:] == [["a", "shared", "aa", "aaa", "aaaa", "aaaaa"]]
    queue.close(5)


def test_beyond_the_bound_it_says_when_to_come_back() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder, waiting=2)
    blocked(queue, encoder)
    waiting = [queue.submit(lengths(text)) for text in "ab"]
    with pytest.raises(Busy) as refused:
        queue.submit(lengths("c"))
    assert refused.value.seconds >= 1
    encoder.gate.set()
    wait(waiting, 20)
    assert queue.submit(lengths("c")).result(20) == [1.0]
    queue.close(5)


def test_a_cancelled_request_leaves_the_queue_and_is_never_encoded() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder, waiting=1)
    blocked(queue, encoder)
    gone = queue.submit(lengths("gone"))
    assert gone.cancel()
    assert len(queue) == 0
    stays = queue.submit(lengths("stays"))
    encoder.gate.set()
    assert stays.result(20) == [5.0]
    assert ["gone"] not in encoder.asked
    queue.close(5)


def test_a_small_request_overtakes_a_long_one() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder)
    blocked(queue, encoder)
    texts = [f"text {n}" for n in range(3 * SLICE)]
    long = queue.submit(lengths(*texts))
    small = queue.submit(lengths("small"))
    ended: list[str] = []
    long.add_done_callback(lambda _: ended.append("long"))
    small.add_done_callback(lambda _: ended.append("small"))
    encoder.gate.set()
    assert long.result(20) == [float(len(text)) for text in texts]
    assert small.result(20) == [5.0]
    assert ended[0] == "small"
    assert max(map(len, encoder.asked)) <= SLICE + 1
    queue.close(5)


def test_an_error_of_the_encoder_reaches_its_requests_and_the_next_are_served() -> None:
    encoder = Held()
    encoder.gate.set()
    queue = EncoderQueue(lambda: encoder)
    with pytest.raises(ValueError, match="bad"):
        queue.submit(lengths("bad")).result(20)
    with pytest.raises(ZeroDivisionError):
        queue.submit(Work(["a"], lambda _: 1 / 0)).result(20)
    assert queue.submit(lengths("good")).result(20) == [4.0]
    queue.close(5)


def keep_submitting(queue: EncoderQueue) -> None:
    while True:
        queue.submit(lengths("late"))


def test_closing_answers_what_was_accepted_and_takes_nothing_more() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder, waiting=1_000_000)
    accepted = [blocked(queue, encoder), queue.submit(lengths("ab")), queue.submit(lengths(*map(str, range(200))))]
    closer = threading.Thread(target=queue.close)
    closer.start()
    with pytest.raises(Busy):
        keep_submitting(queue)
    encoder.gate.set()
    closer.join(20)
    assert [len(future.result(0)) for future in accepted] == [1, 1, 200]


class Slow(Held):
    """Holds back whatever is not small, and says how many such calls are under way."""

    def encode(
        self,
        texts: Sequence[str],
        *,
        progress: Progress | None = None,  # noqa: ARG002 (the protocol's)
        cancel: threading.Event | None = None,  # noqa: ARG002
    ) -> Vectors:
        if any(text.startswith("bulk") for text in texts):
            return super().encode(texts)
        self.asked.append(list(texts))
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_small_requests_are_answered_while_bulk_ones_hold_every_other_thread() -> None:
    encoder = Slow()
    queue = EncoderQueue(lambda: encoder, threads=3)
    bulk = [queue.submit(lengths(*(f"bulk {who} {n}" for n in range(2 * SLICE)))) for who in range(6)]
    assert encoder.begun.wait(20)
    for number in range(5):
        assert queue.submit(lengths("x" * number + "y")).result(20) == [number + 1.0]
    assert not any(one.done() for one in bulk)
    encoder.gate.set()
    wait(bulk, 20)
    assert all(len(one.result(0)) == 2 * SLICE for one in bulk)
    queue.close(5)


def test_a_slice_is_bounded_by_tokens_and_a_longer_text_goes_alone() -> None:
    encoder = Held()
    encoder.gate.set()
    queue = EncoderQueue(lambda: encoder)
    texts = [f"{number}" + "长" * 300 for number in range(20)] + ["长" * 5000]
    assert len(queue.submit(lengths(*texts)).result(20)) == 21
    for slice_ in encoder.asked:
        assert len(slice_) == 1 or sum(min(tokens_of(text), encoder.max_tokens) for text in slice_) <= SLICE_TOKENS
    assert max(map(len, encoder.asked)) == 3
    queue.close(5)


def test_small_requests_are_told_by_their_tokens_not_by_their_number() -> None:
    encoder = Slow()
    queue = EncoderQueue(lambda: encoder, threads=2)
    first = queue.submit(lengths("bulk" + "长" * 2000, "bulk" + "短" * 2000))
    assert encoder.begun.wait(20)
    second = queue.submit(lengths("bulk" + "又" * 2000))  # one text, yet too long for the thread of the small ones
    assert queue.submit(lengths("small")).result(20) == [5.0]
    assert not first.done()
    assert not second.done()
    encoder.gate.set()
    wait([first, second], 20)
    queue.close(5)


def test_what_is_left_when_the_queue_closes_is_answered_by_every_thread() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder, threads=2)
    bulk = [queue.submit(lengths(*(f"bulk {who} {n}" for n in range(SLICE + 1)))) for who in range(3)]
    closer = threading.Thread(target=queue.close)
    closer.start()
    encoder.gate.set()
    closer.join(20)
    assert [len(one.result(0)) for one in bulk] == [SLICE + 1] * 3


class Patient(Held):
    """Takes a third of a second for each call, or as long as `seconds` says."""

    seconds = 0.35

    def encode(
        self,
        texts: Sequence[str],
        *,
        progress: Progress | None = None,  # noqa: ARG002 (the protocol's)
        cancel: threading.Event | None = None,  # noqa: ARG002
    ) -> Vectors:
        self.gate.set()
        time.sleep(self.seconds)
        return super().encode(texts)


def no_store() -> Store:
    raise StoreUnavailable("", "none here")


def test_long_requests_take_turns_and_leave_half_of_the_queue_to_small_ones() -> None:
    encoder = Held()
    queue = EncoderQueue(lambda: encoder, waiting=4)
    first = blocked(queue, encoder)
    long = [queue.submit(lengths(*(f"{who} {n}" for n in range(3 * SLICE)))) for who in "ab"]
    with pytest.raises(Busy) as refused:
        queue.submit(lengths(*(f"c {n}" for n in range(3 * SLICE))))
    assert refused.value.seconds >= 1
    small = queue.submit(lengths("small"))
    encoder.gate.set()
    wait([first, small, *long], 20)
    turns = [asked[-1][0] for asked in encoder.asked if len(asked) >= SLICE]
    assert turns == list("ababab")
    queue.close(5)


def a_request() -> Request:
    async def silent() -> Message:
        await asyncio.sleep(3600)
        raise AssertionError

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, silent)


def test_a_long_request_outlives_the_limit_while_it_is_worked_on_and_one_that_waits_does_not() -> None:
    encoder = Patient()
    queued = Service(lambda: encoder, no_store, Limits(seconds=1))

    begun = time.monotonic()
    texts = [f"text {number}" for number in range(8 * SLICE)]
    assert len(asyncio.run(queued.run(a_request(), lengths(*texts)))) == 8 * SLICE
    assert time.monotonic() - begun > 2
    encoder.seconds = 4
    with pytest.raises(TookTooLong, match="for 1 s"):
        asyncio.run(queued.run(a_request(), lengths("one")))
    queued.close(10)
