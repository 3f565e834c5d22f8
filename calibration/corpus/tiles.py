"""Tiles of a matrix product, a core for each.

Two threads that share one product of 8-bit numbers take as long as one, and twice its processor seconds; two
with a tile each take little more than half as long.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import threadpool_limits

T = TypeVar("T")


def of_tiles(work: Callable[[int], T], total: int, size: int) -> list[T]:
    """What `work` makes of each tile, given where it begins, in their order. Raises what it raises."""
    import torch

    begins, threads = range(0, total, size), torch.get_num_threads()
    if threads == 1 or len(begins) < 2:
        return [work(at) for at in begins]
    return list(_pool(threads).map(work, begins))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "tiles", _alone)


def _alone() -> None:
    """Products of this thread are made by it alone."""
    import torch

    torch.get_num_threads()  # the first call in a thread sets what is limited next
    threadpool_limits(1, user_api="openmp")
