"""Which certificates publishing a candidate would break."""

from __future__ import annotations

import math

from calibration.certificates.certificate import CLAIMS, Certificate
from calibration.columns import RELATED, SAME, THRESHOLD_TIERS, UNRELATED
from calibration.policies.gate_result import EDITED, FPR, MISSING, PRECISION, WEAKER, BrokenCertificate
from calibration.policies.policy import CERTIFIED, Policy


def promise(policy: Policy, domain: str, tier: str) -> Certificate | None:
    """The certificate that a tier's threshold rests on; None where it rests on none."""
    if domain not in policy.domains or policy.provenance(domain, tier) != CERTIFIED:
        return None
    entry = policy.domains[domain]
    upper = THRESHOLD_TIERS[: THRESHOLD_TIERS.index(tier) + 1]
    names = (UNRELATED,) if tier == RELATED and UNRELATED in entry.certificates else tuple(reversed(upper))
    held = [entry.certificates[name] for name in names if name in entry.certificates]
    held = [c for c in held if tier == SAME or names == (UNRELATED,) or not c.guards]
    return next((c for c in held if c.certified and c.threshold == entry.thresholds.get(tier)), None)


def broken(current: Policy, candidate: Policy) -> tuple[BrokenCertificate, ...]:
    """Every certificate of the current policy that the candidate has no more, or with less precision or confidence.

    Domains that vanish are named once, not tier by tier.
    """
    found = []
    for domain, tier in _places(current):
        held = promise(current, domain, tier)
        if held is None or domain not in candidate.domains:
            continue
        given = promise(candidate, domain, tier)
        if given is None:
            own = candidate.domains[domain].certificates.get(tier)
            if own is None or not own.certified:  # else it is named by `edited`
                found.append(_breach(domain, tier, MISSING, held, None))
        elif _worse(given, held) or (given.confidence < held.confidence and _asks_less(candidate, current)):
            found.append(_breach(domain, tier, WEAKER, held, given))
    return tuple(found)


def _breach(
    domain: str, tier: str, how: str, held: Certificate | None, given: Certificate | None
) -> BrokenCertificate:
    """A broken promise, in the measure of the one that was held."""
    rate = held is not None and held.fpr is not None
    measure = FPR if rate else PRECISION
    return BrokenCertificate(domain, tier, how, _promised(held, measure), _promised(given, measure), measure)


def _promised(certificate: Certificate | None, measure: str) -> float | None:
    value: float | None = None if certificate is None else getattr(certificate, measure)
    return None if value is None or math.isnan(value) else value


def _worse(given: Certificate, held: Certificate) -> bool:
    """Whether less is promised: a lower precision, a higher false positive rate, or another measure altogether."""
    if given.fpr is None and held.fpr is None:
        return given.precision < held.precision
    return given.fpr is None or held.fpr is None or given.fpr > held.fpr


def _asks_less(candidate: Policy, current: Policy) -> bool:
    """Whether less was asked: a lower confidence, or one for fewer tiers at once.

    A certificate's own confidence falls also where it shares the budget with fewer others: that loses nothing.
    """
    given, held = _asked(candidate), _asked(current)
    return given is None or held is None or given[0] < held[0] or given[1] < held[1]


def _asked(policy: Policy) -> tuple[float, int] | None:
    """Confidence, and for how much at once; None where the policy does not say."""
    sure, claim = policy.settings.get("confidence"), policy.settings.get("claim")
    if not isinstance(sure, int | float) or claim not in CLAIMS:
        return None
    return float(sure), CLAIMS.index(claim)


def edited(candidate: Policy, current: Policy | None = None) -> tuple[BrokenCertificate, ...]:
    """The candidate's thresholds that differ from the certificate that it carries for them."""
    found = []
    for domain, tier in _places(candidate):
        own = candidate.domains[domain].certificates.get(tier)
        if own is None or not own.certified or _crossed(candidate, domain, tier, own):
            continue
        if promise(candidate, domain, tier) is None:
            held = None if current is None else promise(current, domain, tier)
            found.append(_breach(domain, tier, EDITED, held, None))
    return tuple(found)


def _crossed(policy: Policy, domain: str, tier: str, own: Certificate) -> bool:
    """Whether a tier was left empty because it could be certified only above a higher tier's threshold."""
    thresholds = policy.domains[domain].thresholds
    above = [thresholds.get(name) for name in THRESHOLD_TIERS[: THRESHOLD_TIERS.index(tier)]]
    return thresholds.get(tier) is None and any(value is not None and own.threshold > value for value in above)


def _places(policy: Policy) -> list[tuple[str, str]]:
    return [(domain, tier) for domain in policy.domains for tier in THRESHOLD_TIERS]
