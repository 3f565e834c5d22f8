"""Near pairs and best answers by an index in shards; scores are exact, as by `calibration.corpus.approximate`."""

from __future__ import annotations

import numpy as np

from calibration.corpus.approximate import ROUGH, WIDER, Pairs, both_ways, pairs_from, together
from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.faiss_index import Cells, FaissIndex, Stored
from calibration.corpus.near_index import Candidates
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.nearest import Ranked, keep_best
from calibration.corpus.spread.shards import ShardSteps, exactly
from calibration.corpus.spread.workers import Arrays
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, merge_scores, similarity


def spread_near_pairs(
    texts: EncodedTexts,
    threshold: float,
    options: ScoringOptions,
    spread: Spread,
    how: Execution = HERE,
    *,
    name: str = "",
) -> Pairs:
    """As `near_pairs`, of the neighbours that the index of each shard finds.

    name: begins the names of steps. Raises Cancelled and what workers raise.
    """
    found, everything = list[Pairs](), np.arange(len(texts.tokens))

    def keep(block: int, shard: int, some: Arrays) -> None:
        found.append((some[0] + block, some[1] + shard, some[2]))

    sides, rule = (everything, everything), (threshold, options)
    steps = ShardSteps(texts, sides, spread.workers, pairs, rule, keep, size=spread.block, name=name)
    how.carry_out(steps, spread, len(everything))
    return both_ways(*together(found))


def spread_nearest_approximately(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    k: int,
    options: ScoringOptions,
    spread: Spread,
    how: Execution = HERE,
    *,
    name: str = "",
) -> list[Ranked]:
    """As `nearest_approximately`, of the candidates that the index of each shard finds.

    name: begins the names of steps. Raises Cancelled and what workers raise.
    """
    found: list[Ranked] = [(np.empty(0, np.intp), np.empty(0))] * len(queries)

    def keep(block: int, shard: int, some: Arrays) -> None:
        keep_best(found, k, block, shard, some)

    steps = ShardSteps(
        texts, (queries, base), spread.workers, best, (k, options), keep, size=spread.block, name=name
    )
    how.carry_out(steps, spread, len(queries))
    return found


def pairs(
    stored: Stored,
    cells: Cells,
    asked: EncodedTexts,
    shard: EncodedTexts,
    threshold: float,
    options: ScoringOptions,
) -> Arrays:
    """Near pairs of texts with those of a shard, by places in both; a text with itself too."""
    index = FaissIndex.restored(stored)

    def look(rows: Ids, k: int) -> Candidates:
        return index.search(asked.vectors[rows], k, threshold - ROUGH, cells.of(rows))

    score = exactly(asked, shard, options, merge_scores)
    return together(list(pairs_from(look, score, np.arange(len(asked.tokens)), threshold, len(index))))


def best(
    stored: Stored, cells: Cells, asked: EncodedTexts, shard: EncodedTexts, k: int, options: ScoringOptions
) -> Arrays:
    """How many of a shard were found for each text, then their places and scores, one after the other."""
    rows, columns = FaissIndex.restored(stored).search(asked.vectors, WIDER * k, cells=cells)
    scores = exactly(asked, shard, options, similarity)(rows, columns)
    order = np.lexsort((columns, -scores, rows))
    rows, columns, scores = rows[order], columns[order], scores[order]
    sizes = np.bincount(rows, minlength=len(asked.tokens))
    kept = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < k
    return np.minimum(sizes, k), columns[kept], scores[kept]
