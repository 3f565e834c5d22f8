"""What a label says about a tier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.columns import KIND, LABEL, POSITIVE_FROM, THRESHOLD_TIERS
from calibration.errors import N_, BadArgument


def positives(frame: pd.DataFrame, tier: str) -> npt.NDArray[np.float64]:
    """Whether each of n pairs is at least of `tier` by its label: (n,) 1 or 0, NaN where its kind cannot tell.

    `tier` is one of same, related, weak; anything else raises BadArgument.
    """
    if tier not in THRESHOLD_TIERS:
        raise BadArgument("tier", N_("same, related or weak"), tier)
    lowest = (
        frame[KIND].map({kind: least[tier] for kind, least in POSITIVE_FROM.items()}).to_numpy(dtype=np.float64)
    )
    labels = frame[LABEL].to_numpy(dtype=np.float64)
    return np.where(np.isnan(lowest) | np.isnan(labels), np.nan, labels >= lowest)
