"""What was found beside the rows it was found for, as frames to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.corpus.dedup import CLUSTER, KEPT, REASON, SCORE, STANDS_AT, STANDS_FOR, Clusters


def clusters_frame(
    frame: pd.DataFrame, lines: NDArray[np.int64], texts: Sequence[str], clusters: Clusters
) -> pd.DataFrame:
    """The rows with what was found: cluster, kept (1 or 0), reason, score, and the representative with its row.

    A column of the same name in the file keeps its name, and ours is written as `name_2`.
    """
    stands = clusters.representative
    found: dict[str, Any] = {
        CLUSTER: clusters.numbers,
        KEPT: clusters.kept.astype(np.int64),
        REASON: list(clusters.reasons),
        SCORE: np.round(clusters.scores, 6),
        STANDS_AT: lines[stands],
        STANDS_FOR: [texts[row] for row in stands],
    }
    return frame.reset_index(drop=True).assign(**{free_name(name, frame): cells for name, cells in found.items()})


def free_name(name: str, frame: pd.DataFrame) -> str:
    """`name`, or with a number where the frame has it already."""
    taken, at, free = set(map(str, frame.columns)), 2, name
    while free in taken:
        free, at = f"{name}_{at}", at + 1
    return free
