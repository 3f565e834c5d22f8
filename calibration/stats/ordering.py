"""Stable orders of many whole numbers, in O(n)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FEW: Final = 20_000
"""Numbers below which NumPy's sort by comparison is as fast."""
_BITS: Final = 16
_LARGEST: Final = 2 ** (2 * _BITS) - 1


def stable_order(numbers: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """(n,) what `np.argsort(numbers, kind="stable")` gives, for whole numbers >= 0.

    Numbers below 2^32 are sorted by their lower and then by their upper 16 bits, which NumPy does by counting.

    >>> stable_order(np.array([70_000, 2, 70_000, 1])).tolist()
    [3, 1, 0, 2]
    """
    if numbers.size < FEW or numbers.max() > _LARGEST:
        return np.argsort(numbers, kind="stable")
    by_lower = np.argsort(numbers.astype(np.uint16), kind="stable")
    upper = (numbers >> _BITS).astype(np.uint16)
    return np.asarray(by_lower[np.argsort(upper[by_lower], kind="stable")])
