"""The best answers to queries: found here or by many workers, exactly or by an index, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.corpus.approximate import nearest_approximately
from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.nearest import nearest
from calibration.corpus.recall import Recall, Tally, share_of_draw, tally_of_best
from calibration.corpus.spread.nearest import Ranked, spread_nearest
from calibration.scoring.similarity import EncodedTexts, ScoringOptions

Blocks = tuple[Ids, Ids]
"""The number of the block of each text of a FAQ, and of each query."""


@dataclass(frozen=True)
class Ranking:
    """For each query the best positions and their scores; recall: where an index looked for them."""

    found: list[Ranked]
    recall: Recall | None


def rank(
    texts: EncodedTexts,
    queries: Ids,
    base: Ids,
    depth: int,
    k: int,
    options: ScoringOptions,
    *,
    blocks: Blocks | None = None,
    approximate: bool = False,
    how: Execution = HERE,
) -> Ranking:
    """For each query the `depth` best positions in `base`, of its own block, and their scores.

    approximate: by an index, whose recall of the `k` best is measured. Raises Cancelled and what workers raise.
    """
    if blocks is None:
        blocks = np.zeros(len(base), np.intp), np.zeros(len(queries), np.intp)
    found: list[Ranked] = [(np.empty(0, np.intp), np.empty(0))] * len(queries)
    done, tally = 0, Tally()
    for block in np.unique(blocks[1]):
        there, asked = np.flatnonzero(blocks[0] == block), np.flatnonzero(blocks[1] == block)
        own = how.after(done, len(queries))
        watched: dict[str, Any] = {"progress": own.progress, "cancel": own.cancel}
        done += len(asked)
        if not there.size:
            continue
        sides = (texts, queries[asked], base[there])
        if how.spread is not None and not (approximate and how.make is not None):
            best = spread_nearest(
                *sides, depth, options, how.spread, own, name=f"{block}-", approximate=approximate
            )
        elif approximate:
            best = list(nearest_approximately(*sides, depth, options, make=how.make, **watched))
        else:
            best = list(nearest(*sides, depth, options, **watched))
        if approximate:
            tally += tally_of_best(*sides, best, k, options, share_of_draw(len(asked), len(queries)))
        for at, (rows, scores) in zip(asked.tolist(), best, strict=True):
            found[at] = there[rows[:depth]], scores[:depth]
    return Ranking(found, tally.recall(k) if approximate else None)
