"""How much an approximate search finds of what there is, on texts drawn at random for which all is gone through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.approximate import Pairs
from calibration.corpus.blocks import SLACK, Ids, block_scores
from calibration.corpus.nearest import nearest
from calibration.encoded import EncodedTexts, ScoringOptions, similarity
from calibration.intervals import Proportion, proportion

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


def recall_of_best(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    found: list[tuple[Ids, NDArray[np.float64]]],
    k: int,
    options: ScoringOptions,
    confidence: float = 0.9,
    seed: int = 0,
) -> Recall:
    """How many of the true k best of queries drawn at random are in `found`; as good by score is as good."""
    drawn = np.random.default_rng(seed).permutation(len(queries))[:DRAWN]
    hits, whole, wanted = 0, 0, min(k, len(base))
    for at, (_, exact) in zip(drawn, nearest(texts, queries[drawn], base, k, options), strict=True):
        here = int((found[at][1][:k] >= exact[wanted - 1] - SLACK).sum())
        hits += here
        whole += here >= wanted
    return Recall(hits / (len(drawn) * wanted), proportion(whole, len(drawn), confidence), k)


def recall_of_pairs(
    texts: EncodedTexts,
    pairs: Pairs,
    threshold: float,
    options: ScoringOptions,
    confidence: float = 0.9,
    seed: int = 0,
) -> Recall:
    """How many of the texts that score `threshold` or more with some drawn at random stand beside these in
    `pairs`.
    """
    n = len(texts.vectors)
    drawn = np.sort(np.random.default_rng(seed).permutation(n)[:DRAWN])
    there = np.zeros(len(drawn), np.intp)
    for at in range(0, n, _STEP):
        others = np.arange(at, min(at + _STEP, n))
        rows, columns = np.nonzero(block_scores(texts, drawn, others, options) >= threshold - SLACK)
        first, second = drawn[rows], others[columns]
        near = (similarity(texts, first, second, options) >= threshold) & (first != second)
        there += np.bincount(rows[near], minlength=len(drawn))
    found = np.searchsorted(pairs[0], drawn, "right") - np.searchsorted(pairs[0], drawn)
    asked = there > 0
    complete = proportion(int((found >= there)[asked].sum()), int(asked.sum()), confidence)
    return Recall(float(found.sum() / there.sum()) if there.any() else math.nan, complete, None)
