"""Precision from many judged pairs and few human labels: the judge's rate, corrected by the audited difference.

Above a threshold the judge accepts a share F of all N pairs; of n of them, drawn at random, a person says y.
Precision is F plus the mean of d = y - f, which is in [-1, 1] and varies little where the judge is good. A bet
on d gives a test that is valid in finite samples and at any moment (Waudby-Smith & Ramdas 2024;
prediction-powered inference, Angelopoulos et al. 2023): however wrong the judge is, nothing is certified more
often than agreed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import logsumexp
from scipy.stats import beta

from calibration.stats.threshold_counts import Floats

STAKES: Final = (0.2, 0.45, 0.8)
"""Parts of the largest stake that is allowed; the capital is their mean."""
JUDGED_PART: Final = 0.1
"""Share of the error for the rate F among the pairs that there are more of."""


@dataclass(frozen=True)
class JudgeQuality:
    """A judge against human labels, n of them. tpr, tnr: share of the same, and of the different pairs that it gets
    right; NaN where there are none. kappa: Cohen's, NaN where either side says one thing only. saving: how many
    labels one audited label is worth asymptotically: variance of the labels by that of the differences.
    """

    n: int
    same: int
    tpr: float
    tnr: float
    kappa: float
    saving: float

    @property
    def pays(self) -> bool:
        """Whether the labels saved are worth a judge."""
        return self.saving >= 1.2


def judge_quality(human: Floats, judged: Floats) -> JudgeQuality:
    """human, judged: (n,) 1 or 0 of the same pairs, all above the threshold in question.

    >>> found = judge_quality(np.array([1.0, 1, 1, 0]), np.array([1.0, 1, 0, 0]))
    >>> found.tpr.__round__(2), found.tnr, found.kappa, found.saving
    (0.67, 1.0, 0.5, 1.0)
    """
    n, same = human.size, int(human.sum())
    both, neither = float((human * judged).sum()), float(((1 - human) * (1 - judged)).sum())
    agree = (both + neither) / n if n else math.nan
    chance = float(human.mean() * judged.mean() + (1 - human.mean()) * (1 - judged.mean())) if n else math.nan
    spread = float(np.var(human - judged)) if n else math.nan
    return JudgeQuality(
        n,
        same,
        both / same if same else math.nan,
        neither / (n - same) if n > same else math.nan,
        (agree - chance) / (1 - chance) if n and chance < 1 else math.nan,
        (float(np.var(human)) / spread if spread > 0 else math.inf) if n else math.nan,
    )


def log_capital(difference: Floats, rate: float, precision: float) -> Floats:
    """(n,) the log of the capital bet against "precision is at most `precision`", after each audited label.

    difference: (n,) y - f in the order of the draw. rate: F.
    """
    value, mean = (difference + 1.0) / 2.0, (precision - rate + 1.0) / 2.0
    if mean <= 0.0:
        return np.full(difference.size, np.inf)
    stakes = np.asarray(STAKES)[:, None] / mean
    if mean >= 1.0:
        return np.zeros(difference.size)
    capital = np.cumsum(np.log1p(stakes * (value - mean)), axis=1)
    return np.asarray(logsumexp(capital, axis=0) - math.log(len(STAKES)), dtype=np.float64)


def refutes(judged: Floats, difference: Floats, precision: float, delta: float) -> bool:
    """Whether N judged pairs and n audited differences show, at any moment so far, precision above `precision`.

    The judge's rate is taken at the lower end of its exact interval, with a part of delta.
    """
    if not judged.size or not difference.size:
        return False
    accepted, n = int(judged.sum()), judged.size
    rate = float(beta.ppf(JUDGED_PART * delta, accepted, n - accepted + 1)) if accepted else 0.0
    capital = log_capital(difference, rate, precision)
    return bool((capital >= -math.log((1.0 - JUDGED_PART) * delta)).any())
