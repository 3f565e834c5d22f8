"""The steps of `calibration.corpus.spread.leaders`, as a worker carries them out."""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.corpus.blocks import Ids
from calibration.corpus.leaders import BLOCK, best_leaders, find_leaders
from calibration.corpus.parted import joined, taken
from calibration.corpus.spread.workers import Arrays
from calibration.corpus.upper_bounds import AnyFilter, Rounded
from calibration.scoring.similarity import EncodedTexts, ScoringOptions


def rounded(part: EncodedTexts, how: AnyFilter) -> Rounded | None:
    """What the filter makes of the texts of a block."""
    return how.of(part).rounded()


def lead(
    part: EncodedTexts, short: Rounded | None, ids: Ids, threshold: float, options: ScoringOptions, how: AnyFilter
) -> Arrays:
    """The clusters of some texts of a block: representatives by their number among `ids`, and scores."""
    texts = taken(part, ids)
    how = how.of(texts, short and _cut(short, ids))
    found = find_leaders(texts, np.arange(len(ids)), threshold, options, how=how)
    return found.representative, found.scores


def hold(
    ahead: EncodedTexts,
    ahead_short: Rounded | None,
    leaders: Ids,
    behind: EncodedTexts,
    behind_short: Rounded | None,
    ids: Ids,
    threshold: float,
    options: ScoringOptions,
    how: AnyFilter,
) -> Arrays:
    """Who of `ids` reaches a representative: numbers among them, numbers among `leaders`, and scores."""
    if ahead_short is not None and behind_short is not None:  # most texts are ruled out without their vectors
        ahead_short, behind_short = _cut(ahead_short, leaders), _cut(behind_short, ids)
        near = _near(how.of(ahead, ahead_short, behind_short), ahead_short.vectors, behind_short.vectors)
        ahead_short, behind_short = _cut(ahead_short, near[0]), _cut(behind_short, near[1])
    else:
        near = np.arange(len(leaders)), np.arange(len(ids))
    texts = joined(taken(ahead, leaders[near[0]]), taken(behind, ids[near[1]]))
    how, numbers = how.of(texts, ahead_short, behind_short), np.arange(len(texts.tokens))
    first, second = np.split(numbers, [len(near[0])])
    at, best, scores = best_leaders(texts, first, second, threshold, options, how)
    return near[1][at], near[0][best], scores


def _cut(short: Rounded, ids: Ids) -> Rounded:
    return short._replace(vectors=short.vectors[ids])


def _near(how: AnyFilter, leaders: Any, others: Any) -> tuple[Ids, Ids]:
    """Which of both are in a pair that may reach the threshold."""
    first, second = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for at in range(0, len(others), BLOCK):
        rows, columns = how.near(others[at : at + BLOCK], leaders)
        first.append(columns)
        second.append(at + rows)
    return np.unique(np.concatenate(first)), np.unique(np.concatenate(second))
