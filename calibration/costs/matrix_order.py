"""Detect costs that do not rise with the size of a mistake, which is probably a typing error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from calibration.columns import TIERS, WEAK
from calibration.costs.matrix import NOT_SAME, TRUE_BINARY, CostMatrix

Cell = tuple[str, str]
"""What a pair is, and the tier that it is given."""

RANKS: Final = {**{tier: rank for rank, tier in enumerate(TIERS)}, NOT_SAME: len(TIERS) - 1}


def inversions(matrix: CostMatrix) -> tuple[tuple[Cell, Cell], ...]:
    """Cells that cost less than one nearer the truth, each with that one; none where costs rise with mistakes.

    Nearer is the next tier towards the truth, or the next truth towards the tier; the truth itself too. `weak` is
    left out for binary labels, which cannot say which pairs deserve it.

    >>> inversions(CostMatrix(((0, 5, 3, 3), (10, 1, 0.5, 0))))
    ((('same', 'unrelated'), ('same', 'related')),)
    """
    costs, given = matrix.to_json(), [tier for tier in TIERS if matrix.true != TRUE_BINARY or tier != WEAK]
    return tuple(
        ((true, tier), near)
        for true in matrix.true
        for tier in given
        for near in _nearer(true, tier, matrix.true, given)
        if costs[true][tier] < costs[near[0]][near[1]]
    )


def _nearer(true: str, tier: str, rows: Sequence[str], columns: Sequence[str]) -> Iterator[Cell]:
    """The cells one step nearer the truth: in the same row, and in the same column."""
    apart = RANKS[tier] - RANKS[true]
    if not apart:
        return
    step = 1 if apart > 0 else -1
    yield true, columns[columns.index(tier) - step]
    other = rows[rows.index(true) + step]
    if (RANKS[tier] - RANKS[other]) * step >= 0:
        yield other, tier
