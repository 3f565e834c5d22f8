"""Labelled pairs with the tiers that two sides, a and b, assign; the input of every comparison.

A judged frame is a pairs frame with score_a, score_b, tier_a, tier_b and perhaps loss_a, loss_b. Each side gives
tiers by its own thresholds on its own scores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from calibration.columns import (
    DOMAIN,
    KIND,
    LABEL,
    PURPOSE,
    PURPOSE_REVIEW,
    SAME,
    SCORE,
    TEXT_A,
    TEXT_B,
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
    WEAK,
)
from calibration.costs.minimise import incurred
from calibration.costs.pair_costs import Costs, pair_costs
from calibration.errors import N_, BadArgument, ColumnsMissing, EmptyInput
from calibration.pairs import positives
from calibration.policies.policy import Policy
from calibration.policies.tiers import assign_rows
from calibration.stats.text_groups import has_keys
from calibration.stats.threshold_counts import Flags, Floats
from calibration.text.keys import FOLDED_KEYS

SCORE_A: Final = "score_a"
SCORE_B: Final = "score_b"
TIER_A: Final = "tier_a"
TIER_B: Final = "tier_b"
LOSS_A: Final = "loss_a"
LOSS_B: Final = "loss_b"
BETTER: Final = "better"
"""Which side gives a changed pair the tier nearer to its label: `a`, `b`, or `-` where the label cannot tell."""

Assign = Callable[[pd.DataFrame], NDArray[np.object_]]
"""Tiers (n,) of the scored rows of one domain."""
Loss = Callable[[NDArray[np.object_], pd.DataFrame], ArrayLike]
"""What giving these tiers (n,) to these labelled rows costs, a pair: (n,), the lower the better."""


def judge(
    a: pd.DataFrame, b: pd.DataFrame, assign_a: Assign, assign_b: Assign, loss: Loss | None = None
) -> pd.DataFrame:
    """The judged frame of two scored frames of the same pairs in the same order; tiers are assigned by domain.

    Raises EmptyInput, ColumnsMissing, and BadArgument where the pairs are not the same.
    """
    check_same_pairs(a, b)
    tier_a, tier_b = _by_domain(a, assign_a), _by_domain(b, assign_b)
    judged = a.drop(columns=SCORE)
    judged[SCORE_A], judged[SCORE_B] = a[SCORE].to_numpy(), b[SCORE].to_numpy()
    judged[TIER_A], judged[TIER_B] = tier_a, tier_b
    if loss is not None:
        judged[LOSS_A], judged[LOSS_B] = np.asarray(loss(tier_a, judged)), np.asarray(loss(tier_b, judged))
    return judged


def cost_loss(costs: Costs) -> Loss:
    """What the tiers given cost by a cost matrix or unit costs (`calibration.costs.pair_costs`)."""
    return lambda given, rows: incurred(given, pair_costs(rows, costs))


def fixed(policy: Policy) -> Assign:
    """Tiers by a policy's own thresholds; raises UnknownDomain when it meets one."""

    def assign(rows: pd.DataFrame) -> NDArray[np.object_]:
        return assign_rows(rows, policy.domain(str(rows[DOMAIN].iloc[0])).thresholds)

    return assign


def check_same_pairs(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Raise unless both are scored, labelled frames of the same pairs in the same order."""
    needed = (*(FOLDED_KEYS if has_keys(a) and has_keys(b) else (TEXT_A, TEXT_B)), LABEL, KIND, DOMAIN)
    for name, frame in (("pairs of a", a), ("pairs of b", b)):
        if missing := [column for column in (*needed, SCORE) if column not in frame.columns]:
            raise ColumnsMissing(name, missing, [str(column) for column in frame.columns])
    if a.empty:
        raise EmptyInput(N_("scored pairs"))
    same = a is b or (
        len(a) == len(b) and all((a[column].to_numpy() == b[column].to_numpy()).all() for column in needed)
    )
    if not same:
        raise BadArgument("scores of b", N_("of the same pairs in the same order"), (len(a), len(b)))


def told_tiers(rows: pd.DataFrame) -> tuple[str, ...]:
    """The tiers whose decisions the labels can judge, high to low."""
    told = [tier for tier in THRESHOLD_TIERS if np.isfinite(positives(rows, tier)).any()]
    return (*told, UNRELATED) if told else ()


def decision(rows: pd.DataFrame, given: pd.Series | NDArray[np.object_], tier: str) -> tuple[Floats, Flags]:
    """(n,) whether the decision for `tier` is due by the label, 1 or 0, NaN unknown; and (n,) whether it was taken.

    The decision is "at least this tier"; for `unrelated` it is "below every threshold", and due where a pair is
    below `weak` (with binary labels: not the same).
    """
    codes, names = pd.factorize(np.asarray(given, dtype=object))
    ranks = np.array([TIERS.index(str(name)) for name in names], dtype=np.int64)[codes]
    if tier != UNRELATED:
        return positives(rows, tier), ranks <= TIERS.index(tier)
    weak = positives(rows, WEAK)
    due = 1.0 - np.where(np.isfinite(weak), weak, positives(rows, SAME))
    return due, ranks == TIERS.index(UNRELATED)


def label_tiers(rows: pd.DataFrame) -> NDArray[np.object_]:
    """(n,) the tier that each label itself means; "" where a binary label cannot tell."""
    meant = np.where(np.isfinite(positives(rows, WEAK)), UNRELATED, "").astype(object)
    for tier in reversed(THRESHOLD_TIERS):
        meant[(positives(rows, tier) == 1.0) & (meant != "")] = tier
    return meant


def counted(judged: pd.DataFrame) -> tuple[Flags, Flags]:
    """(n,) the rows picked for review; (n,) those that may be counted: others, scored and judged on both sides."""
    review = (judged[PURPOSE] == PURPOSE_REVIEW).to_numpy(dtype=bool) if PURPOSE in judged.columns else None
    reviewed = np.zeros(len(judged), dtype=bool) if review is None else review
    scored = np.isfinite(judged[[SCORE_A, SCORE_B]].to_numpy(dtype=np.float64)).all(axis=1)
    given = judged[[TIER_A, TIER_B]].notna().to_numpy(dtype=bool).all(axis=1)
    return reviewed, scored & given & ~reviewed


def changed_pairs(judged: pd.DataFrame) -> pd.DataFrame:
    """The rows whose two tiers differ, review rows too, with `better`."""
    given = judged[[TIER_A, TIER_B]].notna().all(axis=1)
    changed = judged[given & (judged[TIER_A] != judged[TIER_B])].copy()
    gap = _wrong_decisions(changed, TIER_A) - _wrong_decisions(changed, TIER_B)
    changed[BETTER] = np.select([gap > 0, gap < 0], ["b", "a"], "-") if len(changed) else []
    return changed


def _wrong_decisions(rows: pd.DataFrame, side: str) -> Floats:
    """(n,) of the decisions that each label can judge, how many went wrong."""
    wrong = np.zeros(len(rows))
    for tier in told_tiers(rows):
        due, taken = decision(rows, rows[side], tier)
        wrong += np.isfinite(due) & (taken != (due == 1.0))
    return wrong


def _by_domain(scored: pd.DataFrame, assign: Assign) -> NDArray[np.object_]:
    given = np.empty(len(scored), dtype=object)
    for places in scored.groupby(DOMAIN, sort=False).indices.values():
        given[places] = assign(scored.iloc[places])
    return given
