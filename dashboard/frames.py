"""Frames kept between sessions, read-only for everybody, bounded in number and in rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from dashboard.recently_used import RecentlyUsed

MOST_ROWS: Final = 6_000_000
"""Rows kept together, about 2 GB of short texts: six million-row datasets, or any number of small ones."""
Frames = RecentlyUsed[pd.DataFrame]


def keep_frames(at_most: int = 32, most_rows: int = MOST_ROWS) -> Frames:
    """Keeps `at_most` frames and `most_rows` rows together; a frame under two keys counts once."""

    def fits(kept: Iterable[pd.DataFrame]) -> bool:
        return sum({id(frame): len(frame) for frame in kept}.values()) <= most_rows

    return RecentlyUsed(at_most, fits)
