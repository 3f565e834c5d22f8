"""Build a policy of thresholds of least cost, with small domains borrowing from others."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pandas as pd

from calibration.certificates.sampling import Sampling
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, KIND
from calibration.costs.borrow import KAPPA, Suggestion, suggest_thresholds
from calibration.costs.evaluate import CostEvaluation, cross_validate_costs
from calibration.costs.matrix import UnitCosts
from calibration.costs.pair_costs import Costs, costs_to_json
from calibration.fitting.isotonic import domain_probabilities
from calibration.pairs import DuplicateReport, deduplicate
from calibration.pairs.purpose import calibration_rows
from calibration.policies.policy import Binding, DomainPolicy, Policy

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
    confidence: float = DEFAULT_CONFIDENCE,
    binding: Binding | None = None,
    *,
    name: str = "policy",
    duplicates: DuplicateReport | None = None,
    sampling: Sampling | None = None,
    seed: int = 0,
) -> SuggestRun:
    """Suggest the thresholds that cost least, per domain; small domains borrow from the others.

    Parameters
    ----------
    scored : DataFrame of n rows
        Labelled, scored pairs.
    costs : Costs, optional
        What a false merge, a missed merge, a check and a loose link cost, in one unit; `UnitCosts()` by default.
    kappa : float >= 0
        Total weight of the other domains' pairs, in labels; 0 borrows nothing.
    confidence : float in (0, 1), default 0.9
        Of the intervals of the costs.
    binding : Binding, optional
        What made the scores; without it the policy is bound to no model.
    name : str
        Of the policy.
    duplicates : DuplicateReport, optional
        Given where `scored` is deduplicated already.
    sampling : Sampling, optional
        How the labels were obtained, which the policy keeps.
    seed : int
        Of the folds.

    Returns
    -------
    SuggestRun
        A policy without certificates, and its costs out of fold beside those of the published thresholds.

    Raises
    ------
    InputError

    Notes
    -----
    The thresholds minimise the sum of costs over the pairs exactly, by dynamic programming over distinct scores.

    Examples
    --------
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
    drawn = calibration_rows(kept)
    kinds = {str(domain): tuple(sorted(set(found))) for domain, found in drawn.groupby(DOMAIN)[KIND]}
    chances = domain_probabilities(kept, confidence)
    settings = {
        "objective": OBJECTIVE,
        "costs": costs_to_json(costs),
        "kappa": kappa,
        "confidence": confidence,
        **(sampling or Sampling()).settings(),
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
