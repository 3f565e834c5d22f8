"""Two sides of texts that are compared, cut into parts that workers get."""

from __future__ import annotations

from typing import Any, Final

from calibration.corpus.blocks import Ids
from calibration.corpus.parted import taken
from calibration.corpus.spread.workers import Workers
from calibration.scoring.similarity import EncodedTexts

QUERIES: Final = 0
BASE: Final = 1


class Sides:
    """Parts are given to the workers once, and known by the place at which they begin.

    sides: numbers of the queries' texts and of the base's, the same object where both are the same texts. sizes:
    texts of a part of each.
    """

    def __init__(
        self, texts: EncodedTexts, sides: tuple[Ids, Ids], sizes: tuple[int, int], workers: Workers
    ) -> None:
        self.texts, self.ids, self.workers = texts, sides, workers
        self._sizes, self._parts = sizes, dict[tuple[int, int], Any]()
        self._same = sides[QUERIES] is sides[BASE] and sizes[QUERIES] == sizes[BASE]

    def begins(self, side: int) -> range:
        """Where the parts of a side begin."""
        return range(0, len(self.ids[side]), self._sizes[side])

    def part(self, side: int, begin: int) -> Any:
        """The texts of a part, as an argument for `submit`."""
        side = BASE if self._same else side
        if (side, begin) not in self._parts:
            ids = self.ids[side][begin : begin + self._sizes[side]]
            self._parts[side, begin] = self.workers.put(taken(self.texts, ids))
        return self._parts[side, begin]
