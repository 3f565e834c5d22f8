"""Labelled pairs to a suggested policy: minimum-cost thresholds per domain, small domains borrowing from others."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pandas as pd

from calibration.borrow import KAPPA, Suggestion, drawn_at_random, suggest_thresholds
from calibration.columns import DOMAIN, KIND
from calibration.cost_evaluation import CostEvaluation, cross_validate_costs
from calibration.cost_matrix import UnitCosts
from calibration.pair_costs import Costs, costs_to_json
from calibration.pairs import DuplicateReport, deduplicate
from calibration.pipeline import Binding
from calibration.policy import DomainPolicy, Policy
from calibration.probability import domain_probabilities

OBJECTIVE = "minimum_cost"


@dataclass(frozen=True)
class SuggestRun:
    """Suggestions from start to end, by domain.

    scored: the deduplicated pairs. policy: without certificates, so nothing in it counts as certified. evaluation:
    out of fold, beside the published thresholds. duplicates: what was left out.
    """

    scored: pd.DataFrame
    policy: Policy
    costs: Costs
    suggestions: Mapping[str, Suggestion]
    evaluation: Mapping[str, CostEvaluation]
    duplicates: DuplicateReport


def suggest_policy(
    scored: pd.DataFrame,
    costs: Costs | None = None,
    kappa: float = KAPPA,
    confidence: float = 0.9,
    binding: Binding | None = None,
    *,
    name: str = "policy",
    duplicates: DuplicateReport | None = None,
    seed: int = 0,
) -> SuggestRun:
    """A policy of minimum-cost thresholds from scored, labelled pairs; see `calibration.borrow`.

    Without a binding it is bound to no model. confidence: of the intervals. duplicates: given where `scored` is
    deduplicated already. Raises InputError.

    >>> frame = pd.DataFrame({"text_a": list("abcd"), "text_b": list("efgh"), "label": [1.0, 1.0, 0.0, 0.0]})
    >>> run = suggest_policy(frame.assign(kind="binary", domain="bank", score=[0.9, 0.8, 0.3, 0.2]))
    >>> run.policy.tier(0.85, "bank"), run.policy.provenance("bank", "same")
    ('same', 'suggested')
    """
    costs = costs or UnitCosts()
    kept = scored
    if duplicates is None:
        kept, duplicates = deduplicate(scored)
    suggestions = suggest_thresholds(kept, costs, kappa)
    evaluation = cross_validate_costs(kept, costs, kappa, confidence, seed)
    drawn = drawn_at_random(kept)
    kinds = {str(domain): tuple(sorted(set(found))) for domain, found in drawn.groupby(DOMAIN)[KIND]}
    chances = domain_probabilities(kept, confidence)
    settings = {
        "objective": OBJECTIVE,
        "costs": costs_to_json(costs),
        "kappa": kappa,
        "confidence": confidence,
    }
    policy = Policy(
        domains={
            domain: DomainPolicy(
                found.thresholds,
                {},
                found.n,
                kinds.get(domain, ()),
                chances.get(domain),
                suggested=found.thresholds,
            )
            for domain, found in suggestions.items()
        },
        id=secrets.token_hex(8),
        name=name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=settings,
        **asdict(binding or Binding()),
    )
    return SuggestRun(kept, policy, costs, suggestions, evaluation, duplicates)
