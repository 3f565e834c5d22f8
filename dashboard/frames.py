"""Scored frames, a bounded number of them, shared between sessions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

import pandas as pd


class Frames:
    """Frames by key, read-only for everybody; the one not used for longest goes first."""

    def __init__(self, at_most: int = 16) -> None:
        self._at_most = at_most
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
            while len(self._frames) > self._at_most:
                self._frames.popitem(last=False)
