"""Reviewers' decisions about clusters, as a history that is never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

CONFIRM: Final = "confirm"
REOPEN: Final = "reopen"
SPLIT: Final = "split"
UNDO: Final = "undo"
ACTIONS: Final = (CONFIRM, REOPEN, SPLIT)
"""What can be decided, and taken back by an UNDO."""


@dataclass(frozen=True)
class ClusterDecision:
    """`rows`: the representative of the cluster that is confirmed or reopened, or the rows that are split off.

    `id` counts up in the order of decisions; `undoes`: the decision that an UNDO takes back.
    """

    id: int
    action: str
    rows: tuple[int, ...]
    actor: str
    at: datetime
    undoes: int | None = None


def in_force(
    decisions: Sequence[ClusterDecision], representative: Sequence[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """The rows that are split off, and the representatives of confirmed clusters, after `decisions` in order.

    representative: of each row, as found. A split takes back that its clusters were confirmed. Whatever was
    confirmed between a split and its undoing was another cluster, and does not count.
    """
    ended = {one.undoes: one.id for one in decisions if one.undoes is not None}
    without = [
        (one.id, ended[one.id], _touched(one, representative))
        for one in decisions
        if one.action == SPLIT and one.id in ended
    ]
    split: set[int] = set()
    confirmed: set[int] = set()
    for one in decisions:
        if one.action == UNDO or one.id in ended:
            continue
        if one.action == SPLIT:
            split |= set(one.rows)
            confirmed -= _touched(one, representative)
        elif one.action == REOPEN:
            confirmed -= set(one.rows)
        else:
            gone = [reps for begin, end, reps in without if begin < one.id < end]
            confirmed |= set(one.rows).difference(*gone)
    return frozenset(split), frozenset(confirmed)


def _touched(decision: ClusterDecision, representative: Sequence[int]) -> set[int]:
    """The clusters that a split took rows from."""
    return {int(representative[row]) for row in decision.rows}
