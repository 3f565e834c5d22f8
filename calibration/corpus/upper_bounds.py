"""Which pairs of texts may reach a threshold, by upper bounds of their scores that cost less than the scores.

A unit vector is written in an orthonormal basis fitted to the texts. Its first coordinates are kept, and the
length of the rest becomes one number more. The product of two such short vectors is never less than the cosine
(Cauchy-Schwarz on the rest), so a pair whose bound misses the threshold needs no score. Short vectors are rounded
to the arithmetic that this processor multiplies fastest, and the bound is widened by what rounding can do. Every
pair that is left is scored exactly: no choice that is made here changes the result. See docs/decisions/0014.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np

from calibration.corpus.blocks import SLACK, Ids, block_scores
from calibration.corpus.products import Arithmetic, Doubles, arithmetics, at_least, seconds_a_column
from calibration.corpus.tiles import of_tiles
from calibration.scoring.similarity import EncodedTexts, ScoringOptions
from calibration.settings import vector_bytes

if TYPE_CHECKING:
    import torch

FEWEST: Final = 16_384
"""Texts below which fitting a basis costs more than it saves."""
_FITTED: Final = 3072
"""Texts, drawn at random, that the basis is fitted to."""
_HELD: Final = 1024
"""And others, on which the widths are compared."""
_STEP: Final = 32
_TILE: Final = 2048
"""Texts that one product takes: few enough for the processor's cache."""
_ROWS: Final = 1024
"""Texts whose short vectors are made at a time: what is between stays in the processor's cache."""
_EXACT: Final = 3e-6
"""Seconds that an exact score takes, about."""
_SCAN: Final = 4e-9
"""Seconds a score, about, to collect from a row of a tile that holds one to collect."""
_BELOW: Final = 1e-9
"""More than the bound can be off by before it is rounded, in double precision."""


class PairFilter(Protocol):
    """Finds a superset of the pairs that reach a threshold. `taken` makes of texts what `near` compares."""

    def taken(self, ids: Ids) -> Any:
        """The texts numbered `ids`, as an array or tensor with one row each."""

    def room(self, rows: int) -> Any:
        """Room for so many of them."""

    def near(self, first: Any, second: Any) -> tuple[Ids, Ids]:
        """Rows of `first` and of `second` that may reach the threshold together."""


class Rounded(NamedTuple):
    """The short vectors of some texts, a row each, and the most that rounding took from one of them."""

    vectors: torch.Tensor
    lost: float


@dataclass(frozen=True)
class ScoreFilter:
    """Scores in single precision, of texts of any number of segments."""

    texts: EncodedTexts
    threshold: float
    options: ScoringOptions

    def of(self, texts: EncodedTexts, *_rounded: Rounded | None) -> ScoreFilter:
        """The same filter for other texts."""
        return replace(self, texts=texts)

    def rounded(self) -> None:
        """Nothing is made of the texts beforehand."""

    def taken(self, ids: Ids) -> Ids:
        """Themselves."""
        return ids

    def room(self, rows: int) -> Ids:
        """Room for numbers."""
        return np.empty(rows, np.intp)

    def near(self, first: Ids, second: Ids) -> tuple[Ids, Ids]:
        """All that reach the threshold, to within SLACK."""
        import torch

        scores = block_scores(self.texts, first, second, self.options)
        return at_least(torch.from_numpy(scores), self.threshold - SLACK)


@dataclass(frozen=True)
class BoundFilter:
    """Upper bounds of scores, of texts with one vector each.

    basis: (dim, width - 1), orthonormal columns; None to keep vectors whole, which have `width` numbers.
    made: the short vectors of `texts`, where they were made before.
    """

    texts: EncodedTexts
    threshold: float
    basis: Doubles | None
    arithmetic: Arithmetic
    width: int
    made: torch.Tensor | None = None

    def of(self, texts: EncodedTexts, *rounded: Rounded | None) -> BoundFilter:
        """The same filter for other texts. rounded: what `rounded` made of their parts, one after the other."""
        import torch

        known = [part for part in rounded if part is not None]
        self.arithmetic.lost = max([self.arithmetic.lost, *(part.lost for part in known)])
        made = torch.cat([part.vectors for part in known]) if known else None
        return replace(self, texts=texts, made=made)

    def rounded(self) -> Rounded:
        """The short vectors of all texts: a matrix product a text, which pays to be made once."""
        vectors = self.taken(np.arange(len(self.texts.starts) - 1))
        return Rounded(vectors, self.arithmetic.lost)

    def taken(self, ids: Ids) -> torch.Tensor:
        """Short vectors, rounded."""
        if self.made is not None:
            return self.made[ids]
        if len(ids) > _ROWS:
            import torch

            return torch.cat([self.taken(ids[at : at + _ROWS]) for at in range(0, len(ids), _ROWS)])
        vectors = self.texts.vectors[self.texts.starts[ids]].astype(np.float64)
        return self.arithmetic.rounded(_short(vectors, self.basis))

    def room(self, rows: int) -> torch.Tensor:
        """Room for short vectors; what is not filled takes no memory."""
        return self.arithmetic.rounded(np.empty((0, self.width))).new_empty((rows, self.width))

    def near(self, first: torch.Tensor, second: torch.Tensor) -> tuple[Ids, Ids]:
        """All whose bound reaches the threshold."""
        bound = (self.threshold - _BELOW - self.arithmetic.slack(self.width)) / self.arithmetic.unit

        def of(tile: slice) -> tuple[Ids, Ids]:
            rows, columns = at_least(self.arithmetic.products(first, second[tile]), bound)
            return rows, columns + tile.start

        found = of_tiles(of, len(second), _TILE)
        if not found:
            return np.empty(0, np.intp), np.empty(0, np.intp)
        return np.concatenate([rows for rows, _ in found]), np.concatenate([columns for _, columns in found])


AnyFilter = ScoreFilter | BoundFilter


def pair_filter(
    texts: EncodedTexts,
    threshold: float,
    options: ScoringOptions,
    offered: Callable[[], list[Arithmetic]] = arithmetics,
) -> AnyFilter:
    """The filter that is expected to take the least time for these texts on this processor."""
    plain = ScoreFilter(texts, threshold, options)
    n, dim = len(texts.starts) - 1, texts.vectors.shape[1]
    if n < FEWEST or len(texts.vectors) != n:
        return plain
    drawn = np.random.default_rng(0).choice(n, _FITTED + _HELD, replace=False)
    sample = texts.vectors[drawn].astype(np.float64)
    fitted, held = sample[:_FITTED], sample[_FITTED:]
    axes: Doubles = np.linalg.eigh(fitted.T @ fitted)[1][:, ::-1]
    ways = offered()
    speeds = [seconds_a_column(way) for way in ways]
    shares = _shares(held @ axes, [threshold - way.slack(dim) for way in ways])
    costs = {
        (columns, at): columns * speeds[at] + share * _EXACT + min(1.0, share * _TILE) * _SCAN
        for columns, of_ways in shares.items()
        for at, share in enumerate(of_ways)
        if n * (columns + 1) * ways[at].itemsize <= vector_bytes() or (columns, at) == (dim, 0)
    }
    columns, at = min(costs, key=lambda one: costs[one])
    if (columns, at) == (dim, 0):  # single precision of whole vectors: no bound at all
        return plain
    basis = np.ascontiguousarray(axes[:, :columns]) if columns < dim else None
    short = _short(held, basis)
    ways[at].fit(short)
    return BoundFilter(texts, threshold, basis, ways[at], short.shape[1])


def _short(vectors: Doubles, basis: Doubles | None) -> Doubles:
    """(n, width) unit vectors whose products are never less than those of `vectors`, (n, dim), but by _BELOW."""
    if basis is None:
        return vectors
    inside = vectors @ basis
    outside = np.einsum("ij,ij->i", vectors, vectors) - np.einsum("ij,ij->i", inside, inside)
    return np.column_stack([inside, np.sqrt(np.maximum(outside, 0.0) + _BELOW**2)])


def _shares(turned: Doubles, bounds: list[float]) -> dict[int, list[float]]:
    """For each number of leading coordinates, the share of pairs whose upper bound reaches each of `bounds`."""
    n, dim = turned.shape
    pairs, found = np.triu_indices(n, 1), {}
    inside, left = np.zeros((n, n)), (turned**2).sum(axis=1)
    for end in [*range(_STEP, dim, _STEP), dim]:
        part = turned[:, (end - 1) // _STEP * _STEP : end]
        inside += part @ part.T
        left = np.maximum(left - (part**2).sum(axis=1), 0.0)
        above = (inside + np.sqrt(np.outer(left, left)))[pairs]
        found[end] = [float((above >= bound).mean()) for bound in bounds]
    return found
