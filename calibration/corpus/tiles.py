"""Tiles of a matrix product, a core for each.

Two threads that share one product of 8-bit numbers take as long as one, and twice its processor seconds; two
with a tile each take little more than half as long.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from threadpoolctl import threadpool_limits

LEAST: Final = 256
"""Columns below which a tile costs more than it saves."""
T = TypeVar("T")


def of_tiles(work: Callable[[slice], T], total: int, most: int) -> list[T]:
    """What `work` makes of each tile of `total` columns, in their order.

    most: columns of a tile; it has fewer where there are more cores than such tiles. Raises what `work` raises.
    """
    import torch

    threads = torch.get_num_threads()
    size = min(most, max(LEAST, -(-total // threads)))
    tiles = [slice(at, min(at + size, total)) for at in range(0, total, size)]
    if threads == 1 or len(tiles) < 2:
        return [work(tile) for tile in tiles]
    return list(_pool(threads).map(work, tiles))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "tiles", _alone)


def _alone() -> None:
    """Products of this thread are made by it alone."""
    import torch

    torch.get_num_threads()  # the first call in a thread sets what is limited next
    threadpool_limits(1, user_api="openmp")
