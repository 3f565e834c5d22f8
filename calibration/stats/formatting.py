"""Format shares, intervals and thresholds as text, in one way on pages and in reports."""

from __future__ import annotations

import math
from typing import Final

from calibration.stats.intervals import Estimate, Proportion
from calibration.stats.threshold_counts import DECIMALS

DASH: Final = "–"
OPEN: Final = "…"
EXACT: Final = DECIMALS
"""Decimals of a fitted threshold."""


def percent(value: float, digits: int = 1) -> str:
    """A share as a percentage; a dash where it is not known.

    >>> percent(0.9412), percent(float("nan"))
    ('94.1%', '–')
    """
    return f"{value * 100:.{digits}f}%" if math.isfinite(value) else DASH


def asked_percent(share: float) -> str:
    """A target or a confidence as it was asked, to two digits behind the point and never more than it is.

    >>> asked_percent(0.9), asked_percent(0.995), asked_percent(0.99999), asked_percent(1.0)
    ('90%', '99.5%', '99.99%', '100%')
    """
    return f"{math.floor(round(share * 1e4, 6)) / 100:g}%"


def rate_percent(share: float) -> str:
    """A small rate as it was asked: whole percents are too coarse for it.

    >>> rate_percent(0.025), rate_percent(0.0001)
    ('2.5%', '0.01%')
    """
    return f"{100 * share:.4g}%"


def interval(value: Proportion) -> str:
    """A proportion as a person checks it: share, its interval, and how many of how many."""
    if not value.n:
        return DASH
    return f"{percent(value.value)} ({percent(value.low, 0)}–{percent(value.high, 0)}) · {value.hits:,}/{value.n:,}"


def estimate(value: Estimate, digits: int = 3) -> str:
    """A number that is no share, with its interval; the table shows n in a column of its own.

    >>> estimate(Estimate(0.75, 0.5, 1.0, 4, 0.9, "group_bootstrap"), 2)
    '0.75 (0.50–1.00)'
    """
    if not math.isfinite(value.value):
        return DASH
    return f"{value.value:.{digits}f} ({end(value.low, digits)}–{end(value.high, digits)})"


def end(value: float, digits: int = 3) -> str:
    """An end of an interval; an ellipsis where the interval is open there.

    >>> end(0.8631), end(float("-inf"))
    ('0.863', '…')
    """
    return f"{value:.{digits}f}" if math.isfinite(value) else OPEN


def percents(value: Estimate | Proportion, digits: int = 0) -> str:
    """A share with its interval, both as percentages, for sentences.

    >>> percents(Estimate(0.75, 0.5, 1.0, 4, 0.9, "melded"))
    '75% (50%–100%)'
    """
    if not math.isfinite(value.value):
        return DASH
    return f"{percent(value.value, digits)} ({percent(value.low, digits)}–{percent(value.high, digits)})"


def threshold(value: float | None, *, below: bool = False, digits: int = 3) -> str:
    """A threshold on the cosine scale; a dash where the tier has none. Whoever shows a threshold shows it by this.

    Rounded to the safe side, so that what is shown never takes in a pair that the exact one leaves out: up where
    pairs at or above it are meant, down where pairs `below` it are. At EXACT digits a fitted threshold is exact.

    >>> threshold(0.9401), threshold(0.9409, below=True), threshold(None), threshold(0.989406, digits=EXACT)
    ('0.941', '0.940', '–', '0.989406')
    """
    if value is None or not math.isfinite(value):
        return DASH
    steps = round(value * 10**digits, 6)
    return f"{(math.floor(steps) if below else math.ceil(steps)) / 10**digits:.{digits}f}"


def limit(sign: str, number: str) -> str:
    """A number with the side that is meant, never parted by a line break, which Chinese text has behind any sign.

    >>> limit("≥", threshold(0.9401)) == "≥\N{NO-BREAK SPACE}0.941"
    True
    """
    return f"{sign}\N{NO-BREAK SPACE}{number}"


def p_value(value: float) -> str:
    """A p-value as people read it: past a thousandth its digits say nothing more.

    >>> p_value(2.3e-15), p_value(0.0213), p_value(1.0)
    ('<0.001', '0.021', '1')
    """
    return "<0.001" if value < 0.001 else f"{value:.2g}"


def about(count: int) -> str:
    """A number of things to get, in two digits, rounded up: no plan is more exact.

    >>> about(37), about(1445438), about(12146)
    ('37', '1,500,000', '13,000')
    """
    unit = 10 ** max(len(str(count)) - 2, 0)
    return f"{-(-count // unit) * unit:,}"


def size(count: int) -> str:
    """Bytes as people write them.

    >>> size(512), size(470_000_000), size(4 * 2**30)
    ('512 B', '470.0 MB', '4.3 GB')
    """
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
