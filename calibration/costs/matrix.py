"""The cost matrix: what each tier costs for each true tier, and the amounts that users edit.

Costs are in any one unit (money, minutes, annoyance); only their ratios decide where thresholds are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np

from calibration.columns import BINARY, LABEL_KINDS, SAME, TIERS
from calibration.errors import N_, BadArgument
from calibration.stats.threshold_counts import Floats

NOT_SAME: Final = "not_same"
TRUE_BINARY: Final = (SAME, NOT_SAME)
"""What a binary label can say of a pair, high to low."""

MOST: Final = 1e6
"""No single cost may be above this, so that sums over a million pairs keep their digits."""


@dataclass(frozen=True)
class CostMatrix:
    """Cost of a pair by its true tier (row) and the tier given (column), both high to low; the smaller the better.

    rows: four rows (`same, related, weak, unrelated`) or, for binary labels, two (`same`, not the same). Always
    four columns. Raises BadArgument for another shape or a cost outside [0, 1e6].

    >>> CostMatrix(((0, 1, 3, 3), (10, 1, 0.5, 0))).true
    ('same', 'not_same')
    """

    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        rows = tuple(tuple(_cost("costs", cell) for cell in _row(row)) for row in _row(self.rows))
        if len(rows) not in (len(TRUE_BINARY), len(TIERS)) or any(len(row) != len(TIERS) for row in rows):
            raise BadArgument("costs", N_("2 or 4 rows of 4 costs"), [len(row) for row in rows])
        object.__setattr__(self, "rows", rows)

    @property
    def true(self) -> tuple[str, ...]:
        """Names of the rows."""
        return TIERS if len(self.rows) == len(TIERS) else TRUE_BINARY

    @property
    def values(self) -> Floats:
        """(rows, 4) the costs as an array."""
        return np.array(self.rows, dtype=np.float64)

    def to_json(self) -> dict[str, dict[str, float]]:
        """`{true tier: {tier given: cost}}`; `from_json` gives it back unchanged."""
        return {true: dict(zip(TIERS, row, strict=True)) for true, row in zip(self.true, self.rows, strict=True)}

    @classmethod
    def from_json(cls, data: Any) -> CostMatrix:
        """The inverse of `to_json`; raises BadArgument for anything else.

        >>> matrix = UnitCosts().matrix("tier")
        >>> CostMatrix.from_json(matrix.to_json()) == matrix
        True
        """
        for names in (TIERS, TRUE_BINARY):
            if isinstance(data, Mapping) and set(data) == set(names):
                rows = [data[name] for name in names]
                if all(isinstance(row, Mapping) and set(row) == set(TIERS) for row in rows):
                    return cls(tuple(tuple(row[tier] for tier in TIERS) for row in rows))
        raise BadArgument("costs", N_("a cost for every true tier and every tier given"), data)


@dataclass(frozen=True)
class UnitCosts:
    """Four amounts that people can name, each >= 0; `matrix` spreads them over true tiers and tiers given.

    `same` is merged unseen, `related` goes to a person, `weak` is shown as a loose link, `unrelated` is dropped.
    false_merge: a pair merged that is not the same. check: a person looks at a pair that need not be looked at.
    missed_merge: a pair that is the same, or that a person should have seen, and nobody looks at.
    weak_link: a loose link shown without need, or left out.
    """

    false_merge: float = 10.0
    check: float = 1.0
    missed_merge: float = 3.0
    weak_link: float = 0.5

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            object.__setattr__(self, name, _cost(name, getattr(self, name)))

    def matrix(self, kind: str) -> CostMatrix:
        """The matrix for labels of a kind: four rows for tier and graded labels, two for binary ones.

        With binary labels nobody can say which pairs deserve a loose link, so that one always costs: where
        `weak_link` is above 0 the tier stays empty.

        >>> UnitCosts().matrix("binary").rows
        ((0.0, 1.0, 3.5, 3.0), (10.0, 1.0, 0.5, 0.0))
        """
        merge, check, missed, link = self.false_merge, self.check, self.missed_merge, self.weak_link
        if kind not in LABEL_KINDS:
            raise BadArgument("kind", " | ".join(LABEL_KINDS), kind)
        if kind == BINARY:
            return CostMatrix(((0.0, check, missed + link, missed), (merge, check, link, 0.0)))
        return CostMatrix(
            (
                (0.0, check, missed, missed + link),
                (merge, 0.0, missed, missed + link),
                (merge, check, 0.0, link),
                (merge, check, link, 0.0),
            )
        )

    def to_json(self) -> dict[str, float]:
        """The four amounts by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> UnitCosts:
        """The inverse of `to_json`; what is not named keeps its default. Raises BadArgument.

        >>> UnitCosts.from_json({"check": 2}).check
        2.0
        """
        names = [field.name for field in fields(cls)]
        if not isinstance(data, Mapping) or not set(data) <= set(names):
            raise BadArgument("costs", N_("amounts named false_merge, check, missed_merge, weak_link"), data)
        return cls(**data)


def _row(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise BadArgument("costs", N_("2 or 4 rows of 4 costs"), value)
    return tuple(value)


def _cost(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not 0.0 <= number <= MOST:
        raise BadArgument(name, N_("a cost between 0 and 1,000,000"), value)
    return number
