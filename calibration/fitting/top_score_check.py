"""Check that precision does not fall among the highest scores, where the isotonic fit would hide it.

Some models score wrong pairs above all right ones. An isotonic map smooths this over; this check reports it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_
from calibration.fitting.isotonic import isotonic_values
from calibration.messages.note import Note, note, short_percent
from calibration.stats.design_effect import clustered_proportion, design_effect
from calibration.stats.intervals import Proportion
from calibration.stats.threshold_counts import Floats, Ints, check_arrays

TOP: Final = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
ALARM: Final = 0.05

NOT_RISING: Final = N_(
    "Of the {n} highest-scoring labels, {observed} are positive, where a rising curve would have {expected}: "
    "the model gives wrong pairs the very highest scores, so a higher score is not safer there."
)


@dataclass(frozen=True)
class TopWindow:
    """The n highest-scoring labels, scores >= threshold: raw share of positives against the rising map's mean.

    p_value: chance of so few positives where the map is true (binomial, labels divided by the design effect).
    """

    n: int
    threshold: float
    observed: Proportion
    expected: float
    p_value: float


@dataclass(frozen=True)
class TopCheck:
    """Whether precision still rises at the very top; `note` warns where it does not."""

    windows: tuple[TopWindow, ...]
    note: Note | None = None


def check_top(
    scores: ArrayLike, positives: ArrayLike, groups: Ints | None = None, confidence: float = DEFAULT_CONFIDENCE
) -> TopCheck:
    """Compare raw precision with the isotonic map among the 10, 20, 50, ... highest scores, up to half of all.

    scores, positives: (n,), positives 1 or 0, unusable ones left out. groups: (n,) rows that hang together. A
    window alarms where P(Binomial(n, expected) <= observed) <= 0.05 / windows (Bonferroni). The map was fitted on
    the same labels and is pulled towards them, so the test is on the careful side.

    >>> bad_top = np.r_[np.zeros(20), np.ones(200), np.zeros(200)]
    >>> check_top(-np.arange(420.0), bad_top).note is not None
    True
    """
    raw, labels = check_arrays(scores, positives)
    usable = np.isfinite(raw) & np.isfinite(labels)
    raw, labels = raw[usable], labels[usable]
    if not raw.size:
        return TopCheck(())
    units = np.arange(raw.size) if groups is None else np.asarray(groups)[usable]
    order = np.argsort(-raw, kind="stable")
    raw, labels, units = raw[order], labels[order], units[order]
    windows = _windows(raw, labels, units, isotonic_values(raw, labels), confidence)
    worst = min(windows, key=lambda window: window.p_value, default=None)
    if worst is None or worst.p_value > ALARM / len(windows):
        return TopCheck(windows)
    said = {"observed": short_percent(worst.observed.value), "expected": short_percent(worst.expected)}
    return TopCheck(windows, note(NOT_RISING, n=worst.n, **said))


def _windows(raw: Floats, labels: Floats, groups: Ints, fitted: Floats, confidence: float) -> tuple[TopWindow, ...]:
    deff = design_effect(labels, groups).value
    found: dict[int, TopWindow] = {}
    for asked in TOP:
        n = int(np.searchsorted(-raw, -raw[min(asked, raw.size) - 1], side="right"))  # ties stay together
        if asked > raw.size or n > raw.size // 2:
            break
        hits, expected = float(labels[:n].sum()), float(fitted[:n].mean())
        p_value = float(binom.cdf(math.ceil(hits / deff), max(1, math.floor(n / deff)), expected))
        observed = clustered_proportion(labels[:n], groups[:n], confidence, 0.0)
        found[n] = TopWindow(n, float(raw[n - 1]), observed, expected, p_value)
    return tuple(found.values())
