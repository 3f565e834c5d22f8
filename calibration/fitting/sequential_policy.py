"""Fits and a policy with sequential certificates in the place of those for one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from calibration.certificates.certificate import SEQUENTIAL, Certificate
from calibration.certificates.tier_order import in_order
from calibration.errors import N_
from calibration.fitting.fit import DomainFit
from calibration.messages.note import note
from calibration.policies.policy import Policy

ANY_TIME: Final = N_("certified sequentially: valid however often it was looked at, and whenever labelling stopped")

ByTier = Mapping[str, Mapping[str, Certificate]]
"""Certificates by domain and tier."""


def with_sequential(
    fits: Mapping[str, DomainFit], policy: Policy, found: ByTier
) -> tuple[dict[str, DomainFit], Policy]:
    """Fits and policy whose thresholds rest on these certificates, in the domains that both know.

    A policy says `"method": "sequential"` in its settings then, as each of its certificates does.
    """
    made = {domain: _with(fit, found[domain]) if domain in found else fit for domain, fit in fits.items()}
    domains = {
        domain: replace(entry, thresholds=made[domain].thresholds, certificates=made[domain].certificates)
        for domain, entry in policy.domains.items()
    }
    return made, replace(policy, domains=domains, settings={**policy.settings, "method": SEQUENTIAL})


def _with(fit: DomainFit, certificates: Mapping[str, Certificate]) -> DomainFit:
    thresholds, crossings = in_order(certificates)
    labels = max(certificate.n for certificate in certificates.values())
    notes = (*crossings, note(ANY_TIME))
    return replace(fit, thresholds=thresholds, certificates=dict(certificates), n=labels, notes=notes)
