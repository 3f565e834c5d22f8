"""Scores to tiers: the published thresholds, and the tier that thresholds assign."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from calibration.columns import LOWEST_SCORE, RELATED, SAME, SCORE, TEXT_A, TEXT_B, THRESHOLD_TIERS, UNRELATED, WEAK
from calibration.errors import N_, BadArgument, GuardsNeedTexts
from calibration.stats.threshold_counts import Flags, Floats
from calibration.text.guards import held_pairs

if TYPE_CHECKING:
    import pandas as pd

Thresholds = Mapping[str, float | None]
"""By tier `same`, `related`, `weak`: the lowest score of the tier, or None where the tier is not available."""

PUBLISHED: Final[Mapping[str, float]] = {SAME: 0.85, RELATED: 0.70, WEAK: 0.50}
"""The thresholds that the model's guide publishes for everybody: the baseline."""
PUBLISHED_SHOWN: Final = " / ".join(f"{value:.2f}" for value in PUBLISHED.values())
"""As people read them: 0.85 / 0.70 / 0.50."""


class GuardedThresholds(dict[str, float | None]):
    """Thresholds of which `same` holds only for pairs that no guard holds back.

    The guards travel with the numbers, so that judging bare scores by them raises an error.
    """

    def __init__(self, thresholds: Thresholds, guards: Sequence[str]) -> None:
        super().__init__(thresholds)
        self.guards = tuple(guards)

    def __reduce__(self) -> tuple[type[GuardedThresholds], tuple[dict[str, float | None], tuple[str, ...]]]:
        return GuardedThresholds, (dict(self), self.guards)


def guards_of(thresholds: Thresholds) -> tuple[str, ...]:
    """The guards of some thresholds; none for plain ones."""
    return thresholds.guards if isinstance(thresholds, GuardedThresholds) else ()


def check_score(score: float) -> None:
    """Raise BadArgument for NaN: it is below every threshold, so it would be judged without having been scored."""
    if math.isnan(score):
        raise BadArgument("score", N_("a number"), score)


def held_rows(rows: pd.DataFrame, thresholds: Thresholds) -> Flags | None:
    """(n,) the pairs that the guards of some thresholds hold back; None where there are no guards.

    Raises GuardsNeedTexts for rows without texts.
    """
    guards = guards_of(thresholds)
    if not guards:
        return None
    if not {TEXT_A, TEXT_B} <= set(rows.columns):
        raise GuardsNeedTexts(guards)
    return held_pairs(guards, rows[TEXT_A], rows[TEXT_B])


def lowered(rows: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """The rows, with the lowest score for those that guards hold back: below whatever threshold `same` has."""
    held = held_rows(rows, thresholds)
    return rows if held is None else rows.assign(**{SCORE: rows[SCORE].where(~held, LOWEST_SCORE)})


def assign_tiers(scores: Floats, thresholds: Thresholds, held: Flags | None = None) -> NDArray[np.object_]:
    """The tier of each score: the highest whose threshold it reaches; `unrelated` below them all.

    held: which pairs must not be `same`, of the shape of `scores`. Guarded thresholds cannot do without: they raise
    GuardsNeedTexts.

    >>> thresholds = {"same": 0.85, "related": None, "weak": 0.5}
    >>> assign_tiers(np.array([0.9, 0.8, 0.1]), thresholds).tolist()
    ['same', 'weak', 'unrelated']
    >>> assign_tiers(np.array([0.9, 0.9]), thresholds, np.array([True, False])).tolist()
    ['weak', 'same']
    """
    if held is None and guards_of(thresholds):
        raise GuardsNeedTexts(guards_of(thresholds))
    given = np.full(scores.shape, UNRELATED, dtype=object)
    for tier in reversed(THRESHOLD_TIERS):
        threshold = thresholds.get(tier)
        if threshold is not None:
            reached = scores >= threshold
            given[reached if held is None or tier != SAME else reached & ~held] = tier
    return given


def assign_rows(rows: pd.DataFrame, thresholds: Thresholds, score: str = SCORE) -> NDArray[np.object_]:
    """(n,) `assign_tiers` of the scores in a column of pairs, whose texts the guards may need."""
    return assign_tiers(rows[score].to_numpy(dtype=np.float64), thresholds, held_rows(rows, thresholds))
