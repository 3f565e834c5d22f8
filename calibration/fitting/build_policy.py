"""Build a policy from the fits of its domains."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from calibration.certificates.sampling import Sampling
from calibration.fitting.fit import DomainFit, FitSettings
from calibration.policies.policy import Binding, DomainPolicy, Policy
from calibration.policies.probability_map import ProbabilityMap
from calibration.text.guards import GUARD_RULES


def policy_of(
    fits: Mapping[str, DomainFit],
    settings: FitSettings,
    binding: Binding,
    name: str = "policy",
    chances: Mapping[str, ProbabilityMap] | None = None,
    sampling: Sampling | None = None,
) -> Policy:
    """A new policy, version 1, from fits, and from the maps to P(same) of the same labels by domain."""
    known = chances or {}
    return Policy(
        domains={
            domain: DomainPolicy(
                fit.thresholds, fit.certificates, fit.n, fit.kinds, known.get(domain), guards=fit.guards
            )
            for domain, fit in fits.items()
        },
        id=secrets.token_hex(8),
        name=name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=asdict(settings) | (sampling or Sampling()).settings(),
        **asdict(binding),
        guard_rules=GUARD_RULES if any(fit.guards for fit in fits.values()) else None,
    )
