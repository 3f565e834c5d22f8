"""What is asked of an index of vectors: who comes into question as near. Scores are made from the vectors."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from calibration.corpus.blocks import Ids
from calibration.encoding.batching import Progress, Vectors
from calibration.errors import Cancelled

STEP: Final = 16_384
"""Texts between two looks at whether the work is to end."""
VECTORS_A_CELL: Final = 39
"""At least: as few as FAISS asks for, so that training takes less memory than what is indexed."""
Candidates = tuple[Ids, Ids]
"""Numbers of queries in ascending order, and beside each the position of a vector that may be near it."""


class NearIndex(Protocol):
    """Says who may be near."""

    def __len__(self) -> int: ...

    def search(self, queries: Vectors, k: int, floor: float = ...) -> Candidates:
        """Query by query who may be among its k best, without those that the index itself scores below `floor`."""


MakeIndex = Callable[[Vectors, Ids, threading.Event | None], NearIndex]
"""An index of the vectors numbered, by their position among those numbers."""


def cells_for(total: int) -> int:
    """How many cells an inverted file of so many vectors has."""
    return max(1, min(int(4 * math.sqrt(total)), total // VECTORS_A_CELL))


def steps(total: int, progress: Progress | None, cancel: threading.Event | None) -> Iterator[slice]:
    """The numbers below `total` in steps; tells after each how far it is. Raises Cancelled before the next."""
    for start in range(0, total, STEP):
        if cancel is not None and cancel.is_set():
            raise Cancelled(start, total)
        yield slice(start, start + STEP)
        if progress:
            progress(min(start + STEP, total), total)
