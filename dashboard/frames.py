"""Frames kept between sessions, bounded in number and in rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

import pandas as pd

MOST_ROWS: Final = 6_000_000
"""Rows kept together, about 2 GB of short texts: six million-row datasets, or any number of small ones."""


class Frames:
    """Frames by key, read-only for everybody; those not used for longest go first.

    At most `at_most` frames and `most_rows` rows are kept together; the newest stays however large it is.
    """

    def __init__(self, at_most: int = 32, most_rows: int = MOST_ROWS) -> None:
        self._at_most, self._most_rows = at_most, most_rows
        self._frames: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> pd.DataFrame | None:
        """The frame kept under `key`, or None."""
        with self._lock:
            frame = self._frames.get(key)
            if frame is not None:
                self._frames.move_to_end(key)
            return frame

    def put(self, key: Hashable, frame: pd.DataFrame) -> None:
        """Keep a frame; nobody may write to it afterwards."""
        with self._lock:
            self._frames[key] = frame
            self._frames.move_to_end(key)
            while len(self._frames) > 1 and (len(self._frames) > self._at_most or self._rows() > self._most_rows):
                self._frames.popitem(last=False)

    def kept(self, key: Hashable, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The frame kept under `key`, or what `make` makes now."""
        frame = self.get(key)
        if frame is None:
            frame = make()
            self.put(key, frame)
        return frame

    def _rows(self) -> int:
        """Rows kept now; a frame under two keys counts once. The lock is held."""
        return sum({id(frame): len(frame) for frame in self._frames.values()}.values())
