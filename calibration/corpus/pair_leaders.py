"""Clusters from pairs of near texts, by the rule of `calibration.corpus.leaders`."""

from __future__ import annotations

import numpy as np

from calibration.corpus.approximate import Pairs
from calibration.corpus.blocks import Ids
from calibration.corpus.leaders import Leaders


def leaders_of_pairs(pairs: Pairs, order: Ids) -> Leaders:
    """Clusters of the texts numbered in `order`, highest priority first.

    pairs: those that reach the threshold, each both ways, by their first text. Where no pair is missing, these are
    the clusters of `find_leaders`; where one is, a text may stay or end up with a representative less similar, but
    never with one below the threshold.
    """
    first, second, scores = pairs
    starts = np.searchsorted(first, np.arange(len(order) + 1))
    leads = np.zeros(len(order), bool)
    for text in order.tolist():
        leads[text] = not leads[second[starts[text] : starts[text + 1]]].any()
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    mine = ~leads[first] & leads[second]
    first, second, scores = first[mine], second[mine], scores[mine]
    best = np.lexsort((-rank[second], scores, first))
    first, second, scores = first[best], second[best], scores[best]
    last = np.flatnonzero(np.diff(first, append=-1))  # a text's best: the highest score, then the highest priority
    representative, found = np.arange(len(order)), np.ones(len(order))
    representative[first[last]], found[first[last]] = second[last], scores[last]
    return Leaders(representative, found)
