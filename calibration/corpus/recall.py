"""Measure the recall of an approximate search against an exact one on a random sample of texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.corpus.approximate import Pairs
from calibration.corpus.blocks import SLACK, Ids, block_scores
from calibration.corpus.nearest import nearest
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, similarity
from calibration.stats.intervals import Proportion, proportion

DRAWN: Final = 500
"""Texts on which it is measured."""
_STEP: Final = 16_384


@dataclass(frozen=True)
class Recall:
    """What was found of what an exact search finds for queries drawn at random.

    found: the share of all neighbours, in [0, 1]; NaN where there are none. complete: of the queries that have any,
    those all of whose neighbours were found. k: neighbours are the k best; None: all from the threshold on.
    """

    found: float
    complete: Proportion
    k: int | None


@dataclass(frozen=True)
class Tally:
    """Counts of several samples, which add up. found: of `there` neighbours; whole: queries of `asked` whose
    neighbours were all found.
    """

    found: int = 0
    there: int = 0
    whole: int = 0
    asked: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.found + other.found, self.there + other.there, self.whole + other.whole, self.asked + other.asked
        )

    def recall(self, k: int | None, confidence: float = DEFAULT_CONFIDENCE) -> Recall:
        """As shares."""
        found = self.found / self.there if self.there else math.nan
        return Recall(found, proportion(self.whole, self.asked, confidence), k)


def share_of_draw(size: int, total: int) -> int:
    """How many of a block's texts are drawn, so that DRAWN of all are, in proportion."""
    return min(size, -(-DRAWN * size // max(1, total)))


def tally_of_best(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    found: Sequence[tuple[Ids, NDArray[np.float64]]],
    k: int,
    options: ScoringOptions,
    draw: int = DRAWN,
    seed: int = 0,
) -> Tally:
    """How many of the true k best of `draw` queries drawn at random are in `found`; as good by score is as good."""
    drawn = np.random.default_rng(seed).permutation(len(queries))[:draw]
    hits, whole, wanted = 0, 0, min(k, len(base))
    for at, (_, exact) in zip(drawn, nearest(texts, queries[drawn], base, k, options), strict=True):
        here = int((found[at][1][:k] >= exact[wanted - 1] - SLACK).sum())
        hits += here
        whole += here >= wanted
    return Tally(hits, len(drawn) * wanted, whole, len(drawn))


def tally_of_pairs(
    texts: EncodedTexts,
    pairs: Pairs,
    threshold: float,
    options: ScoringOptions,
    draw: int = DRAWN,
    seed: int = 0,
) -> Tally:
    """How many of the texts that score `threshold` or more with some drawn at random are among their candidates in
    `pairs`.
    """
    n = len(texts.vectors)
    drawn = np.sort(np.random.default_rng(seed).permutation(n)[:draw])
    there = np.zeros(len(drawn), np.intp)
    for at in range(0, n, _STEP):
        others = np.arange(at, min(at + _STEP, n))
        rows, columns = np.nonzero(block_scores(texts, drawn, others, options) >= threshold - SLACK)
        first, second = drawn[rows], others[columns]
        near = (similarity(texts, first, second, options) >= threshold) & (first != second)
        there += np.bincount(rows[near], minlength=len(drawn))
    found = np.searchsorted(pairs[0], drawn, "right") - np.searchsorted(pairs[0], drawn)
    asked = there > 0
    return Tally(int(found.sum()), int(there.sum()), int((found >= there)[asked].sum()), int(asked.sum()))
