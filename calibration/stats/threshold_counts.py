"""Confusion counts at every threshold, in one sort.

A threshold t accepts every pair with score >= t. Only observed scores matter as thresholds: between two of
them the counts do not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.stats.ordering import stable_order

DECIMALS: Final = 6
"""Scores are distinguished to so many decimals; closer ones are ties."""
STEP: Final = 10**DECIMALS
"""Steps in a score of 1."""

_EXACT: Final = 2.0**52
"""Steps up to which every whole number is a float."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Curve:
    """Confusion counts at every distinct score, from the highest score down.

    thresholds: (m,) distinct quantised scores, strictly falling.
    n_above: (m,) pairs with score >= threshold, strictly rising, the last is `n`.
    false_positives: (m,) negatives among them, rising.
    dropped: pairs left out, their score or label being NaN or infinite.
    """

    thresholds: Floats
    n_above: Ints
    false_positives: Ints
    dropped: int

    @property
    def n(self) -> int:
        """Pairs counted."""
        return int(self.n_above[-1]) if self.n_above.size else 0

    @property
    def positives(self) -> int:
        """Positive pairs counted."""
        return self.n - int(self.false_positives[-1]) if self.n_above.size else 0

    @property
    def precision(self) -> Floats:
        """(m,) share of positives among the accepted, in [0, 1]; the larger the better."""
        return 1.0 - self.false_positives / self.n_above

    @property
    def recall(self) -> Floats:
        """(m,) share of all positives that is accepted, in [0, 1]; NaN without positives."""
        found = (self.n_above - self.false_positives).astype(np.float64)
        return found / self.positives if self.positives else np.full(found.shape, np.nan)


def quantise(scores: ArrayLike) -> Floats:
    """Round scores DOWN to 1e-6, so that `score >= q` and `quantise(score) >= q` agree for every quantised q.

    >>> quantise([0.1234567, 0.3]).tolist()
    [0.123456, 0.3]
    """
    raw = np.asarray(scores, dtype=np.float64)
    steps = np.floor(raw * STEP)
    # The product may be off by one unit in the last place, on either side of a whole step.
    steps = np.where((steps + 1) / STEP <= raw, steps + 1, steps)
    return np.asarray(np.where(steps / STEP > raw, steps - 1, steps) / STEP)


def falling_order(quantised: Floats) -> NDArray[np.intp]:
    """(n,) the order of finite quantised scores from the highest down; ties stay in their order.

    >>> falling_order(np.array([0.3, 0.5, 0.3])).tolist()
    [1, 0, 2]
    """
    steps = np.rint(quantised * -STEP)
    if not steps.size or np.abs(steps).max() >= _EXACT:
        return np.argsort(-quantised, kind="stable")
    return stable_order((steps - steps.min()).astype(np.int64))


def mirrored(threshold: float) -> float:
    """The t of `score < t` for a threshold of the negated scores: one step above the highest score meant.

    >>> mirrored(-0.5), mirrored(float("inf"))
    (0.500001, -inf)
    """
    return round(-threshold + 1 / STEP, DECIMALS)


def curve(scores: ArrayLike, positives: ArrayLike) -> Curve:
    """Counts at every distinct score.

    scores: (n,) the higher the more alike. positives: (n,) 1, True: positive; 0, False: negative; NaN: unknown.
    Raises BadArgument where shapes differ or a label is anything else. O(n log n).

    >>> c = curve([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0])
    >>> c.thresholds.tolist(), c.n_above.tolist(), c.false_positives.tolist()
    ([0.9, 0.8, 0.1], [1, 3, 4], [0, 1, 2])
    """
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    kept = quantise(raw[usable])
    order = falling_order(kept)
    kept, negatives = kept[order], 1 - labels[usable][order].astype(np.int64)
    last_of_tie = np.flatnonzero(np.append(np.diff(kept) != 0, True)) if kept.size else np.empty(0, np.int64)
    return Curve(
        thresholds=kept[last_of_tie],
        n_above=last_of_tie + 1,
        false_positives=np.cumsum(negatives)[last_of_tie],
        dropped=int(raw.size - usable.sum()),
    )


def check_arrays(scores: ArrayLike, positives: ArrayLike) -> tuple[Floats, Floats]:
    """Both as float arrays of one shape (n,); raises BadArgument where they are not, or a label is not 0 or 1."""
    try:
        raw, labels = np.asarray(scores, dtype=np.float64), np.asarray(positives, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadArgument("scores, positives", N_("numbers"), N_("something else")) from None
    if raw.ndim != 1 or raw.shape != labels.shape:
        raise BadArgument("positives", note(N_("one label a score, shape {shape}"), shape=raw.shape), labels.shape)
    known = labels[np.isfinite(labels)]
    if not np.isin(known, (0.0, 1.0)).all():
        raise BadArgument("positives", N_("0, 1 or NaN"), float(known[~np.isin(known, (0.0, 1.0))][0]))
    return raw, labels
