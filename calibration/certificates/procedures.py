"""Tests of many thresholds at once: which is the lowest that passes, with error at most delta for all of them.

A curve holds trials and errors at each threshold, from the highest score down. The procedures, all valid in finite
samples (docs/method.md):

- `fst`, fixed-sequence testing: from the highest score down, stop at the first threshold that fails the exact
  binomial test at delta (Maurer, Hothorn & Lehmacher 1995; used for risk control by Angelopoulos et al. 2021).
- `scp`, simultaneous Clopper-Pearson: the lowest threshold that passes at a level corrected for all looks; it
  forgives a few wrong pairs at the very top. Assumes that precision falls as the threshold falls.
- `stepwise`: like `scp`, and assuming the same, but a pass gives back the error budget spent above it.
- `auto`: `stepwise`, which finds most from about 100 labels on (docs/decisions/0007-stepwise-testing.md).
- `monotone`: fixed-sequence testing of a risk that falls as the threshold rises whatever the model, so that the
  order costs nothing (monotone risk control, Bates et al. 2021).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.stats import binom

from calibration.errors import BadArgument
from calibration.stats.simultaneous_test import boundary, kmin, look_grid, simultaneous_level
from calibration.stats.stepwise_test import stepwise
from calibration.stats.threshold_counts import Curve, Floats

AUTO: Final = "auto"
FST: Final = "fst"
SCP: Final = "scp"
STEPWISE: Final = "stepwise"
METHODS: Final = (AUTO, STEPWISE, FST, SCP)
MONOTONE: Final = "monotone"

LOOKS_RATIO: Final = 1.1

Pick = tuple[int, float]
"""Index into the curve (-1: nothing passes) and the error level spent there."""


def check_method(method: str) -> None:
    """Raise BadArgument unless it is one of METHODS."""
    if method not in METHODS:
        raise BadArgument("method", " | ".join(METHODS), method)


def pick(counts: Curve, right: float, delta: float, method: str, looks: int) -> Pick:
    """The lowest threshold at which at least a share `right` of the trials is no error; `looks` to prepare for."""
    if right >= 1.0 or kmin(right, delta) > counts.n:
        return -1, delta
    if right <= 0.0:
        return (counts.n_above.size - 1 if counts.positives else -1), delta
    if method in (FST, MONOTONE):
        return _fixed_sequence(counts, right, delta)
    if method == SCP:
        return _simultaneous(counts, right, delta, looks)
    return stepwise(counts, right, delta, looks)


def looks_for(n: int) -> int:
    """Round n up to a 10% grid, so that the simultaneous level is cached for few distinct sample sizes.

    More looks than there are labels only cost power.

    >>> looks_for(500), looks_for(510)
    (540, 540)
    """
    return math.ceil(LOOKS_RATIO ** math.ceil(math.log(n) / math.log(LOOKS_RATIO) - 1e-9)) if n else 0


def p_values(counts: Curve, precision: float) -> Floats:
    """(m,) exact p-values against "precision at this threshold is at most `precision`"; the smaller the surer."""
    return np.asarray(binom.cdf(counts.false_positives, counts.n_above, 1.0 - precision), dtype=np.float64)


def _fixed_sequence(counts: Curve, right: float, delta: float) -> Pick:
    start = int(np.searchsorted(counts.n_above, kmin(right, delta)))
    failed = np.flatnonzero(p_values(counts, right)[start:] > delta)
    last = start + int(failed[0]) - 1 if failed.size else counts.n_above.size - 1
    return (last, delta) if last >= start else (-1, delta)


def _simultaneous(counts: Curve, right: float, delta: float, looks: int) -> Pick:
    grid = look_grid(looks)
    level = simultaneous_level(int(grid[-1]), right, delta)
    if level <= 0.0:
        return -1, delta
    look_below = np.searchsorted(grid, counts.n_above, side="right") - 1
    passed = np.flatnonzero(counts.false_positives <= boundary(grid, right, level)[look_below])
    return (int(passed[-1]), level) if passed.size else (-1, level)
