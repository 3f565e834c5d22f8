"""Counts of scores by bin and label, for charts; nothing is drawn here."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import LABEL, SCORE

LO: Final = "lo"
HI: Final = "hi"
BIN: Final = "bin"
COUNT: Final = "count"

STEPS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Bin widths to choose from: round numbers, so that edges read well."""


def bin_edges(scores: np.ndarray, at_most: int = 60) -> np.ndarray:
    """Edges of equal bins over the observed range: the narrowest round width that needs no more than `at_most`.

    `scores`: (n,) cosines, NaN ignored. Returns (bins + 1,) ascending edges, every score inside; empty scores
    give the whole range 0..1 in bins of 0.05.

    >>> bin_edges(np.array([0.91, 0.942]), at_most=5).round(3).tolist()
    [0.91, 0.92, 0.93, 0.94, 0.95]
    """
    known = scores[np.isfinite(scores)]
    if known.size == 0:
        return np.linspace(0, 1, 21)
    low, high = float(known.min()), float(known.max())
    for step in STEPS:
        first, last = int(np.floor(low / step + 1e-9)), int(np.floor(high / step + 1e-9)) + 1
        if last - first <= at_most:
            break
    return np.arange(first, last + 1) * step


def histogram(scored: pd.DataFrame, edges: np.ndarray) -> pd.DataFrame:
    """Count the pairs of each label in each bin.

    Bins are closed below and open above (the last is closed), so a threshold on an edge splits bins cleanly.
    Returns columns lo, hi, bin (its number), label, count; only bins that hold something, in ascending order.
    """
    kept = scored[np.isfinite(scored[SCORE])]
    index = bin_of(kept[SCORE].to_numpy(), edges)
    counts = kept.groupby([index, kept[LABEL].to_numpy()], sort=True).size()
    number = counts.index.get_level_values(0).to_numpy()
    return pd.DataFrame(
        {
            LO: edges[number],
            HI: edges[number + 1],
            BIN: number,
            LABEL: counts.index.get_level_values(1).to_numpy(dtype=float),
            COUNT: counts.to_numpy(),
        }
    )


def bin_of(scores: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(n,) number of each score's bin, 0 first; scores outside go to the nearest bin."""
    return np.clip(np.searchsorted(edges, scores + 1e-12, side="right") - 1, 0, len(edges) - 2)
