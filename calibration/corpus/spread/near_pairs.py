"""Near pairs by an index in shards; scores are exact, as by `calibration.corpus.approximate`."""

from __future__ import annotations

import numpy as np

from calibration.corpus.approximate import ROUGH, Pairs, both_ways, pairs_from, together
from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.faiss_index import Cells, FaissIndex, Stored
from calibration.corpus.near_index import Candidates
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.shards import ShardSteps, exactly
from calibration.corpus.spread.workers import Arrays
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, merge_scores


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
