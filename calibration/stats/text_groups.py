"""Groups of pairs connected by shared texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from calibration.columns import TEXT_A, TEXT_B
from calibration.stats.threshold_counts import Ints
from calibration.text.keys import FOLDED_KEYS, codes_of, folded


def text_groups(pairs: pd.DataFrame) -> Ints:
    """(n,) group numbers: two pairs share one where a chain of shared texts joins them.

    Texts count as equal after trimming and lower-casing. Connected components of the graph whose nodes are
    texts and whose edges are pairs; O(n).

    >>> text_groups(pd.DataFrame({"text_a": ["x", "y", "p"], "text_b": ["y", "z", "q"]})).tolist()
    [0, 0, 1]
    """
    return groups_of(text_codes(pairs))


def groups_of(codes: Ints) -> Ints:
    """(n,) group numbers for the `text_codes` (n, 2) of pairs, or of some of them.

    >>> groups_of(np.array([[0, 1], [1, 2], [3, 4]])).tolist()
    [0, 0, 1]
    """
    if not len(codes):
        return np.empty(0, dtype=np.int64)
    size = int(codes.max()) + 1
    edges = coo_array((np.ones(len(codes), dtype=np.int8), (codes[:, 0], codes[:, 1])), shape=(size, size))
    _, component = connected_components(edges, directed=False)
    return np.asarray(pd.factorize(component[codes[:, 0]])[0], dtype=np.int64)


def text_codes(pairs: pd.DataFrame) -> Ints:
    """(n, 2) the number of each pair's two texts, equal numbers for texts that count as equal.

    Pairs have either their texts or `calibration.text.keys.FOLDED_KEYS`.

    >>> text_codes(pd.DataFrame({"text_a": ["x", "Y "], "text_b": ["y", "z"]})).tolist()
    [[0, 1], [1, 2]]
    """
    if has_keys(pairs):
        return codes_of(np.concatenate([pairs[name].to_numpy() for name in FOLDED_KEYS])).reshape(2, -1).T
    texts = folded(pd.concat([pairs[TEXT_A], pairs[TEXT_B]]))
    return np.asarray(pd.factorize(texts)[0], dtype=np.int64).reshape(2, -1).T


def has_keys(pairs: pd.DataFrame) -> bool:
    """Whether pairs have keys in the place of their texts."""
    return set(FOLDED_KEYS) <= set(pairs.columns)


def has_texts(pairs: pd.DataFrame) -> bool:
    """Whether it is known which pairs share texts."""
    return {TEXT_A, TEXT_B} <= set(pairs.columns) or has_keys(pairs)
