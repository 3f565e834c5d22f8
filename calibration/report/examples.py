"""Choose example pairs for each tier: some near a threshold, where mistakes are, and some far away."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import LOWEST_SCORE, SCORE, TIERS
from calibration.policies.tiers import Thresholds, assign_rows
from calibration.stats.formatting import threshold

GIVEN: Final = "given"
"""Column of the tier that a pair is given."""
MARGIN: Final = "margin"
"""Column of the distance to the nearest threshold, 0 or more; inf where there is none."""

NEAR_POOL: Final = 10
"""Near pairs are drawn from so many of the nearest, so that one report does not always show the same ones."""


def margins(scores: np.ndarray, thresholds: Thresholds) -> np.ndarray:
    """(n,) distance of each score to the nearest threshold that claims something.

    >>> margins(np.array([0.95, 0.5]), {"same": 0.9, "related": None, "weak": -1.0}).round(2).tolist()
    [0.05, 0.4]
    """
    claimed = [value for value in thresholds.values() if value is not None and value > LOWEST_SCORE]
    if not claimed:
        return np.full(scores.shape, np.inf)
    return np.asarray(np.abs(scores[:, None] - np.array(claimed)).min(axis=1))


def placed(score: float, thresholds: Thresholds) -> str:
    """A score in three digits, on the side of every threshold on which it is, as thresholds are shown.

    >>> placed(0.8531, {"weak": 0.853051}), placed(0.853, {"weak": 0.853051}), placed(0.95, {"same": None})
    ('0.854', '0.853', '0.950')
    """
    shown = round(score, 3)
    for value in thresholds.values():
        if value is not None and value > LOWEST_SCORE:
            edge = float(threshold(value))
            shown = max(shown, edge) if score >= value else min(shown, edge - 0.001)
    return f"{shown:.3f}"


def examples(rows: pd.DataFrame, thresholds: Thresholds, each: int = 2, seed: int = 0) -> pd.DataFrame:
    """Up to `each` pairs near a threshold and `each` far from it for every tier given, high tiers first.

    rows: scored pairs of one domain; those without a score are left out. Returns them with `given` and `margin`,
    nearest first within a tier. The same seed shows the same pairs.
    """
    known = rows[np.isfinite(rows[SCORE])]
    scores = known[SCORE].to_numpy(dtype=np.float64)
    known = known.assign(**{GIVEN: assign_rows(known, thresholds), MARGIN: margins(scores, thresholds)})
    drawn = np.random.default_rng(seed)
    nearest_first = known.sort_values(MARGIN, kind="stable")
    return pd.concat([_of_tier(nearest_first[nearest_first[GIVEN] == tier], each, drawn) for tier in TIERS])


def _of_tier(ordered: pd.DataFrame, each: int, drawn: np.random.Generator) -> pd.DataFrame:
    """Some of the nearest rows, then some of the farther half."""
    if len(ordered) <= 2 * each:
        return ordered
    middle = max(each, len(ordered) // 2)
    near = drawn.choice(min(NEAR_POOL, middle), size=each, replace=False)
    far = middle + drawn.choice(len(ordered) - middle, size=min(each, len(ordered) - middle), replace=False)
    return ordered.iloc[np.sort(np.concatenate([near, far]))]
