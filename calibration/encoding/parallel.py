"""Run work in several threads and yield the results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from calibration.encoding.scheduling import as_here

A = TypeVar("A")
B = TypeVar("B")


def in_order(work: Callable[[A], B], items: Iterable[A], workers: int) -> Iterator[B]:
    """`work` of every item, in their order; up to `workers` run at once and one more waits for its result.

    Items are drawn as results are asked for, so that neither many items nor many results are in memory. Who stops
    asking waits for what runs already.
    """
    if workers == 1:
        yield from map(work, items)
        return
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(workers, "encode") as pool:
        try:
            run = as_here(work)
            for item in items:
                waiting.append(pool.submit(run, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
