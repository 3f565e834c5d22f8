"""The score from which two texts count as the same, and whether a policy or the user set it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from calibration.columns import SAME, THRESHOLD_TIERS
from calibration.decide import scoring_options, tier_of
from calibration.encoding.models import BUNDLED, find_named
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument
from calibration.policies.policy import MANUAL, NONE, Policy
from calibration.policies.tiers import check_score
from calibration.scoring.similarity import DEFAULT_OPTIONS, ScoringOptions

DEFAULT: Final = "default"
"""Nobody set the threshold: neither a policy nor the user."""
PUBLISHED: Final = "published"
"""The threshold is the one that the model's publisher gives."""
BELOW: Final = "below"
"""What a score gets that does not reach a threshold without a policy."""
BUNDLED_DEFAULT: Final = 0.95
"""Of the bundled model. A start, not a promise: what it is worth differs from one kind of text to the next."""


@dataclass(frozen=True)
class Threshold:
    """A score in [-1, 1] from which on texts count as `tier`, and where it comes from.

    source: `certified`, `suggested` or `manual` as the policy says; `manual` for the user's own number; `published`
    or `default`. options: how scores are made that may be compared with it.
    """

    value: float
    source: str
    options: ScoringOptions = DEFAULT_OPTIONS
    tier: str = SAME
    domain: str | None = None
    policy: Policy | None = field(default=None, repr=False)

    def tier_of(self, score: float, unseen: bool = False) -> str:
        """The tier of a score; without a policy only whether it reaches the threshold.

        unseen: whether the texts may not be merged whatever their score: see `decide.tier_of`. Raises BadArgument
        for a score of NaN.
        """
        if self.policy is not None:
            return tier_of(self.policy, score, self.domain, unseen)
        check_score(score)
        return self.tier if score >= self.value and not unseen else BELOW

    def shown(self, tier: str) -> str:
        """What people read for a tier, as a key of `SHOWN_NAMES`."""
        return tier if self.policy is None else self.policy.shown(tier, self.domain)

    def to_json(self) -> dict[str, Any]:
        """Number, source and policy, for a result."""
        found = self.policy
        return {
            "value": self.value,
            "source": self.source,
            "tier": self.tier,
            "domain": self.domain,
            "policy": {"id": found.id, "name": found.name, "version": found.version} if found else None,
        }


def manual(value: float, options: ScoringOptions = DEFAULT_OPTIONS) -> Threshold:
    """The user's own threshold. Raises BadArgument outside of [-1, 1]."""
    if not -1.0 <= value <= 1.0:
        raise BadArgument("threshold", N_("between -1 and 1"), value)
    return Threshold(value, MANUAL, options)


def from_policy(policy: Policy, encoder: Encoder, domain: str | None = None, tier: str = SAME) -> Threshold:
    """The threshold of a policy's tier in a domain.

    Raises PolicyUnbound, ModelMismatch or CleanerMismatch where the policy does not fit the encoder, UnknownDomain,
    and BadArgument for a tier that the domain does not have.
    """
    if tier not in THRESHOLD_TIERS:
        raise BadArgument("tier", " | ".join(THRESHOLD_TIERS), tier)
    options = scoring_options(policy)
    policy.check_model(encoder.fingerprint, options.cleaning.key())
    value = policy.domain(domain).thresholds.get(tier)
    if value is None:
        raise BadArgument("tier", N_("one that the policy has in this domain"), tier)
    source = policy.provenance(domain, tier)
    options = replace(options, guards=policy.domain(domain).guards if tier == SAME else ())
    return Threshold(value, MANUAL if source == NONE else source, options, tier, domain, policy)


def chosen(
    encoder: Encoder, policy: Policy | None, domain: str | None = None, value: float | None = None
) -> Threshold:
    """A threshold given as a number, else a policy's, else the model's default."""
    if value is not None:
        return manual(value, DEFAULT_OPTIONS if policy is None else scoring_options(policy))
    return without_policy(encoder) if policy is None else from_policy(policy, encoder, domain)


def without_policy(encoder: Encoder, options: ScoringOptions = DEFAULT_OPTIONS) -> Threshold:
    """What can be had without labels: the publisher's threshold, or a cautious one for the bundled model.

    Raises BadArgument for a model that has neither.
    """
    named = find_named(encoder.name)
    if named is not None and SAME in named.thresholds:
        return Threshold(named.thresholds[SAME], PUBLISHED, options)
    if encoder.name == BUNDLED:
        return Threshold(BUNDLED_DEFAULT, DEFAULT, options)
    raise BadArgument("threshold", N_("given, by a policy or as a number: this model has none of its own"), None)
