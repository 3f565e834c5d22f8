"""Evidence that precision is above a target, gathered by betting on the labels one after the other.

Under the hypothesis that labels are positive with probability at most p, a stake on "positive" at the odds of p
loses on average: the capital is a supermartingale that starts at 1, so it ever reaches 1 / delta with probability
at most delta (Ville 1939; Waudby-Smith & Ramdas 2024). Every label may be bet on, with any stake that depends on
the labels before it and on its own score, so one capital learns where positives are: no choice of a threshold
beforehand has to be paid for.

What is learned is a family of curves, P(positive | share u of pairs that score higher) = Phi(a + b Phi^-1(1 - u)),
weighted by how well each explains all labels so far, those below every threshold too. Where the family is wrong,
evidence comes later; validity rests on the odds alone.

A bet for the hypothesis "precision at or above start i is at most p, and every label below it is positive with
probability at most p" must not tell apart labels above the start: only their mean is bounded. So they share one
stake; below the start the stakes follow the curve, and never exceed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from calibration.stats.threshold_counts import Floats, Ints

LEVELS: Final = np.linspace(-2.5, 2.5, 11)
"""a, the level of a curve."""
SLOPES: Final = (0.0, 0.3, 0.6, 1.0, 1.5, 2.2)
"""b, how steeply it falls."""
CAUTION: Final = 0.9
"""Stakes are set by a precision this part of the way from the target to the curve, and never higher than this."""
FIRST_BLOCK: Final = 10
BLOCK_RATIO: Final = 1.03
_POINTS: Final = 16


@dataclass(frozen=True)
class Curves:
    """The family on (m,) bands of scores, from the highest down; q curves.

    right, wrong: (q, m) log-probability of a positive and a negative label. gain, loss: (q, m starts, m bands) the
    log-factor by which a positive and a negative label change the capital that is bet against each start.
    """

    right: Floats
    wrong: Floats
    gain: Floats
    loss: Floats


def curves(shares: Floats, precision: float) -> Curves:
    """The family for bands that end where these (m,) shares of the pairs, rising, are accepted."""
    ends = np.minimum(shares, 1.0 - 1e-9)
    begins = np.concatenate([[0.0], ends[:-1]])
    inside = begins[:, None] + (ends - begins)[:, None] * ((np.arange(_POINTS) + 0.5) / _POINTS)
    level, slope = (grid.ravel()[:, None, None] for grid in np.meshgrid(LEVELS, SLOPES, indexing="ij"))
    chance = np.clip(ndtr(level + slope * ndtri(1.0 - inside)).mean(axis=2), 0.002, 0.998)
    above = np.cumsum(chance * (ends - begins), axis=1) / ends
    bets = np.minimum(_stake(chance, precision)[:, None, :], _stake(above, precision)[:, :, None])
    starts = np.tri(shares.size, dtype=bool)  # bands at or above a start
    bets = np.where(starts, _stake(above, precision)[:, :, None], bets)
    return Curves(
        np.log(chance), np.log1p(-chance), np.log(bets / precision), np.log((1.0 - bets) / (1.0 - precision))
    )


def log_capital(family: Curves, positives: Floats, negatives: Floats, usable: Floats) -> Floats:
    """(t, m) the log of the capital against each start after each block of labels.

    positives, negatives: (t, m) labels in each block and band. usable: (t, m starts) 1 where the labels of a block
    may be bet against a start; a number between 0 and 1 lets them count for that part of a label each.
    """
    seen = positives @ family.right.T + negatives @ family.wrong.T
    before = np.concatenate([np.zeros((1, seen.shape[1])), np.cumsum(seen, axis=0)[:-1]])
    weight = before - logsumexp(before, axis=1, keepdims=True)
    curves_, starts, bands = family.gain.shape
    factor = positives @ family.gain.reshape(-1, bands).T + negatives @ family.loss.reshape(-1, bands).T
    mixed = logsumexp(factor.reshape(-1, curves_, starts) + weight[:, :, None], axis=1)
    return np.asarray(np.cumsum(usable * mixed, axis=0), dtype=np.float64)


def block_ends(n: int) -> Ints:
    """Numbers of labels, rising, after which the weights of the curves are reset; the last is at most n.

    >>> block_ends(45).tolist()
    [10, 20, 30, 40]
    """
    ends = [FIRST_BLOCK]
    while ends[-1] <= n:
        ends.append(max(ends[-1] + FIRST_BLOCK, int(ends[-1] * BLOCK_RATIO)))
    return np.asarray(ends[:-1], dtype=np.int64)


def _stake(chance: Floats, precision: float) -> Floats:
    """What to bet on: between the target and the chance, within limits that keep a wrong label survivable."""
    cautious = precision + CAUTION * (chance - precision)
    return np.clip(cautious, precision, precision + CAUTION * (1.0 - precision))
