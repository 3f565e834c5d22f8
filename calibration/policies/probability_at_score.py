"""The probability that a pair with a given score is the same, by a policy's map.

The map rests on labelled pairs. Where they were balanced, their share of positives was set by hand, and only a
known live share carries the map over: under label shift the odds of P(same | score) change by the ratio of the
prior odds (Saerens, Latinne & Decaestecker 2002). Labels that were searched for say nothing of live pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calibration.certificates.sampling import Sampling
from calibration.certificates.sampling_design import ADJUSTED, LABELS_ONLY
from calibration.columns import LOWEST_SCORE
from calibration.policies.policy import Policy


@dataclass(frozen=True)
class Chance:
    """P(same) at a score, with an interval at `confidence` that rests on n labels.

    claims: for which pairs it holds, one of the claims of `calibration.certificates.sampling_design`; `adjusted`
    only where it was carried over to the live share of positives, `live`, which is None otherwise.
    """

    value: float
    lower: float
    upper: float
    n: int
    confidence: float
    claims: str
    live: float | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON numbers by field."""
        return dict(self.__dict__)


def chance_of(policy: Policy, score: float, domain: str | None = None) -> Chance | None:
    """P(same) of a score; None where the policy has no map, or its map knows nothing there. Raises UnknownDomain.

    >>> from calibration.policies.policy import DomainPolicy
    >>> from calibration.policies.probability_map import ProbabilityMap
    >>> found = ProbabilityMap((0.5, 0.9), (0.5, 0.5), (0.2, 0.2), (0.8, 0.8), 40, 0.9, positives=20)
    >>> bank = {"bank": DomainPolicy({"same": 0.9}, probability=found)}
    >>> chance_of(Policy(bank), 0.8).value
    0.5
    >>> balanced = Policy(bank, settings={"drawn": "balanced", "live_prevalence": 0.1})
    >>> round(chance_of(balanced, 0.8).value, 12)
    0.1
    """
    known = policy.domain(domain).probability
    found = known.at(score) if known is not None else None
    if known is None or found is None or math.isnan(found.value):
        return None
    sampling = Sampling.of(policy.settings)
    claims, live = sampling.draw.claims, None
    if claims == ADJUSTED:
        live = sampling.live
        # Above a floor the share of positives is another one than the live share, which is of all pairs.
        if live is None or not 0.0 < known.prevalence < 1.0 or known.floor > LOWEST_SCORE:
            claims, live = LABELS_ONLY, None
    value, lower, upper = (carry(p, known.prevalence, live) for p in (found.value, found.low, found.high))
    return Chance(value, lower, upper, found.n, found.confidence, claims, live)


def carry(p: float, prevalence: float, live: float | None) -> float:
    """P(same | score) where `live` of all pairs are the same, from p where `prevalence` are; None leaves p.

    odds(p') = odds(p) odds(live) / odds(prevalence). It rises with p, so that intervals are carried by their ends.

    >>> carry(0.5, 0.5, 0.2), carry(1.0, 0.5, 0.2), carry(0.7, 0.5, None)
    (0.2, 1.0, 0.7)
    """
    if live is None:
        return p
    same, other = p * live / prevalence, (1.0 - p) * (1.0 - live) / (1.0 - prevalence)
    return same / (same + other)
