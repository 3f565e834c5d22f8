"""The unlabelled scores that labels are drawn from: they alone decide which thresholds may be certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import ks_2samp

from calibration.errors import N_, DrawMismatch, EmptyInput
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import Floats, check_arrays, quantise

THRESHOLDS: Final = 50
TOP: Final = 8.0
"""Of the expected labels, this multiple of the fewest that can certify is at or above the first threshold."""
MOST_TOP: Final = 0.3
FINER: Final = 8.0
FINE: Final = 12
"""Thresholds above the first one of the main chain, down to this part of its share."""
REFERENCE: Final = 2000
MISMATCH: Final = 1e-6
"""Chance of taking a truly random draw for another one, at each update."""
FEWEST_COMPARED: Final = 20


@dataclass(frozen=True, eq=False)
class Pool:
    """Unlabelled scores.

    size: how many there are. thresholds: (m,) observed ones, falling; shares: of the scores at or above each.
    fine: how many of the first belong to the fine chain. reference: at most REFERENCE scores at even ranks, enough
    to tell another distribution.
    """

    size: int
    thresholds: Floats
    shares: Floats
    fine: int
    reference: Floats

    @classmethod
    def of(cls, scores: ArrayLike, floor: float | None, precision: float, delta: float, labels: int) -> Pool:
        """The pool of these scores at or above `floor`, for about so many labels; raises EmptyInput."""
        falling = _falling(scores)
        falling = falling[falling >= floor] if floor is not None else falling
        if not falling.size:
            raise EmptyInput(N_("the unlabelled scores"))
        return cls(falling.size, *_grid(falling, kmin(precision, delta), labels), _thinned(falling))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Pool:
        """The inverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        made = cls(
            int(data["pool"]["n"]),
            np.asarray(data["thresholds"], dtype=np.float64),
            np.asarray(data["shares"], dtype=np.float64),
            int(data["fine"]),
            _falling(data["pool"]["scores"]),
        )
        falling, rising = np.diff(made.thresholds), np.diff(made.shares)
        shapes = made.thresholds.shape == made.shares.shape
        shares = made.shares.size and made.shares[0] > 0.0 and made.shares[-1] <= 1.0
        chains = 0 <= made.fine < made.thresholds.size
        if not (shapes and shares and chains and (falling < 0).all() and (rising > 0).all()):
            raise ValueError
        return made

    def to_json(self) -> dict[str, Any]:
        """JSON data, for the certifier that it is a part of."""
        return {
            "thresholds": self.thresholds.tolist(),
            "shares": self.shares.tolist(),
            "fine": self.fine,
            "pool": {"n": self.size, "scores": self.reference.tolist()},
        }

    def check_draw(self, drawn: Floats, floor: float) -> None:
        """Raise DrawMismatch where these scores are no random draw from the unlabelled ones above the floor."""
        pool = self.reference[self.reference >= floor]
        if drawn.size < FEWEST_COMPARED or not pool.size:
            return
        if float(ks_2samp(drawn, pool, method="asymp").pvalue) < MISMATCH:
            raise DrawMismatch(float(np.median(drawn)), float(np.median(pool)), drawn.size, self.size)


def _falling(scores: ArrayLike) -> Floats:
    """The finite scores, quantised, from the highest down."""
    raw, _ = check_arrays(scores, np.zeros(np.shape(scores)))
    return np.sort(quantise(raw[np.isfinite(raw)]))[::-1]


def _grid(pool: Floats, least: int, labels: int) -> tuple[Floats, Floats, int]:
    """Thresholds, observed scores falling; the shares of the pool (falling scores) at or above each; how many are
    fine ones.
    """
    top = min(TOP * least / labels, MOST_TOP)
    fine = np.geomspace(top / FINER, top, FINE, endpoint=False)
    wanted = np.concatenate([fine, np.geomspace(top, 1.0, THRESHOLDS)])
    places = np.minimum(np.ceil(wanted * pool.size - 1e-9).astype(np.int64), pool.size) - 1
    thresholds = np.unique(pool[places])[::-1]
    shares = np.searchsorted(-pool, -thresholds, side="right") / pool.size
    return thresholds, shares, int(np.count_nonzero(thresholds > pool[places[FINE]]))


def _thinned(pool: Floats) -> Floats:
    """At most REFERENCE of the scores at even ranks: enough to tell another distribution."""
    if pool.size <= REFERENCE:
        return pool
    return pool[np.round(np.linspace(0, pool.size - 1, REFERENCE)).astype(np.int64)]
