"""Cluster the distinct texts of a job: here or by many workers, exactly or by an index, block by block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from calibration.corpus.approximate import Pairs, near_pairs
from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.leaders import Leaders, find_leaders
from calibration.corpus.pair_leaders import leaders_of_pairs
from calibration.corpus.parted import taken
from calibration.corpus.recall import Recall, Tally, share_of_draw, tally_of_pairs
from calibration.corpus.spread.bundles import spread_groups
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.near_pairs import spread_near_pairs
from calibration.corpus.threshold import Threshold
from calibration.corpus.within import Items
from calibration.scoring.similarity import EncodedTexts

SMALL: Final = 4096
"""Texts that a block may have and still be compared exactly where an index is asked for."""


def cluster_here(
    texts: EncodedTexts, items: Items, order: Ids, threshold: Threshold, how: Execution = HERE
) -> Leaders:
    """The clusters of `items`, a permutation of which is `order`. Raises Cancelled."""
    groups, done, found = list(items.members(order)), 0, list[Leaders]()
    rule = (threshold.value, threshold.options)
    if len(groups) == 1:
        return find_leaders(texts, order, *rule, progress=how.progress, cancel=how.cancel)
    for group in groups:
        part = taken(texts, items.texts[group])
        found.append(find_leaders(part, np.arange(len(group)), *rule, cancel=how.cancel))
        done += len(group)
        if how.progress:
            how.progress(done, len(order))
    return _together(groups, found, len(order))


def cluster_spread(
    texts: EncodedTexts, items: Items, order: Ids, threshold: Threshold, spread: Spread, how: Execution = HERE
) -> Leaders:
    """The same by the workers of `spread`."""
    groups = list(items.members(order))
    numbers = [items.texts[group] for group in groups]
    found = spread_groups(texts, numbers, threshold.value, threshold.options, spread, how)
    return _together(groups, found, len(order))


def cluster_approximately(
    texts: EncodedTexts, items: Items, order: Ids, threshold: Threshold, how: Execution = HERE
) -> tuple[Leaders, Recall | None]:
    """By the near pairs that an index finds, and how many of them it does. A small block is compared exactly; None
    where all are small. how.spread: who builds and asks the index.
    """
    groups, found, tally, done = list(items.members(order)), list[Leaders](), Tally(), 0
    total, rule = len(order), (threshold.value, threshold.options)
    if len(groups) == 1:
        pairs = _near_pairs(texts, threshold, how, "")
        return leaders_of_pairs(pairs, order), tally_of_pairs(texts, pairs, *rule).recall(None)
    by_index = sum(len(group) for group in groups if len(group) > SMALL)
    for at, group in enumerate(groups):
        part, own = taken(texts, items.texts[group]), np.arange(len(group))
        if len(group) > SMALL:
            pairs = _near_pairs(part, threshold, how.after(done, total), f"{at}-")
            tally += tally_of_pairs(part, pairs, *rule, share_of_draw(len(group), by_index))
            found.append(leaders_of_pairs(pairs, own))
        else:
            found.append(find_leaders(part, own, *rule, cancel=how.cancel))
        done += len(group)
        if how.progress:
            how.progress(done, total)
    return _together(groups, found, total), tally.recall(None) if by_index else None


def _near_pairs(texts: EncodedTexts, threshold: Threshold, how: Execution, name: str) -> Pairs:
    """By a server's index, or FAISS's: of many workers, or here."""
    rule = (threshold.value, threshold.options)
    if how.spread is not None and how.make is None:
        return spread_near_pairs(texts, *rule, how.spread, how, name=name)
    return near_pairs(texts, *rule, make=how.make, progress=how.progress, cancel=how.cancel)


def _together(groups: Iterable[Ids], found: Iterable[Leaders], total: int) -> Leaders:
    """The clusters of groups, by places in them, as clusters of all."""
    representative, scores = np.arange(total), np.ones(total)
    for group, one in zip(groups, found, strict=True):
        representative[group], scores[group] = group[one.representative], one.scores
    return Leaders(representative, scores)
