"""Pools that try to break stepwise and scp in particular; `--adversarial` takes them instead of the usual ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from benchmarks.calibration.pools import HOSTILE, SIZE, Pool, pool
from calibration.stats.threshold_counts import Floats

BELOW: Final = 1e-3
"""How far below the target precision lies where a threshold is wrong: little, so that it is hard to tell."""


def adversarial_pools(size: int = SIZE) -> list[Pool]:
    """24 pools; precision of the share u accepted is given exactly, see the names."""
    smooth = [made for target in (0.6, 0.9) for made in _pools(target, size)]
    return smooth + [_tied(smooth[at], steps) for at, steps in ((0, 200), (2, 60), (2, 200), (4, 100))]


def cumulative(name: str, target: float, precision: Callable[[Floats], Floats], size: int = SIZE) -> Pool:
    """A pool in which the top share u has precision(u), as far as chances in [0, 1] can make it."""
    share = (np.arange(size) + 1.0) / size
    chances = np.diff(precision(share) * share, prepend=0.0) * size
    return pool(f"{name}, p={target}", HOSTILE, target, 1.0 - 0.25 * share, np.clip(chances, 0.0, 1.0))


def _pools(target: float, size: int) -> list[Pool]:
    def below_from(edge: float, lift: float, u: Floats) -> Floats:
        above = target + lift * np.maximum(0.0, 1.0 - u / edge)
        return np.where(u < edge, above, target - BELOW * np.minimum(1.0, (u / edge - 1.0) * 3.0))

    low = target - BELOW
    shapes: dict[str, Callable[[Floats], Floats]] = {"level with the target": lambda u: target - 1e-6 + 0.0 * u}
    for edge in (0.03, 0.1, 0.4):
        shapes[f"level to {edge}, then below"] = partial(below_from, edge, 0.0)
        shapes[f"good to {edge}, then below"] = partial(below_from, edge, 0.05)
    shapes["below, above, below"] = lambda u: low + 0.012 * np.exp(-((np.log(u / 0.15) / 0.15) ** 2))
    shapes["below with bumps"] = lambda u: low + 0.012 * np.sin(np.log(u / 1e-3) * 2.2) ** 8
    shapes["above with dips"] = lambda u: target + 4e-3 - 5e-3 * np.cos(np.log(u) * 2.2) ** 2
    return [cumulative(name, target, shape, size) for name, shape in shapes.items()]


def _tied(given: Pool, steps: int) -> Pool:
    """The same pool with scores rounded to 1/steps: few distinct ones, large jumps between thresholds."""
    tied = pool(given.name, HOSTILE, given.target, np.round(given.scores * steps) / steps, given.chances)
    return replace(tied, name=f"{given.name}, {np.unique(tied.scores).size} scores")
