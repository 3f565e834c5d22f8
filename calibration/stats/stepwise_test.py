"""Stepwise simultaneous testing: SCP that recovers the error budget of thresholds that passed.

SCP prepares for the worst: that no threshold at all keeps the target, so that every look could err. But once a
threshold at k labels has passed, there are two cases. Either that was an error, and has been paid for; or
precision at k keeps the target, and with precision falling only looks beyond k can err. So the looks from k on may
share the whole budget. Each step does so, until nothing further passes.

Within a step the levels fall with k like k^-1.5 (`falling_levels`): most of the budget is near the last pass,
where the next one is to be expected.

Why it is valid. Take the first threshold, in the population, that misses the target, and let K labels are at or
above it. Given K, the false positives among the first K, K + 1, ... labels are at least those of a walk W whose
every step errs with probability 1 - p (see `simultaneous`). A first error is a pass at some k >= K, in a step
from some start s <= K; let g be the last possible start at or below K. The count k is compared with a look at or
above g. The levels of the step from s, used from g on, are c(s) * s^1.5 * look^-1.5: valid there, having fewer
looks than the step they come from, and alike but for scale. So the largest of them over all s <= g is valid, W
crosses its boundary with probability at most delta, and that event contains every such error. (If no start is at
or below K, the first step's own budget covers it.) The sequential-rejection argument of Goeman & Solari (2010),
for nested hypotheses.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from calibration.stats.simultaneous_test import boundary, falling_levels, kmin, look_grid, stepwise_level
from calibration.stats.threshold_counts import Curve, Ints

FIRST_START: Final = 1.5
"""With labels enough, the first step starts at this multiple of `kmin`: a wrong label at the top is no end yet."""
FEW: Final = 8
"""Labels enough: this multiple of `kmin`. Below, the first step starts at `kmin` itself."""
START_RATIO: Final = 1.1
"""Later steps start on a grid this far apart, so that neighbouring samples share cached constants."""


def stepwise(counts: Curve, precision: float, delta: float, looks: int | None = None) -> tuple[int, float]:
    """Index into `counts` of the lowest threshold that passes (-1: none), and the level spent there.

    precision and delta in (0, 1). looks: prepare to look at this many labels, at least `counts.n` (the default).
    Reads labels only through the false positives at its looks.
    """
    best, spent, begun = -1, delta, -1
    n = looks or counts.n
    if kmin(precision, delta) > counts.n:
        return best, spent
    grid = look_grid(n)
    starts = start_grid(grid, n, precision, delta)
    while True:
        reached = int(counts.n_above[best]) if best >= 0 else int(starts[0])
        start = int(starts[np.searchsorted(starts, reached, side="right") - 1])
        found, level = _step(counts, grid, start, precision, delta) if start != begun else (-1, delta)
        if found <= best:
            return best, spent
        best, spent, begun = found, level, start


def start_grid(grid: Ints, n: int, precision: float, delta: float) -> Ints:
    """The looks at which a step may start, rising; they depend on n, the target and delta only."""
    least = kmin(precision, delta)
    starts = [least if n < FEW * least else int(FIRST_START * least)]
    while starts[-1] * START_RATIO < n:
        following = max(int(starts[-1] * START_RATIO), starts[-1] + 1)
        starts.append(int(grid[np.searchsorted(grid, following)]))
    return np.asarray(starts, dtype=np.int64)


def _step(counts: Curve, grid: Ints, start: int, precision: float, delta: float) -> tuple[int, float]:
    """The lowest threshold that passes among the looks from `start` on, and the level there."""
    scale = stepwise_level(int(grid[-1]), start, precision, delta)
    levels = scale * falling_levels(grid, start)
    usable = (grid >= start) & (levels > 0)
    bounds = np.full(grid.shape, -1, dtype=np.int64)
    bounds[usable] = boundary(grid[usable], precision, levels[usable])
    look = np.searchsorted(grid, counts.n_above, side="right") - 1
    passed = np.flatnonzero(counts.false_positives <= bounds[look])
    if not passed.size:
        return -1, delta
    return int(passed[-1]), float(levels[look[passed[-1]]])
