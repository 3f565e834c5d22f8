"""A promised precision, watched one reviewed pair after the other: does it still hold?

The evidence that it is broken is the capital of somebody who bets on wrong pairs at the odds of the promise.
While the promise holds, the capital is a supermartingale that starts at 1, so it ever reaches 1 / delta with
probability at most delta: false alarms are that rare for ever, however often one looks (Ville 1939). Precision
may hold for a long time before it decays, so the bets restart after every STEP pairs, each beginning with a
part of the capital that was set aside for it (weights 1 / (i (i + 1)), which sum to 1), and on several rates of
wrong pairs at once.

The interval is of the precision of all pairs reviewed so far, if it was the same all the time: values that a
mixture of rates does not refute with odds of 1 / delta (Robbins 1970). It too holds at every moment at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument
from calibration.stats.threshold_counts import Floats

STEP: Final = 10
RATES: Final = (1.5, 2.0, 3.0, 5.0, 8.0)
"""Rates of wrong pairs that are bet on, as multiples of the rate promised."""


@dataclass(frozen=True)
class WatchedRate:
    """What the pairs reviewed so far say about a promise.

    n, wrong: pairs, and wrong ones. precision: promised. evidence: the largest odds so far against the promise;
    alarm_at: after how many pairs they reached 1 / (1 - confidence), None: never. low, high: anytime interval of
    the precision of all of them.
    """

    n: int
    wrong: int
    precision: float
    confidence: float
    evidence: float
    alarm_at: int | None
    low: float
    high: float

    @property
    def broken(self) -> bool:
        """Whether the promise is refuted."""
        return self.alarm_at is not None


def watch_rate(wrong: ArrayLike, precision: float, confidence: float = DEFAULT_CONFIDENCE) -> WatchedRate:
    """Judge a promise by reviewed pairs, in the order of their review.

    Parameters
    ----------
    wrong : array_like, shape (n,)
        1 where an accepted pair turned out not to deserve it, else 0.
    precision, confidence : float
        The precision promised, and how sure an alarm must be; above 0 and below 1.

    Examples
    --------
    >>> watch_rate([0] * 200, 0.9).broken, watch_rate([0] * 100 + [1, 0] * 20, 0.9).alarm_at
    (False, 115)
    """
    for name, value in (("precision", precision), ("confidence", confidence)):
        if not 0.0 < value < 1.0:
            raise BadArgument(name, N_("above 0 and below 1"), value)
    seen = np.asarray(wrong, dtype=np.float64)
    if seen.ndim != 1 or not np.isin(seen, (0.0, 1.0)).all():
        raise BadArgument("wrong", N_("one 0 or 1 for each pair"), seen.shape)
    delta = round(1.0 - confidence, 12)
    odds = log_odds(seen, precision)
    passed = np.flatnonzero(odds >= -math.log(delta))
    errors = int(seen.sum())
    low, high = anytime_interval(seen.size, errors, delta)
    return WatchedRate(
        seen.size,
        errors,
        precision,
        confidence,
        math.exp(min(float(odds.max()), 700.0)) if odds.size else 1.0,
        int(passed[0]) + 1 if passed.size else None,
        low,
        high,
    )


def log_odds(wrong: Floats, precision: float) -> Floats:
    """(n,) the log of the capital after each pair; (r, n) for r streams in rows."""
    from scipy.special import logsumexp  # here: the store takes names from this module, and no statistics

    stream = np.atleast_2d(wrong)
    n = stream.shape[1]
    if not n:
        return np.zeros(0)
    error = 1.0 - precision
    rates = np.minimum(np.asarray(RATES) * error, (1.0 + error) / 2.0)[:, None, None]
    steps = stream * np.log(rates / error) + (1.0 - stream) * np.log((1.0 - rates) / precision)
    paths = np.cumsum(steps, axis=2)
    begins = np.arange(0, n, STEP)
    aside = np.concatenate([np.zeros((*paths.shape[:2], 1)), paths], axis=2)[:, :, begins]
    number = np.arange(1, begins.size + 1)
    placed = np.logaddexp.accumulate(-np.log(number * (number + 1.0)) - aside, axis=2)
    block = np.arange(n) // STEP
    capital = logsumexp(paths + placed[:, :, block], axis=0) - math.log(rates.size)
    cash = -np.log(number[block] + 1.0)
    total = np.logaddexp(capital, cash)
    return np.asarray(total[0] if np.ndim(wrong) == 1 else total, dtype=np.float64)


def anytime_interval(n: int, wrong: int, delta: float) -> tuple[float, float]:
    """The precisions in [0, 1] that n pairs, `wrong` of them wrong, do not refute at any moment with odds 1 /
    delta.

    >>> low, high = anytime_interval(200, 10, 0.1)
    >>> round(low, 3), round(high, 3)
    (0.885, 0.985)
    """
    from scipy.optimize import brentq
    from scipy.special import betaln, xlog1py, xlogy

    if not n:
        return 0.0, 1.0
    right = n - wrong
    mixed = float(betaln(right + 0.5, wrong + 0.5) - betaln(0.5, 0.5)) + math.log(delta)

    def excess(rate: float) -> float:
        return mixed - float(xlogy(right, rate) + xlog1py(wrong, -rate))

    middle = right / n
    low = 0.0 if not right else float(brentq(excess, 1e-12, max(middle, 1e-9)))
    high = 1.0 if not wrong else float(brentq(excess, min(middle, 1.0 - 1e-9), 1.0 - 1e-12))
    return low, high
