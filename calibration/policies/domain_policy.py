"""The thresholds of one domain of a policy: what they rest on, and how far a certificate covers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from calibration.certificates.certificate import Certificate
from calibration.columns import LOWEST_SCORE, RELATED, SAME, THRESHOLD_TIERS, UNRELATED, is_binary, shown_tier
from calibration.policies.probability_map import ProbabilityMap
from calibration.policies.tiers import GuardedThresholds, Thresholds

SCHEMA_VERSION: Final = 1
"""Version of the policy file's format."""

CERTIFIED: Final = "certified"
SUGGESTED: Final = "suggested"
MANUAL: Final = "manual"
NONE: Final = "none"
"""Where a threshold comes from: see `DomainPolicy.provenance`."""


@dataclass(frozen=True)
class DomainPolicy:
    """Thresholds of one domain, `same >= related >= weak`; None: the tier is not available.

    certificates: by the tier they speak of. n: labels they rest on. kinds: kinds of those labels. probability: from
    score to P(same), None where it was not fitted. suggested: thresholds that were computed without a certificate,
    as they were then. guards: what keeps a pair from being `same`, see `calibration.text.guards`; the thresholds
    carry them too.
    """

    thresholds: Thresholds
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    n: int = 0
    kinds: tuple[str, ...] = ()
    probability: ProbabilityMap | None = None
    suggested: Thresholds = field(default_factory=dict)
    guards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.guards:
            object.__setattr__(self, "thresholds", GuardedThresholds(self.thresholds, self.guards))

    @property
    def binary(self) -> bool:
        """Whether its labels only say same or not."""
        return is_binary(self.kinds, self.certificates)

    def shown(self, tier: str) -> str:
        """What people read for a tier, as a key of `SHOWN_NAMES`."""
        return shown_tier(tier, self.binary, self.thresholds)

    def provenance(self, tier: str) -> str:
        """Where a tier's threshold comes from: `certified`; `suggested`: it costs least, and nobody has moved it;
        `manual`: no certificate covers it; or `none`: there is no threshold, or it is the lowest score and so
        claims nothing.
        """
        threshold = self.thresholds.get(tier)
        if threshold is None or threshold <= LOWEST_SCORE:
            return NONE
        if self._covered(tier, threshold):
            return CERTIFIED
        return SUGGESTED if self.suggested.get(tier) == threshold else MANUAL

    def _covered(self, tier: str, threshold: float) -> bool:
        """Whether a certificate is the basis of a tier's threshold.

        One with guards covers `same` with these guards only: other tiers have pairs that they hold back.
        """
        upper = [self.certificates.get(name) for name in THRESHOLD_TIERS[: THRESHOLD_TIERS.index(tier) + 1]]
        known = [c for c in upper if c is not None and c.certified and c.threshold == threshold]
        if tier != RELATED or UNRELATED not in self.certificates:
            return any(c.guards == (self.guards if tier == SAME else ()) for c in known)
        above = bool(known)
        # Here the threshold says what may be ignored. Where the two promises meet it is that of `same`.
        below = self.certificates[UNRELATED]
        return below.certified and (threshold == below.threshold or (above and threshold < below.threshold))

    def to_json(self) -> dict[str, Any]:
        """As a policy file holds it."""
        return {
            "thresholds": {tier: self.thresholds.get(tier) for tier in THRESHOLD_TIERS},
            "provenance": {tier: self.provenance(tier) for tier in THRESHOLD_TIERS},
            "certificates": {tier: certificate.to_json() for tier, certificate in self.certificates.items()},
            "n": self.n,
            "kinds": list(self.kinds),
            **({"probability": self.probability.to_json()} if self.probability else {}),
            **({"suggested": dict(self.suggested)} if self.suggested else {}),
            **({"guards": list(self.guards)} if self.guards else {}),
        }
