"""Clients that ask one after the other, as many at once as wanted, and what they saw."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.serving.servers import Running

Questions = Iterator[tuple[str, list[str]]]
"""A source and its targets, one request."""
FAQ: Final = 10
"""Known questions that a new one is compared with."""


@dataclass
class Seen:
    """Seconds of every answer, the errors, the seconds that all of it took, and the server's processor time."""

    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    def add(self, other: Seen) -> None:
        """Put a later run of the same kind to this one."""
        self.latencies += other.latencies
        self.errors += other.errors
        self.seconds += other.seconds
        self.processor += other.processor

    @property
    def cost(self) -> float:
        """Milliseconds of processor time an answer: what a busy machine changes least."""
        return 1000 * self.processor / len(self.latencies)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which so many percent were answered."""
        return float(np.percentile(self.latencies, percent)) * 1000


def sentences(folder: Path) -> list[str]:
    """The distinct texts of the sample datasets that are short, in order."""
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*/pairs.csv")):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found |= {row[name]: None for name in ("text_a", "text_b") if len(row[name]) <= 30}
    return list(found)


def fresh(texts: list[str], start: int = 0) -> Questions:
    """Pairs whose texts never come twice: each is a sentence with a number of its own."""
    for number in count(start):
        first, second = texts[number % len(texts)], texts[(number * 7 + 3) % len(texts)]
        yield f"{first}{2 * number}", [f"{second}{2 * number + 1}"]


def faq(texts: list[str], start: int = 0) -> Questions:
    """New questions, each against the same `FAQ` known ones, as a service with a list of known questions sends
    them.
    """
    for source, _ in fresh(texts, start):
        yield source, texts[:FAQ]


def known(pairs: list[tuple[str, list[str]]]) -> Questions:
    """The same requests over and over."""
    return (pairs[number % len(pairs)] for number in count())


def load(server: Running, clients: int, pairs: Questions, *, seconds: float = 0.0, requests: int = 0) -> Seen:
    """What `clients` saw who asked for `seconds`, or `requests` times in all."""
    lock, seen, taken = threading.Lock(), Seen(), count()
    opened = [server.server.connect(server.url) for _ in range(clients)]
    barrier = threading.Barrier(clients + 1)

    def work(at: int) -> None:
        ask = opened[at][0]
        barrier.wait()
        while time.perf_counter() < until if seconds else next(taken) < requests:
            with lock:
                source, targets = next(pairs)
            asked = time.perf_counter()
            try:
                ask(source, targets)
                seen.latencies.append(time.perf_counter() - asked)
            except Exception as error:
                seen.errors.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(at,)) for at in range(clients)]
    for thread in threads:
        thread.start()
    used, begun = server.processor(), time.perf_counter()
    until = begun + seconds
    barrier.wait()
    for thread in threads:
        thread.join()
    seen.seconds, seen.processor = time.perf_counter() - begun, server.processor() - used
    for _, close in opened:
        close()
    return seen
