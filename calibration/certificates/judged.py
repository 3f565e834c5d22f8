"""Certified precision from a judge's labels of all pairs and a person's of a few, drawn at random.

Thresholds are fixed by the scores alone and refuted from the highest down, each with the whole delta, as in
`calibration.stats.sequential_thresholds`; the test of each is prediction-powered betting, so that the certificate
holds whatever the judge is worth, and whenever labelling stops.
"""

from __future__ import annotations

import math

import numpy as np

from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument
from calibration.stats.prediction_powered import refutes
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import Floats, Ints, quantise

PREDICTION_POWERED = "prediction_powered"
GRID = 25
FIRST = 5.0


def certify_judged(
    scores: Floats,
    judged: Floats,
    audited: Ints,
    human: Floats,
    precision: float,
    confidence: float = DEFAULT_CONFIDENCE,
) -> Certificate:
    """The lowest threshold whose precision is certified by audited judgements.

    Parameters
    ----------
    scores, judged : ndarray, shape (N,)
        All pairs: their scores, and what the judge says, 1 or 0.
    audited : ndarray of int, shape (n,)
        Positions of the pairs that a person labelled, drawn at random, in the order of the draw.
    human : ndarray, shape (n,)
        What the person says, 1 or 0.
    precision, confidence : float
        Above 0 and below 1.
    """
    for name, value in (("precision", precision), ("confidence", confidence)):
        if not 0.0 < value < 1.0:
            raise BadArgument(name, N_("above 0 and below 1"), value)
    delta = round(1.0 - confidence, 12)
    kept, seen = quantise(scores), quantise(scores)[audited]
    difference = human - judged[audited]
    best = math.inf
    for threshold in _grid(kept, audited.size, kmin(precision, delta)):
        above = seen >= threshold
        if not refutes(judged[kept >= threshold], difference[above], precision, delta):
            break
        best = float(threshold)
    above = seen >= best
    certified = math.isfinite(best)
    return Certificate(
        CERTIFIED if certified else INSUFFICIENT,
        best,
        int(above.sum()),
        int((1.0 - human[above]).sum()),
        precision if certified else math.nan,
        None,
        precision,
        confidence,
        PREDICTION_POWERED,
        int(human.size),
        int(human.sum()),
    )


def _grid(scores: Floats, audited: int, least: int) -> Floats:
    """Observed scores, falling, from where FIRST times the fewest labels that can certify are to be expected."""
    if not scores.size or not audited:
        return np.empty(0)
    falling = np.sort(scores)[::-1]
    top = min(0.5, FIRST * least / audited)
    places = np.ceil(np.geomspace(top, 1.0, GRID) * falling.size - 1e-9).astype(np.int64) - 1
    return np.unique(falling[np.clip(places, 0, falling.size - 1)])[::-1]
