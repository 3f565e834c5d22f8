"""How closely the vectors of a faster model must agree with those at full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Vectors

MEAN_COSINE: Final = 0.9995
LEAST_COSINE: Final = 0.999
_CHARACTERS: Final = (100, 240, 600)
"""Of the longer texts, which are made of sentences put together."""


@dataclass(frozen=True)
class Fidelity:
    """Cosines between a text's two vectors, over `texts` texts: their mean and the least, each at most 1.

    shift: the largest change of a pair's score, over all pairs of neighbours among the texts; at least 0, the
    smaller the better.
    """

    texts: int
    mean: float
    least: float
    shift: float

    @property
    def enough(self) -> bool:
        """Whether both cosines reach what is asked of every model that is served fast."""
        return self.mean >= MEAN_COSINE and self.least >= LEAST_COSINE

    def to_json(self) -> dict[str, Any]:
        """All numbers, and whether they are enough."""
        return {**asdict(self), "enough": self.enough}


def compare(full: Vectors, fast: Vectors) -> Fidelity:
    """Vectors of the same texts by the two models, both (n, dim) and L2-normalised, n >= 2.

    >>> same = np.eye(3, dtype=np.float32)
    >>> compare(same, same)
    Fidelity(texts=3, mean=1.0, least=1.0, shift=0.0)
    """
    a, b = full.astype(np.float64), fast.astype(np.float64)
    cosines = (a * b).sum(axis=1)
    shifts = np.abs((a[:-1] * a[1:]).sum(axis=1) - (b[:-1] * b[1:]).sum(axis=1))
    return Fidelity(len(a), float(cosines.mean()), float(cosines.min()), float(shifts.max()))


def measure(full: Callable[[Sequence[str]], Vectors], fast: Callable[[Sequence[str]], Vectors]) -> Fidelity:
    """Both models on the texts that come with SimTier: short and long, Chinese for the most part."""
    texts = probe_texts()
    return compare(full(texts), fast(texts))


def probe_texts() -> list[str]:
    """Distinct texts of 1 to some 600 characters, always the same."""
    short = files("calibration.encoding").joinpath("probe.txt").read_text(encoding="utf-8").split("\n")
    short = [line for line in short if line]
    long = ["".join(short[at : at + 60])[:size] for size in _CHARACTERS for at in range(0, len(short), 60)]
    return list(dict.fromkeys([*short, *long]))
