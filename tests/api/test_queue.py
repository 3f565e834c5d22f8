"""The queue before the encoder, with an encoder whose every call can be held back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, wait

import numpy as np
import pytest

from calibration.encoding.batching import Progress, Vectors
from dashboard.api.errors import Busy
from dashboard.api.queue import SLICE, EncoderQueue, Work


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


def lengths(*texts: str) -> Work[list[float]]:
    return Work(texts, lambda encoder: [float(vector[0]) for vector in encoder.encode(list(texts))])


def blocked(queue: EncoderQueue, encoder: Held) -> Future[list[float]]:
    """A first request that keeps the encoder busy, so that the next ones wait."""
    first = queue.submit(lengths("first"))
    assert encoder.begun.wait(20)
    return first


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
