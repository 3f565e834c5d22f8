"""Labels in the order of their draw, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calibration.errors import N_, BadArgument
from calibration.stats.sequential_thresholds import Stream
from calibration.stats.threshold_counts import Flags, Floats, Ints, check_arrays


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class DrawnLabels:
    """n labels.

    scores, positives, floors: (n,) in the order of the draw; floors: the score above which each was drawn.
    texts: (n, 2) numbers of the texts of each pair. dropped: labels left out, their score or label being no number.
    """

    scores: Floats = field(default_factory=_none)
    positives: Floats = field(default_factory=_none)
    floors: Floats = field(default_factory=_none)
    texts: Ints | None = None
    batches: int = 0
    dropped: int = 0

    @property
    def n(self) -> int:
        """Labels."""
        return self.scores.size

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DrawnLabels:
        """The inverse of `to_json`; raises KeyError, TypeError, ValueError or BadArgument on anything else."""
        scores, positives = check_arrays(data["scores"], data["positives"])
        floors = np.asarray(data["floors"], dtype=np.float64)
        texts = None if data["texts"] is None else np.asarray(data["texts"], dtype=np.int64).reshape(-1, 2)
        made = cls(scores, positives, floors, texts, int(data["batches"]), int(data["dropped"]))
        fit = floors.shape == (made.n,) and (texts is None or texts.shape == (made.n, 2))
        if not (fit and np.isfinite(scores).all() and np.isfinite(positives).all()):
            raise ValueError
        return made

    def to_json(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "scores": self.scores.tolist(),
            "positives": self.positives.astype(int).tolist(),
            "floors": self.floors.tolist(),
            "texts": None if self.texts is None else self.texts.tolist(),
            "batches": self.batches,
            "dropped": self.dropped,
        }

    def with_batch(
        self, scores: Floats, positives: Floats, floor: float, texts: Ints | None, usable: Flags
    ) -> DrawnLabels:
        """These labels and a batch more: (b,) scores and labels that are usable, of all that were given."""
        codes = None
        if texts is not None:
            given = np.asarray(texts)
            if given.shape != (usable.size, 2):
                raise BadArgument("texts", N_("two numbers for each label"), given.shape)
            codes = given[usable].astype(np.int64)
        if self.n and (self.texts is None) != (codes is None):
            raise BadArgument("texts", N_("given with every batch, or with none"), None)
        if codes is not None and self.texts is not None:
            codes = np.concatenate([self.texts, codes])
        return DrawnLabels(
            np.concatenate([self.scores, scores]),
            np.concatenate([self.positives, positives]),
            np.concatenate([self.floors, np.full(scores.size, floor)]),
            codes,
            self.batches + 1,
            self.dropped + int(usable.size - usable.sum()),
        )

    def stream(self, thresholds: Floats) -> Stream:
        """The labels as the test of falling `thresholds` reads them."""
        bands = np.searchsorted(-thresholds, -self.scores, side="left")
        open_starts = np.searchsorted(-thresholds, -self.floors, side="right")
        return Stream(bands, 1.0 - self.positives, open_starts, self.texts)
