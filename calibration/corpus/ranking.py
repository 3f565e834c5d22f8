"""The best answers to queries: found here or by many workers, exactly or by an index, block by block."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.corpus.approximate import MakeIndex, nearest_approximately
from calibration.corpus.blocks import Ids
from calibration.corpus.nearest import nearest
from calibration.corpus.recall import Recall, Tally, share_of_draw, tally_of_best
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.nearest import Ranked, spread_nearest
from calibration.encoding.batching import Progress
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
    make: MakeIndex | None = None,
    spread: Spread | None = None,
    kept: Kept | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
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
        own: dict[str, Any] = {"progress": _onward(progress, done, len(queries)), "cancel": cancel}
        done += len(asked)
        if not there.size:
            continue
        sides = (texts, queries[asked], base[there])
        if approximate:
            best = list(nearest_approximately(*sides, depth, options, make=make, **own))
            tally += tally_of_best(*sides, best, k, options, share_of_draw(len(asked), len(queries)))
        elif spread is not None:
            how: dict[str, Any] = {
                "block": spread.block,
                "kept": kept,
                "cost": spread.cost,
                "name": f"{block}-",
                **own,
            }
            best = spread_nearest(*sides, depth, options, spread.workers, **how)
        else:
            best = list(nearest(*sides, depth, options, **own))
        for at, (rows, scores) in zip(asked.tolist(), best, strict=True):
            found[at] = there[rows[:depth]], scores[:depth]
    return Ranking(found, tally.recall(k) if approximate else None)


def _onward(progress: Progress | None, before: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(min(total, before + done), total)
