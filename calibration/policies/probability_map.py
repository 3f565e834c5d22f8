"""The map from scores to probabilities as a policy stores it; evaluated with numpy alone.

Fitting one is in `calibration.fitting.isotonic`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.columns import LOWEST_SCORE
from calibration.errors import N_, BadArgument
from calibration.stats.intervals import M_OF_N, Estimate

MAX_KNOTS: Final = 20_000
"""More are refused when a map is read."""
LINES: Final = ("values", "low", "high")
MAX_NUMBER: Final = 1e300


@dataclass(frozen=True)
class ProbabilityMap:
    """P(positive) at rising `scores`, (k,) each; between them straight lines, beyond them the end values.

    low, high: pointwise interval at `confidence`, rising like the map. n: labels behind it; positives: how many of
    them say so. floor: labels were drawn at or above it alone, so that nothing is known below.
    """

    scores: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int
    confidence: float
    positives: int = 0
    floor: float = LOWEST_SCORE

    @property
    def prevalence(self) -> float:
        """Share of positives among the labels, in [0, 1]; NaN without labels."""
        return self.positives / self.n if self.n else math.nan

    def probability(self, scores: ArrayLike) -> NDArray[np.float64]:
        """(n,) P(positive) in [0, 1] at (n,) scores; NaN for NaN, below the floor, or without labels."""
        return self._read(scores, self.values)

    def at(self, score: float) -> Estimate:
        """P(positive) of one score with its interval."""
        value, low, high = (float(self._read([score], of)[0]) for of in (self.values, self.low, self.high))
        if math.isnan(value):
            return Estimate(value, 0.0, 1.0, self.n, self.confidence, M_OF_N)
        # Straight lines are rounded one by one: the last bit may put a bound on the wrong side.
        return Estimate(value, min(low, value), max(high, value), self.n, self.confidence, M_OF_N)

    def _read(self, scores: ArrayLike, of: tuple[float, ...]) -> NDArray[np.float64]:
        raw = np.asarray(scores, dtype=np.float64)
        if not self.scores:
            return np.full(raw.shape, np.nan)
        return np.where(raw < self.floor, np.nan, np.interp(raw, self.scores, of))

    def thinned(self, lines: int = 60) -> ProbabilityMap:
        """The same map on fewer knots and in four digits, for a file; its interval a little wider, never less.

        All knots where the map itself bends stay, and of the others about `lines`. A bound moves outwards to its
        next kept knot, so that the straight line between two of them cannot cut it.

        >>> steps = tuple(float(i) / 999 for i in range(1000))
        >>> made = ProbabilityMap(steps, (0.5,) * 1000, (0.0,) * 1000, steps, 1000, 0.9).thinned(10)
        >>> len(made.scores), made.at(0.5).value, 0.5 <= made.at(0.5).high < 0.8
        (10, 0.5, True)
        """
        x, y, low, high = (np.array(column) for column in (self.scores, self.values, self.low, self.high))
        if x.size > lines:
            bends = np.flatnonzero(np.diff(y) != 0)
            even = np.linspace(0, x.size - 1, lines).astype(np.intp)
            kept = np.unique(np.concatenate([even, bends, bends + 1]))
            x, y, low, high = x[kept], y[kept], low[kept], high[kept]
            low, high = np.concatenate([low[:1], low[:-1]]), np.concatenate([high[1:], high[-1:]])
        lines_kept = (np.round(y, 4), np.floor(low * 1e4) / 1e4, np.ceil(high * 1e4) / 1e4)
        values, least, most = (tuple(column.tolist()) for column in lines_kept)
        return replace(self, scores=tuple(x.tolist()), values=values, low=least, high=most)

    def to_json(self) -> dict[str, Any]:
        """Lists of JSON numbers, by field."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Any) -> ProbabilityMap:
        """The inverse of `to_json`; raises BadArgument, naming the field, for what is no rising map.

        >>> made = ProbabilityMap((0.5, 0.9), (0.1, 0.8), (0.0, 0.5), (0.3, 1.0), 40, 0.9, 12)
        >>> ProbabilityMap.from_json(made.to_json()) == made
        True
        """
        if not isinstance(data, Mapping):
            raise BadArgument("map", N_("a JSON object"), data)
        scores = _rising("scores", data.get("scores"), (-math.inf, math.inf))
        if any(a == b for a, b in itertools.pairwise(scores)):
            raise BadArgument("scores", N_("every score once"), len(scores))
        values, low, high = (_rising(name, data.get(name), (0.0, 1.0)) for name in LINES)
        if not len(scores) == len(values) == len(low) == len(high):
            raise BadArgument("values", N_("as many as scores"), len(values))
        if any(not a <= b <= c for a, b, c in zip(low, values, high, strict=True)):
            raise BadArgument("low", N_("at or below the map, and high at or above it"), "crossing")
        n = _count("n", data.get("n"), 10**12)
        confidence = _within("confidence", data.get("confidence"), (0.0, 1.0))
        floor = _within("floor", data.get("floor", LOWEST_SCORE), (-1.0, 1.0))
        return cls(
            scores, values, low, high, n, confidence, _count("positives", data.get("positives", 0), n), floor
        )


def _finite(value: Any) -> bool:
    # Whole numbers of JSON may be longer than any float.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER


def _rising(name: str, value: Any, within: tuple[float, float]) -> tuple[float, ...]:
    rule = N_("a rising list of numbers in range")
    if not isinstance(value, list) or len(value) > MAX_KNOTS or not all(map(_finite, value)):
        raise BadArgument(name, rule, type(value).__name__)
    numbers = tuple(map(float, value))
    if any(a > b for a, b in itertools.pairwise(numbers)):
        raise BadArgument(name, rule, len(numbers))
    if numbers and not within[0] <= numbers[0] <= numbers[-1] <= within[1]:
        raise BadArgument(name, rule, (numbers[0], numbers[-1]))
    return numbers


def _within(name: str, value: Any, within: tuple[float, float]) -> float:
    if not _finite(value) or not within[0] <= value <= within[1]:
        raise BadArgument(name, N_("a number in its range"), value)
    return float(value)


def _count(name: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise BadArgument(name, N_("a whole number, 0 or above"), value)
    return value
