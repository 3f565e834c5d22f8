"""What a judge saves against its quality, and how soon a watched promise is seen to be broken."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from scipy.stats import beta

from benchmarks.calibration.pools import Pool
from benchmarks.calibration.simulate import mean
from benchmarks.calibration.tables import markdown, short, with_error
from calibration.stats.prediction_powered import JUDGED_PART, log_capital
from calibration.stats.sequential_test import anytime_bounds, reached
from calibration.stats.watched_rate import log_odds

Say = Callable[[str], None]
QUALITIES: Final = ((0.95, 0.60), (0.97, 0.80), (0.98, 0.90), (0.99, 0.95))
TARGET, TRUE = 0.9, 0.95
TRUES: Final = (0.95, 0.92)
JUDGED: Final = 20_000
MOST: Final = 3_000
DECAYS: Final = (0.89, 0.87, 0.85, 0.80, 0.70)
BEFORE: Final = (0, 500)
HORIZON: Final = 6_000


def judge_table(_pools: Sequence[Pool], repetitions: int, delta: float, seed: int, say: Say) -> str:
    """Audited labels until the target is certified at one threshold, with and without a judge."""
    rows = []
    for true in TRUES:
        alone = _alone(true, repetitions, delta, seed)
        rows.append([f"{true:g}", "none", "-", _count(float(np.median(alone))), "1.0", "-"])
        for tpr, tnr in QUALITIES:
            say(f"precision {true:g}, judge {tpr:g} / {tnr:g}")
            needed = _audited(true, tpr, tnr, repetitions, delta, seed)
            broken = np.isfinite(_audited(TARGET - 1e-9, tpr, tnr, repetitions, delta, seed + 1))
            wrong, missed = (1 - true) * (1 - tnr), true * (1 - tpr)
            asymptotic = true * (1 - true) / (wrong + missed - (wrong - missed) ** 2)
            saved = float(np.median(alone) / np.median(needed))
            rows.append(
                [
                    f"{true:g}",
                    f"{tpr:g} / {tnr:g}",
                    f"{asymptotic:.1f}",
                    _count(float(np.median(needed))),
                    f"{saved:.1f}",
                    with_error(mean(broken)),
                ]
            )
    head = [
        "precision",
        "judge's TPR / TNR",
        "asymptotic saving",
        "median labels",
        "saving found",
        "false certificates",
    ]
    return (
        f"Target {TARGET:g}, {JUDGED:,} judged pairs; labels are looked at one by one, up to {MOST:,}. False "
        f"certificates: at a precision of {TARGET:g} exactly.\n\n{markdown(head, rows)}"
    )


def watch_table(_pools: Sequence[Pool], repetitions: int, delta: float, seed: int, say: Say) -> str:
    """Reviewed pairs from a decay to the alarm, and false alarms."""
    rng, rows = np.random.default_rng(seed), []
    for now in DECAYS:
        say(f"decay to {now:g}")
        cells = [f"{now:g}"]
        for before in BEFORE:
            held = (rng.random((repetitions, before)) >= TRUE).astype(np.float64)
            lost = (rng.random((repetitions, HORIZON)) >= now).astype(np.float64)
            passed = log_odds(np.hstack([held, lost]), TARGET) >= -math.log(delta)
            delay = np.where(passed.any(axis=1), passed.argmax(axis=1) + 1.0 - before, np.inf)
            middle, late = (np.quantile(delay, share, method="higher") for share in (0.5, 0.8))
            cells.append(f"{_count(middle)}, {_count(late)}")
        rows.append(cells)
    kept = (rng.random((repetitions, HORIZON)) >= TARGET).astype(np.float64)
    alarms = mean((log_odds(kept, TARGET) >= -math.log(delta)).any(axis=1))
    head = ["precision falls to", *(f"after {before} pairs at {TRUE:g}" for before in BEFORE)]
    return (
        f"Reviewed pairs until the alarm, median and 80th percentile; promised {TARGET:g}. False alarms at a "
        f"precision of {TARGET:g} exactly, up to {HORIZON:,} pairs: {with_error(alarms)}; at most {short(delta)} "
        f"for ever.\n\n{markdown(head, rows)}"
    )


def _count(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else "never"


def _alone(precision: float, repetitions: int, delta: float, seed: int) -> np.ndarray:
    """Labels without a judge: the exact boundary of one threshold."""
    rng = np.random.default_rng(seed)
    looks, bounds = anytime_bounds(1.0 - TARGET, ((delta, 99.0, 0.8),), 22, reached(MOST))
    wrong = np.cumsum(rng.random((repetitions, MOST)) >= precision, axis=1)
    kept = looks <= MOST
    passed = wrong[:, looks[kept] - 1] <= bounds[0, kept]
    return np.where(passed.any(axis=1), looks[kept][passed.argmax(axis=1)], np.inf)


def _audited(precision: float, tpr: float, tnr: float, repetitions: int, delta: float, seed: int) -> np.ndarray:
    rng, found = np.random.default_rng(seed), np.full(repetitions, np.inf)
    for row in range(repetitions):
        truth = (rng.random(JUDGED) < precision).astype(np.float64)
        said = np.where(truth == 1.0, rng.random(JUDGED) < tpr, rng.random(JUDGED) >= tnr).astype(np.float64)
        accepted = int(said.sum())
        rate = float(beta.ppf(JUDGED_PART * delta, accepted, JUDGED - accepted + 1))
        passed = log_capital((truth - said)[:MOST], rate, TARGET) >= -math.log((1.0 - JUDGED_PART) * delta)
        if passed.any():
            found[row] = passed.argmax() + 1
    return found
