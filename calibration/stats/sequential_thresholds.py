"""Which thresholds of a fixed grid are refuted to miss a precision target, after how many labels.

Thresholds fall from the first to the last. Start i stands for the hypothesis "precision at or above threshold i is
at most p, and so is the chance of every label below it": the first threshold, in the population, that misses the
target is one of them, or none. Threshold j is certified once every start i <= j has been refuted at some moment.
Each start has the whole delta, because only the first false threshold can err first (closed testing of nested
hypotheses, Marcus, Peritz & Gabriel 1976): certifying a threshold that misses the target means to have refuted that
start, which ever happens with probability at most delta.

A start is refuted by either of two tests, which share its budget:

- its own labels, those at or above it, cross the exact boundary of `sequential_test`;
- the capital of `label_betting` against it reaches the inverse of its share of the budget. It counts labels below
  the start too, so that few labels at the very top need not hold everything up.

Two chains of starts, each with a part of delta, run side by side: the main one from a threshold that enough
labels will reach, and a fine one for the few pairs above it, where alone the target may be met. A threshold is
certified by either.

The order of the labels is that of their draw. A label takes part against a start only if the floor above which it
was drawn is at or below the start's threshold; floors may depend on the labels before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from calibration.stats.label_betting import Curves, block_ends, curves, log_capital
from calibration.stats.sequential_test import anytime_bounds, reached
from calibration.stats.shared_text_effect import sharing_effects
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import Floats, Ints

FINE_CHAIN: Final = 0.15
"""Share of delta for the fine chain."""
OWN, OWN_FINE = 0.95, 0.75
"""Share of a start's budget for its own labels, in the main and in the fine chain; the rest is for betting, which
counts for more where a start has few labels of its own."""
EARLY: Final = 0.7
"""Part of the expected labels by which half of a start's budget is spent."""
WIDE: Final = 0.4
"""Starts with more than this share of the pairs above them are decided sooner: there every label counts."""
SOON: Final = 4.5
"""Half of the budget of the lowest start is spent at this multiple of the fewest labels that can refute it."""
SPREAD, SPREAD_WIDE = 0.7, 0.8
CENTRE_RATIO: Final = 1.25
NEVER: Final = -1


@dataclass(frozen=True)
class Stream:
    """Labels in the order of their draw, n of them, on a grid of m thresholds.

    bands: (n,) the first threshold that the label's score reaches; m where it reaches none. wrong: (n,) 1 or 0.
    open_starts: (n,) how many thresholds, from the first on, are at or above the floor of the label's draw.
    texts: (n, 2) from `text_codes`, or None where labels are independent.
    """

    bands: Ints
    wrong: Floats
    open_starts: Ints
    texts: Ints | None = None

    def on(self, first: int, last: int) -> Stream:
        """The same labels on the thresholds from `first` to before `last`."""
        bands = np.clip(self.bands - first, 0, last - first)
        open_starts = np.clip(self.open_starts - first, 0, last - first)
        return Stream(bands, self.wrong, open_starts, self.texts)

    def at_or_above(self, start: int) -> Ints:
        """Positions of the labels that count against a start."""
        return np.flatnonzero((self.bands <= start) & (self.open_starts > start))


@dataclass(frozen=True, eq=False)
class ThresholdTest:
    """Everything fixed before the first label.

    shares: (m,) of the pairs at or above each threshold, rising. expected: about how many labels will be drawn;
    only the power depends on it. fine: how many thresholds are above the first of the main chain. own: share of a
    start's budget for its own labels, in the main chain.
    """

    shares: Floats
    precision: float
    delta: float
    expected: int
    fine: int = 0
    own: float = OWN

    @cached_property
    def main(self) -> ThresholdTest:
        """The main chain alone."""
        level = (1.0 - FINE_CHAIN) * self.delta if self.fine else self.delta
        return ThresholdTest(self.shares[self.fine :], self.precision, level, self.expected, own=self.own)

    @cached_property
    def top(self) -> ThresholdTest:
        """The fine chain alone."""
        level = FINE_CHAIN * self.delta
        return ThresholdTest(self.shares[: self.fine], self.precision, level, self.expected, own=OWN_FINE)

    def spending(self) -> tuple[tuple[float, float, float], ...]:
        """(level, centre, spread) of the boundary of each start."""
        least = kmin(self.precision, self.delta)
        level = self.own * self.delta
        return tuple((level, *_spending(float(share), least, self.expected)) for share in self.shares)

    def bounds(self, last: int) -> tuple[Ints, Ints]:
        """Looks (l,) and bounds (m, l) of each start's own labels."""
        asked = self.spending()
        distinct = tuple(sorted(set(asked)))
        looks, bounds = anytime_bounds(
            round(1.0 - self.precision, 12), distinct, kmin(self.precision, self.delta), reached(last)
        )
        return looks, bounds[[distinct.index(item) for item in asked]]

    @cached_property
    def family(self) -> Curves:
        """What is bet on."""
        return curves(self.shares, self.precision)


def _spending(share: float, least: int, expected: int) -> tuple[float, float]:
    centre = EARLY * expected * min(share, WIDE)
    wide = max(0.0, math.log(share / WIDE) / -math.log(WIDE))
    centre = math.exp((1.0 - wide) * math.log(centre) + wide * math.log(SOON * least))
    centre = max(centre, 1.8 * least)
    steps = round(math.log(centre) / math.log(CENTRE_RATIO))
    return CENTRE_RATIO**steps, round(SPREAD + (SPREAD_WIDE - SPREAD) * wide, 1)


def refuted_at(test: ThresholdTest, stream: Stream) -> Ints:
    """(m,) the number of labels of the stream after which each start was refuted first; NEVER where it is not.

    A function of the labels in their order alone: how they were parted into batches changes nothing.
    """
    own = _own_labels(test, stream)
    bets = _betting(test, stream)
    both = np.where(own == NEVER, bets, np.where(bets == NEVER, own, np.minimum(own, bets)))
    return np.asarray(both, dtype=np.int64)


def _own_labels(test: ThresholdTest, stream: Stream) -> Ints:
    found = np.full(test.shares.size, NEVER, dtype=np.int64)
    looks, bounds = test.bounds(stream.bands.size)
    for start in range(found.size):
        places = stream.at_or_above(start)
        if places.size >= looks[0]:
            k, f = _counts(stream, places)
            ends, before = _first_reaching(k, looks)
            passed = np.flatnonzero(f[ends] <= bounds[start, :before])
            if passed.size:
                found[start] = places[ends[passed[0]]] + 1
    return found


def _counts(stream: Stream, places: Ints) -> tuple[Ints, Ints]:
    """What the first 1, 2, ... of these labels are worth as independent ones: their number, and the wrong ones."""
    wrong = stream.wrong[places]
    number, errors = np.arange(1, places.size + 1), np.cumsum(wrong)
    if stream.texts is None:
        return number, errors.astype(np.int64)
    effects = np.maximum(sharing_effects(stream.texts[places], wrong), 1.0)
    worth = np.maximum.accumulate(np.floor(number / effects + 1e-9))
    return worth.astype(np.int64), np.ceil(errors / effects - 1e-9).astype(np.int64)


def _first_reaching(k: Ints, looks: Ints) -> tuple[Ints, int]:
    """Where k first reaches each of the looks that it reaches at all, and how many those are."""
    ends = np.searchsorted(k, looks, side="left")
    before = int(np.searchsorted(ends, k.size, side="left"))
    return ends[:before], before


def _betting(test: ThresholdTest, stream: Stream) -> Ints:
    n, m = stream.bands.size, test.shares.size
    changes = np.flatnonzero(np.diff(stream.open_starts)) + 1
    ends = np.union1d(block_ends(n), changes)
    if not ends.size:
        return np.full(m, NEVER, dtype=np.int64)
    used = int(ends[-1])
    block = np.searchsorted(ends, np.arange(used), side="right")
    cell = block * (m + 1) + stream.bands[:used]
    wrong, shape = stream.wrong[:used], (ends.size, m + 1)
    negatives: Floats = np.bincount(cell, wrong, ends.size * (m + 1)).astype(np.float64).reshape(shape)[:, :m]
    positives: Floats = np.bincount(cell, 1.0 - wrong, ends.size * (m + 1)).astype(np.float64).reshape(shape)[:, :m]
    usable = (stream.open_starts[ends - 1][:, None] > np.arange(m)).astype(np.float64)
    capital = log_capital(test.family, positives, negatives, usable / _effects(stream, ends)[:, None])
    passed = capital >= -math.log((1.0 - test.own) * test.delta)
    return np.where(passed.any(axis=0), ends[passed.argmax(axis=0)], NEVER)


def _effects(stream: Stream, ends: Ints) -> Floats:
    """The design effect up to each block's end, the largest so far."""
    if stream.texts is None:
        return np.ones(ends.size)
    effects = np.maximum(sharing_effects(stream.texts, stream.wrong), 1.0)
    return np.asarray(np.maximum.accumulate(effects[ends - 1]), dtype=np.float64)


def certified_at(test: ThresholdTest, stream: Stream) -> Ints:
    """(m,) the number of labels after which each threshold was certified first; NEVER where it is not."""
    ends = test.shares.size
    chains = [(test.main, stream.on(test.fine, ends))]
    if test.fine:
        chains.insert(0, (test.top, stream.on(0, test.fine)))
    never = stream.bands.size + 1
    times = [np.where(found == NEVER, never, found) for found in (refuted_at(*chain) for chain in chains)]
    certified = np.concatenate([np.maximum.accumulate(time) for time in times])
    certified = np.minimum.accumulate(certified[::-1])[::-1]  # a threshold is met where a lower one is
    return np.where(certified == never, NEVER, certified)


def certified_count(found: Ints) -> int:
    """How many thresholds, from the first on, are certified."""
    return int(np.count_nonzero(found != NEVER))


def out_of_reach(test: ThresholdTest, stream: Stream) -> bool:
    """Whether the labels show of every threshold that it misses the target, at the same level.

    "Precision at threshold j is at least p" is refuted from the lowest threshold up, each at delta: precision falls
    as the threshold falls, so that only the first one that meets the target can err first.
    """
    least = kmin(1.0 - test.precision, test.delta)
    centre = float(max(SOON * least, 0.25 * kmin(test.precision, test.delta)))
    looks, bounds = anytime_bounds(test.precision, ((test.delta, centre, 1.5),), least, reached(stream.bands.size))
    for start in range(test.shares.size - 1, -1, -1):
        places = stream.at_or_above(start)
        right = np.cumsum(1.0 - stream.wrong[places])
        ends, before = _first_reaching(np.arange(1, places.size + 1), looks)
        if not (right[ends] <= bounds[0, :before]).any():
            return False
    return True
