"""Values kept in memory, bounded in number and in size; those not used for longest go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class RecentlyUsed(Generic[Value]):
    """Values by key, for any number of threads.

    at_most: how many are kept. fits: whether all these may stay; None: only their number counts. The newest stays
    whatever `fits` says.
    """

    def __init__(self, at_most: int, fits: Callable[[Iterable[Value]], bool] | None = None) -> None:
        self._at_most, self._fits = at_most, fits
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value kept under `key`, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value as the newest."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and self._too_many():
                self._values.popitem(last=False)

    def kept(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under `key`, or what `make` makes now."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def _too_many(self) -> bool:
        """Whether one has to go. The lock is held."""
        if len(self._values) > self._at_most:
            return True
        return self._fits is not None and not self._fits(self._values.values())
