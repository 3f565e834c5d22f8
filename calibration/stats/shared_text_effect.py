"""The effective number of labels at each threshold when labels share texts.

Two pairs that share a text tend to be right or wrong together. With `m` the mean number of other accepted pairs
that a pair shares a text with, and `r` the correlation of two such labels, `k` labels vary like `k / deff`
independent ones, deff = 1 + m r (Kish 1965; for pairs of things Aronow, Samii & Assenova 2015). Pairs count as
dependent where they share a text themselves, not where a chain of others joins them.

The correlation is that of the accepted labels: wrong pairs at the top may come from one text while labels at large
hardly hang together. Few wrong labels say little about it, so one more is imagined: a text whose 1 + m pairs are
all wrong. Where no label is wrong, pairs that share a text then count as one; the more are seen, the less that
weighs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.ordering import stable_order
from calibration.stats.threshold_counts import Curve, Floats, Ints, check_arrays, falling_order, quantise


def sharing_effects(texts: Ints, wrong: Floats) -> Floats:
    """(n,) the design effect, at least 1, of the first 1, 2, ..., n labels.

    texts: (n, 2) the numbers of each pair's texts, see `calibration.stats.text_groups.text_codes`. wrong: (n,) 1
    or 0. O(n log n).

    >>> sharing_effects(np.array([[0, 1], [0, 2], [3, 4]]), np.array([0.0, 0.0, 1.0])).round(2).tolist()
    [1.0, 2.0, 1.67]
    >>> sharing_effects(np.array([[0, 1], [2, 3]]), np.array([1.0, 1.0])).tolist()
    [1.0, 1.0]
    """
    n = wrong.size
    rows, earlier, earlier_wrong = _earlier(texts, wrong)
    pairs = np.cumsum(np.bincount(rows, earlier, n))
    both = np.cumsum(np.bincount(rows, wrong[rows] * earlier_wrong, n))
    ends = np.cumsum(np.bincount(rows, earlier_wrong + wrong[rows] * earlier, n))
    others = 2.0 * pairs / np.arange(1, n + 1)
    imagined = (1.0 + others) * others / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (ends + 2.0 * imagined) / (2.0 * (pairs + imagined))
        correlation = ((both + imagined) / (pairs + imagined) - share**2) / (share * (1.0 - share))
    alike = np.where(share < 1.0, np.clip(correlation, 0.0, 1.0), 1.0)
    return np.asarray(1.0 + others * alike, dtype=np.float64)


def shared_proportion(hits: ArrayLike, texts: Ints, confidence: float = DEFAULT_CONFIDENCE) -> Proportion:
    """The share of hits among (n,) pairs, its interval widened by their design effect; texts: (n, 2) as above.

    >>> shared_proportion([1, 1, 0, 0], np.array([[0, 1], [0, 2], [3, 4], [3, 5]])).deff
    2.0
    """
    flags = np.asarray(hits, dtype=np.float64)
    deff = float(sharing_effects(texts, 1.0 - flags)[-1]) if flags.size else 1.0
    return proportion(int(flags.sum()), flags.size, confidence, deff)


def curve_effects(counts: Curve, scores: ArrayLike, positives: ArrayLike, texts: Ints) -> Floats:
    """(m,) the design effect of the labels at or above each threshold of `counts`, made of these (n,) arrays."""
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    order = falling_order(quantise(raw[usable]))
    return sharing_effects(texts[usable][order], 1.0 - labels[usable][order])[counts.n_above - 1]


def _earlier(texts: Ints, wrong: Floats) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Each text of each pair (one of two equal ones) that more than one place has: its row, how many earlier rows
    have it, how many of them are wrong.
    """
    names = texts.ravel()
    often = np.bincount(names, minlength=1)[names] > 1  # texts of one pair alone have no earlier row
    often[1::2] &= texts[:, 0] != texts[:, 1]
    places = np.flatnonzero(often)
    places = places[stable_order(names[places])]
    rows, names = places // 2, names[places]
    starts = np.flatnonzero(np.diff(names, prepend=-1))
    first = np.repeat(starts, np.diff(np.append(starts, names.size)))
    before = np.cumsum(wrong[rows]) - wrong[rows]
    return rows, (np.arange(names.size) - first).astype(np.float64), before - before[first]
