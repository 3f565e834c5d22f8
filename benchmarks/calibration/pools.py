"""Pools with exactly known truth: every score, and the probability that a pair with it is positive."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from calibration.stats.threshold_counts import Floats, quantise

SIZE: Final = 100_000
PLAUSIBLE: Final = "plausible"
"""Pools as models and data give them: binormal ones with the AUC and prevalence of public sets, and real ones."""
HOSTILE: Final = "hostile"
"""Pools made to break promises: precision flat just below the target, wiggling about it, wrong pairs at the top."""
SLACK: Final = 1e-12


@dataclass(frozen=True)
class Truth:
    """What a threshold does in the pool: precision in [0, 1], NaN where it accepts nothing; recall in [0, 1]."""

    precision: float
    recall: float


@dataclass(frozen=True, eq=False)
class Pool:
    """All pairs there are: (m,) scores, falling, in whole quanta, and (m,) chances of being positive."""

    name: str
    kind: str
    target: float
    scores: Floats
    chances: Floats

    def sample(self, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """(n,) scores and (n,) labels 0 or 1, drawn with replacement."""
        rows = rng.integers(0, self.scores.size, n)
        return self.scores[rows], (rng.random(n) < self.chances[rows]).astype(np.float64)

    def truth(self, threshold: float) -> Truth:
        """Exact precision and recall of {score >= threshold}."""
        accepted = int(np.searchsorted(-self.scores, -threshold, side="right"))
        if accepted == 0:
            return Truth(math.nan, 0.0)
        found = float(self._positives[accepted - 1])
        return Truth(found / accepted, found / float(self._positives[-1]))

    def broken(self, threshold: float) -> bool:
        """Whether the pairs accepted miss the target; accepting none breaks no promise."""
        return self.truth(threshold).precision < self.target - SLACK

    @cached_property
    def oracle(self) -> float:
        """The largest recall of a threshold that meets the target; 0.0 where none does."""
        last_of_tie = np.flatnonzero(np.append(np.diff(self.scores) != 0, True))
        precision = self._positives[last_of_tie] / (last_of_tie + 1)
        meets = last_of_tie[precision >= self.target - SLACK]
        return float(self._positives[meets[-1]] / self._positives[-1]) if meets.size else 0.0

    @cached_property
    def _positives(self) -> Floats:
        return np.cumsum(self.chances)


def pool(name: str, kind: str, target: float, scores: Floats, chances: Floats) -> Pool:
    """A pool from scores in any order; scores are rounded down as calibration does."""
    order = np.argsort(-scores, kind="stable")
    return Pool(name, kind, target, quantise(scores)[order], np.asarray(chances, dtype=np.float64)[order])


def binormal(auc: float, prevalence: float, size: int = SIZE) -> tuple[Floats, Floats]:
    """(size,) scores and chances at even quantiles of a mixture of N(0, 1) negatives and N(d, 1) positives.

    d = sqrt(2) * Phi^-1(auc). Scores are squeezed into the cosines that small encoders give, about 0.8 to 1.
    """
    distance = math.sqrt(2.0) * float(norm.ppf(auc))
    fine = np.linspace(-6.0, distance + 6.0, 40_001)
    below = prevalence * norm.cdf(fine - distance) + (1.0 - prevalence) * norm.cdf(fine)
    latent = np.interp((np.arange(size) + 0.5) / size, below, fine)
    positive, negative = prevalence * norm.pdf(latent - distance), (1.0 - prevalence) * norm.pdf(latent)
    return 0.75 + 0.25 * norm.cdf((latent + 2.0) / 2.0), positive / (positive + negative)


def by_rank(chance: Callable[[Floats], Floats], size: int = SIZE) -> tuple[Floats, Floats]:
    """(size,) even scores in 0.75..1 and the chance at each share u in (0, 1] of pairs accepted."""
    share = (np.arange(size) + 1.0) / size
    return 1.0 - 0.25 * share, chance(share)


def wiggling(target: float, swing: float, octaves: float = 2.0) -> Callable[[Floats], Floats]:
    """Chances whose cumulative precision is target + swing * sin(w ln u): one wave every `octaves` of u.

    The last wave ends below the target, and the top 1 in 4,000 is level with it.
    """
    w = 2.0 * math.pi / (octaves * math.log(2.0))

    def chance(share: Floats) -> Floats:
        phase = w * np.log(share)
        local = target + swing * (np.sin(phase - 0.5) + w * np.cos(phase - 0.5))
        return np.asarray(np.where(share < 1 / 4000, target, np.clip(local, 0.0, 1.0)))

    return chance


def spoiled_top(scores: Floats, chances: Floats, share: float = 0.003) -> tuple[Floats, Floats]:
    """The same pool with near-duplicates labelled negative as its very top."""
    top: NDArray[np.bool_] = scores >= np.quantile(scores, 1.0 - share)
    return scores, np.where(top, 0.0, chances)


def simulated_pools(size: int = SIZE) -> list[Pool]:
    """Binormal pools with the AUC and prevalence of public pair sets under a small encoder, then hostile ones."""
    lcqmc = binormal(0.919, 0.5, size)
    return [
        pool("like LCQMC, p=.9", PLAUSIBLE, 0.9, *lcqmc),
        pool("like BQ, p=.8", PLAUSIBLE, 0.8, *binormal(0.751, 0.5, size)),
        pool("like OPPO, p=.6", PLAUSIBLE, 0.6, *binormal(0.797, 0.36, size)),
        pool("like ATEC, p=.6", PLAUSIBLE, 0.6, *binormal(0.761, 0.2, size)),
        pool("like STS-B, p=.6", PLAUSIBLE, 0.6, *binormal(0.918, 0.18, size)),
        pool("flat at p-.004, p=.8", HOSTILE, 0.8, *by_rank(lambda u: np.full(u.shape, 0.796), size)),
        pool("flat at p-.004, p=.9", HOSTILE, 0.9, *by_rank(lambda u: np.full(u.shape, 0.896), size)),
        pool("wiggling, p=.8", HOSTILE, 0.8, *by_rank(wiggling(0.8, 0.03), size)),
        pool("wiggling, p=.9", HOSTILE, 0.9, *by_rank(wiggling(0.9, 0.015), size)),
        pool("wrong at the top, p=.9", HOSTILE, 0.9, *spoiled_top(*lcqmc)),
    ]
