"""Whether a label makes a pair positive for a tier."""

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
    place, kinds = pd.factorize(frame[KIND])  # there are few kinds: looking each row up takes ten times as long
    least = [POSITIVE_FROM.get(str(kind), {}).get(tier) for kind in kinds]
    lowest = np.array([*least, None], dtype=np.float64)[place]
    labels = frame[LABEL].to_numpy(dtype=np.float64)
    return np.where(np.isnan(lowest) | np.isnan(labels), np.nan, labels >= lowest)
