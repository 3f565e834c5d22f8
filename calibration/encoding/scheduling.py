"""Schedule access to the model: interactive requests go before long jobs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_work = threading.local()


@contextmanager
def bulk() -> Iterator[None]:
    """Inside, this thread's turns are those of a long job: it lets everybody else pass between two batches."""
    before = getattr(_work, "bulk", False)
    _work.bulk = True
    try:
        yield
    finally:
        _work.bulk = before


@contextmanager
def leaving_room() -> Iterator[None]:
    """Inside, a call of this thread leaves one of the model's places, if there are several, to other threads."""
    before = getattr(_work, "leaves", False)
    _work.leaves = True
    try:
        yield
    finally:
        _work.leaves = before


def places_here(places: int) -> int:
    """How many of the model's `places` a call of this thread may take at once."""
    return max(1, places - 1) if getattr(_work, "leaves", False) else places


def as_here(work: Callable[P, R]) -> Callable[P, R]:
    """`work` for other threads, whose turns are then of the kind that this thread's are now."""
    long = getattr(_work, "bulk", False)

    def run(*arguments: P.args, **named: P.kwargs) -> R:
        with bulk() if long else nullcontext():
            return work(*arguments, **named)

    return run


class Turns:
    """A fair semaphore: first come, first served, but threads inside `bulk()` come after all others.

    Python's own lock may be taken again at once by the thread that gives it back, so that a job of many batches
    could keep a request waiting for all of them. `places`: how many threads may be inside. Not reentrant.
    """

    def __init__(self, places: int = 1) -> None:
        self._guard = threading.Lock()
        self._free = places
        self._urgent: deque[threading.Event] = deque()
        self._bulk: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            mine = threading.Event()
            (self._bulk if getattr(_work, "bulk", False) else self._urgent).append(mine)
        mine.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            waiting = self._urgent or self._bulk
            if waiting:
                waiting.popleft().set()  # the place is handed over
            else:
                self._free += 1
