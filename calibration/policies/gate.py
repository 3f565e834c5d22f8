"""The gate before publication: what a candidate would lose compared with the policy in use.

A candidate must not get a confirmed bad case wrong that the policy in use gets right, must keep every certificate,
and must cover every domain. What cannot be evaluated blocks publication: the gate fails closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import DOMAIN, NOT_SAME, SAME, TEXT_A, TEXT_B
from calibration.policies.gate_certificates import broken, edited
from calibration.policies.gate_result import (
    CaseOutcome,
    DomainMoves,
    GateResult,
)
from calibration.policies.policy import Policy
from calibration.policies.tiers import assign_rows

CASE_ID: Final = "case_id"
EXPECTED: Final = "expected"
SCORE_CURRENT: Final = "score_current"
SCORE_CANDIDATE: Final = "score_candidate"
CASE_COLUMNS: Final = (CASE_ID, TEXT_A, TEXT_B, DOMAIN, EXPECTED, SCORE_CURRENT, SCORE_CANDIDATE)


def check(
    current: Policy | None,
    candidate: Policy,
    cases: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    totals: Mapping[str, int] | None = None,
) -> GateResult:
    """Hold `candidate` against the policy in use (None: there is none, and every case must come out right).

    cases: confirmed bad cases, a row each, with CASE_COLUMNS; scores in [-1, 1] as each policy's own model gives
    them, NaN where it gives none. pairs: stored pairs with `domain` and both scores. totals: pairs there are by
    domain, where `pairs` is a sample.

    >>> from calibration.policies.policy import DomainPolicy
    >>> bank = {at: {"bank": DomainPolicy({"same": at})} for at in (0.9, 0.8)}
    >>> old, new = Policy(bank[0.9], id="old"), Policy(bank[0.8], id="new")
    >>> case = (7, "开户", "销户", "bank", "not_same", 0.85, 0.85)
    >>> found = check(old, new, pd.DataFrame([case], columns=list(CASE_COLUMNS)))
    >>> found.passed, [case.case_id for case in found.lost]
    (False, [7])
    """
    lost, won, judged, unjudged = _cases(current, candidate, cases)
    if current is None:
        broke = edited(candidate)
        return GateResult(None, candidate.id, lost=lost, judged=judged, unjudged=unjudged, broken=broke)
    return GateResult(
        current.id,
        candidate.id,
        lost=lost,
        won=won,
        judged=judged,
        unjudged=unjudged,
        broken=(*broken(current, candidate), *edited(candidate, current)),
        vanished=tuple(sorted(set(current.domains) - set(candidate.domains))),
        moves=() if pairs is None else _moves(current, candidate, pairs, totals or {}),
    )


def is_right(tier: str | None, expected: str) -> bool:
    """Whether a tier is what a bad case expects: that very tier, or for `not_same` any but `same`.

    >>> is_right("related", "not_same"), is_right("related", "weak"), is_right(None, "not_same")
    (True, False, False)
    """
    if tier is None:
        return False
    return tier != SAME if expected == NOT_SAME else tier == expected


def _cases(
    current: Policy | None, candidate: Policy, cases: pd.DataFrame | None
) -> tuple[tuple[CaseOutcome, ...], tuple[CaseOutcome, ...], int, int]:
    """Cases lost and won, and how many could be judged and not."""
    lost: list[CaseOutcome] = []
    won: list[CaseOutcome] = []
    judged = unjudged = 0
    rows = () if cases is None else cases[list(CASE_COLUMNS)].itertuples(index=False, name=None)
    for case_id, text_a, text_b, domain, expected, before, after in rows:
        if not ((current is None or _judges(current, before, domain)) and _judges(candidate, after, domain)):
            unjudged += 1
            continue
        judged += 1
        texts = text_a, text_b
        was_tier = None if current is None else _tier(current, before, domain, texts)
        tiers = was_tier, _tier(candidate, after, domain, texts)
        was, becomes = current is None or is_right(tiers[0], expected), is_right(tiers[1], expected)
        if was != becomes:
            (lost if was else won).append(CaseOutcome(int(case_id), text_a, text_b, domain, expected, *tiers))
    return tuple(lost), tuple(won), judged, unjudged


def _judges(policy: Policy, score: float, domain: str) -> bool:
    """Whether it is known what the policy says: a domain that it does not know needs no score for that."""
    return domain not in policy.domains or bool(np.isfinite(score))


def _tier(policy: Policy, score: float, domain: str, texts: tuple[str, str]) -> str | None:
    return policy.tier(score, domain, texts) if domain in policy.domains else None


def _moves(
    current: Policy, candidate: Policy, pairs: pd.DataFrame, totals: Mapping[str, int]
) -> tuple[DomainMoves, ...]:
    """How many pairs of each domain that both know get another tier."""
    found = []
    for key, rows in pairs.groupby(DOMAIN, sort=True):
        domain = str(key)
        if domain not in current.domains or domain not in candidate.domains:
            continue
        known = rows.dropna(subset=[SCORE_CURRENT, SCORE_CANDIDATE])
        before = assign_rows(known, current.domains[domain].thresholds, SCORE_CURRENT)
        after = assign_rows(known, candidate.domains[domain].thresholds, SCORE_CANDIDATE)
        moves = Counter(pair for pair in zip(before.tolist(), after.tolist(), strict=True) if pair[0] != pair[1])
        found.append(DomainMoves(domain, len(known), totals.get(domain, len(known)), dict(moves)))
    return tuple(found)
