"""A policy and two texts to a decision: the serving side, on the scoring function that the fit used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from calibration.chance import Chance, chance_of
from calibration.clean import CLEANER_VERSION, CleaningOptions
from calibration.columns import TIERS
from calibration.errors import CleanerMismatch
from calibration.evaluate import assign_tiers
from calibration.fit import PUBLISHED
from calibration.policy import NONE, Policy
from calibration.score import ScoringOptions, Segments, TextScore, score_texts

if TYPE_CHECKING:
    from calibration.encoding.encoder import Encoder


@dataclass(frozen=True)
class Decision:
    """The tier of two texts in a domain, and what it rests on.

    score: cosine in [-1, 1]. threshold: the one that the score reached, None below them all. provenance:
    `certified`, `suggested`, `manual` or `none` for that threshold. published_tier: what the published
    thresholds say. text: cleaning, tokens and what the model did not read. probability: P(same) at this score,
    None where the policy does not know it, or the texts are identical once cleaned: see `chance_between`.
    """

    tier: str
    score: float
    domain: str | None
    threshold: float | None
    provenance: str
    published_tier: str
    policy_id: str
    policy_version: int
    text: TextScore
    probability: Chance | None = None

    def to_json(self) -> dict[str, Any]:
        """The decision without the texts themselves."""
        cut = {"text_a": len(self.text.cut_source), "text_b": len(self.text.cut_target)}
        return {
            "tier": self.tier,
            "score": self.score,
            "domain": self.domain,
            "threshold": self.threshold,
            "provenance": self.provenance,
            "published_tier": self.published_tier,
            "identical": self.text.identical,
            "probability": self.probability.to_json() if self.probability else None,
            "policy": {"id": self.policy_id, "version": self.policy_version},
            "tokens": {"text_a": self.text.tokens_source, "text_b": self.text.tokens_target},
            "characters_not_read": cut,
            "cleaning": {
                "text_a": list(self.text.cleaned_source.changes),
                "text_b": list(self.text.cleaned_target.changes),
            },
        }


def scoring_options(policy: Policy) -> ScoringOptions:
    """How this policy's scores were made; raises CleanerMismatch where this version cannot make them so."""
    if policy.cleaner is None:
        return ScoringOptions()
    for cleaning in (CleaningOptions(), CleaningOptions(map_punctuation=True)):
        if cleaning.key() == policy.cleaner:
            return ScoringOptions(cleaning=cleaning, segments=cast("Segments", policy.segments or "none"))
    raise CleanerMismatch(policy.cleaner, CLEANER_VERSION)


def published_tier(score: float) -> str:
    """What the thresholds published for everybody say of a score; the baseline, not a recommendation."""
    return str(assign_tiers(np.array([score]), PUBLISHED)[0])


def decide(policy: Policy, text_a: str, text_b: str, encoder: Encoder, domain: str | None = None) -> Decision:
    """Score two texts as the fit did and give them their tier.

    Raises PolicyUnbound, ModelMismatch or CleanerMismatch where the policy does not fit the encoder, and
    UnknownDomain.
    """
    return decide_many(policy, text_a, [text_b], encoder, domain)[0]


def decide_many(
    policy: Policy, source: str, targets: Sequence[str], encoder: Encoder, domain: str | None = None
) -> list[Decision]:
    """`decide` for one source and many targets, in their order."""
    options = scoring_options(policy)
    policy.check_model(encoder.fingerprint, options.cleaning.key())
    policy.domain(domain)
    return [decision_of(policy, text, domain) for text in score_texts(source, targets, encoder, options)]


def chance_between(policy: Policy, text: TextScore, domain: str | None = None) -> Chance | None:
    """P(same) of two scored texts; None where `chance_of` gives none.

    None too for texts that are identical once cleaned: labelled pairs hardly ever are, so that the map says nothing
    of them, and what its highest scores say would be misread. Raises UnknownDomain.
    """
    return None if text.identical else chance_of(policy, text.score, domain)


def decision_of(policy: Policy, text: TextScore, domain: str | None) -> Decision:
    """The decision on texts that are scored already."""
    tier = policy.tier(text.score, domain)
    threshold = policy.domain(domain).thresholds.get(tier)
    return Decision(
        tier=tier,
        score=text.score,
        domain=domain,
        threshold=threshold,
        provenance=policy.provenance(domain, tier) if tier in TIERS[:-1] else NONE,
        published_tier=published_tier(text.score),
        policy_id=policy.id,
        policy_version=policy.version,
        text=text,
        probability=chance_between(policy, text, domain),
    )
