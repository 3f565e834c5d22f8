"""What most people write: a loop over thresholds, a loop over resamples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_score, recall_score

Floats = NDArray[np.float64]
GRID = 101


def sweep(scores: Floats, positives: Floats) -> list[tuple[float, float, float]]:
    """Precision, recall and F1 at 101 thresholds from 0 to 1, by scikit-learn."""
    found = []
    for threshold in np.linspace(0, 1, GRID):
        taken = scores >= threshold
        metrics = (precision_score, recall_score, f1_score)
        found.append(tuple(float(metric(positives, taken, zero_division=0)) for metric in metrics))
    return found


def bootstrap(scores: Floats, positives: Floats, threshold: float, resamples: int) -> Floats:
    """(resamples,) precision at a fixed threshold: draw n rows, cut, ask scikit-learn."""
    rng, n, found = np.random.default_rng(0), len(scores), []
    for _ in range(resamples):
        rows = rng.integers(n, size=n)
        found.append(precision_score(positives[rows], scores[rows] >= threshold, zero_division=0))
    return np.array(found)


def searched(scores: Floats, positives: Floats, resamples: int) -> Floats:
    """(resamples,) the threshold of the best F1, by a sort of every resample."""
    from sklearn.metrics import precision_recall_curve

    rng, n, found = np.random.default_rng(0), len(scores), []
    for _ in range(resamples):
        rows = rng.integers(n, size=n)
        precision, recall, thresholds = precision_recall_curve(positives[rows], scores[rows])
        with np.errstate(invalid="ignore"):
            f1 = 2 * precision * recall / (precision + recall)
        found.append(thresholds[np.nanargmax(f1[:-1])])
    return np.array(found)
