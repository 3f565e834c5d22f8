"""Pools of real pairs: LCQMC and BQ, scored by the bundled model. The pool's labels are the truth."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.calibration.pools import PLAUSIBLE, Pool, pool
from calibration import load_encoder, load_pairs, score_pairs
from calibration.columns import LABEL, SCORE

REAL: Final = {"lcqmc_dev.txt": ("LCQMC", 0.9), "bq_dev.csv": ("BQ", 0.8)}
"""File name to the name and the target precision of its pool."""
SCORES: Final = Path(tempfile.gettempdir()) / "simtier-benchmark"
"""Where scores are kept between runs, outside the repository."""


def real_pools(folder: Path | None, limit: int | None = None) -> list[Pool]:
    """The pools whose files are in `folder`; `limit`: the first pairs only, for a quick look."""
    if folder is None:
        return []
    here = [name for name in REAL if (folder / name).is_file()]
    return [_pool(folder / name, *REAL[name], limit) for name in here]


def _pool(path: Path, name: str, target: float, limit: int | None) -> Pool:
    pairs = load_pairs(path, on_bad_rows="drop").head(limit or 10**9)
    scored: pd.DataFrame = score_pairs(pairs, load_encoder(cache_dir=SCORES))
    scores, labels = scored[SCORE].to_numpy(np.float64), scored[LABEL].to_numpy(np.float64)
    return pool(f"{name}, p={target:.1f}".replace("0.", "."), PLAUSIBLE, target, scores, labels)
