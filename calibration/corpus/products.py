"""Products of unit vectors in 32, 16 or 8 bits, each with a proven bound of its error.

`Arithmetic.slack` is the most by which a product, rounded and summed in the arithmetic, can differ from the exact
product of the vectors before rounding. The proofs are in docs/decisions/0014.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from calibration.encoding.engines.processor import BFLOAT16, INT8, fastest, instructions

if TYPE_CHECKING:
    import torch

Ids = NDArray[np.intp]
Doubles = NDArray[np.float64]
_SUM: Final = 2.0**-23
"""Twice what one addition in single precision can be off by, for hardware that does not round to nearest."""
_NORMS: Final = 1.001
"""Vectors of norm 1 have it to within single precision; this is wider."""
_TRIED: Final = (512, 1024, 256)
"""Rows, columns and width of the product that is timed."""
_MOST: Final = 127


class Arithmetic(ABC):
    """How vectors of norm 1 are rounded and multiplied. `itemsize`: bytes of a number.

    lost: the most that rounding has taken from a vector; who compares vectors that another process rounded raises
    it to what that process found.
    """

    itemsize: int

    def __init__(self) -> None:
        self.lost = 0.0

    def fit(self, sample: Doubles) -> None:  # noqa: B027
        """Learn from vectors like those to come, all of one width, what rounding needs to know."""

    def slack(self, width: int) -> float:
        """The most that a product of vectors of `width` numbers is off by, of all that were rounded so far.

        Cauchy-Schwarz on what rounding took from the worst of them, then what summing can add.
        """
        return _NORMS * ((2 + self.lost) * self.lost + self._summed(width))

    def rounded(self, vectors: Doubles) -> torch.Tensor:
        """(n, width) vectors in this arithmetic. What rounding takes from each is measured."""
        found, lost = self._round(vectors)
        self.lost = max(self.lost, float(np.linalg.norm(lost, axis=1).max(initial=0.0)))
        return found

    def products(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """(m, n) products in units of `unit`."""
        return a @ b.T

    @property
    def unit(self) -> float:
        """What 1 in `products` stands for."""
        return 1.0

    @abstractmethod
    def _round(self, vectors: Doubles) -> tuple[torch.Tensor, Doubles]:
        """The vectors rounded, and the difference."""

    @abstractmethod
    def _summed(self, width: int) -> float:
        """The most that summing `width` products of two unit vectors is off by."""


class Float32(Arithmetic):
    """Single precision."""

    itemsize = 4

    def _round(self, vectors: Doubles) -> tuple[torch.Tensor, Doubles]:
        import torch

        found = vectors.astype(np.float32)
        return torch.from_numpy(found), vectors - found

    def _summed(self, width: int) -> float:
        return (width + 1) * _SUM


class BFloat16(Arithmetic):
    """Factors in bfloat16, summed in single precision, the sum rounded to bfloat16."""

    itemsize = 2

    def _round(self, vectors: Doubles) -> tuple[torch.Tensor, Doubles]:
        import torch

        found = torch.from_numpy(vectors).bfloat16()
        return found, vectors - found.double().numpy()

    def _summed(self, width: int) -> float:
        return 2.0**-8 + (1 + 2.0**-8) * width * _SUM


class Int8(Arithmetic):
    """Factors in 8 bits of one scale, summed exactly.

    A random rotation first spreads each vector evenly over its numbers, so that few of the 8 bits are wasted.
    """

    itemsize = 1

    def fit(self, sample: Doubles) -> None:
        """The rotation, and a scale at which nearly no number is cut."""
        width = sample.shape[1]
        self._rotation: Doubles = np.linalg.qr(np.random.default_rng(0).normal(size=(width, width)))[0]
        self._scale, self.lost = float(np.abs(sample @ self._rotation).max()) / _MOST, 0.0

    def products(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """32-bit integers."""
        import torch

        return torch._int_mm(a, b.T)

    @property
    def unit(self) -> float:
        """The square of the scale."""
        return self._scale**2

    def _round(self, vectors: Doubles) -> tuple[torch.Tensor, Doubles]:
        import torch

        turned = vectors @ self._rotation
        whole = np.clip(np.rint(turned / self._scale), -_MOST, _MOST)
        return torch.from_numpy(whole.astype(np.int8)), turned - whole * self._scale

    def _summed(self, width: int) -> float:  # noqa: ARG002
        return _SUM  # the sum of integers is compared as a number in single precision


_BY_NAME: Final[dict[str, type[Arithmetic]]] = {BFLOAT16: BFloat16, INT8: Int8}


def arithmetics() -> list[Arithmetic]:
    """Single precision, and what this processor has instructions for besides."""
    fast = fastest(instructions())
    return [Float32(), *([_BY_NAME[fast]()] if fast in _BY_NAME else [])]


def seconds_a_column(arithmetic: Arithmetic) -> float:
    """How long a product of one number with one takes here, measured in some milliseconds."""
    rows, columns, width = _TRIED
    made = np.random.default_rng(0).normal(size=(rows + columns, width)) / math.sqrt(width)
    arithmetic.fit(made[:rows])
    a, b = arithmetic.rounded(made[:rows]), arithmetic.rounded(made[rows:])
    arithmetic.products(a, b)  # the first call pays for what later ones find ready
    least = math.inf
    for _ in range(3):
        began = time.perf_counter()
        arithmetic.products(a, b)
        least = min(least, time.perf_counter() - began)
    return least / (rows * columns * width)


def at_least(scores: torch.Tensor, bound: float) -> tuple[Ids, Ids]:
    """Rows and columns of the scores that reach `bound`; row maxima first, since nearly no row has such a score.

    In single precision: torch would round the bound to the type of the scores.
    """
    if not scores.numel():
        return np.empty(0, np.intp), np.empty(0, np.intp)
    rows = (scores.amax(dim=1).float() >= bound).nonzero()[:, 0]
    found = (scores[rows].float() >= bound).nonzero()
    return rows[found[:, 0]].numpy(), found[:, 1].numpy()
