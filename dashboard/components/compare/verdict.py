"""Live comparison: each answer, judged by the policy and by the published thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.columns import PERSON, RELATED, THRESHOLD_TIERS, UNRELATED, shown_tier
from calibration.decide import chance_between, published_tier, tier_between
from calibration.policies.policy import CERTIFIED, NONE, SUGGESTED, DomainPolicy
from calibration.policies.probability_at_score import Chance
from calibration.policies.tiers import PUBLISHED, Thresholds
from calibration.scoring.score_pairs import TextScore
from dashboard.components.compare.form import Query
from dashboard.components.shared.saved_policies import fits_model
from dashboard.i18n import t


@dataclass(frozen=True)
class Verdict:
    """One answer: the scored texts, the policy's tier (None without a policy) and the published one.

    shown, shown_published: what people read for them. certified: a certificate covers the tier. meaning: what
    is the basis of it, in words. chance: of the two being the same, where the policy knows it. beside: a second
    model's name and score.
    """

    text: TextScore
    tier: str | None
    published: str
    certified: bool = False
    meaning: str = ""
    chance: Chance | None = None
    beside: tuple[str, float] | None = None
    shown: str = ""
    shown_published: str = ""


def verdicts(query: Query, texts: Sequence[TextScore]) -> list[Verdict]:
    """Each scored text with what the policy and the published thresholds make of it."""
    policy = query.policy if query.policy is not None and fits_model(query.policy) else None
    found = []
    for text in texts:
        published = published_tier(text.score)
        if policy is None:
            found.append(Verdict(text, None, published, shown_published=published))
            continue
        entry = policy.domain(query.domain)
        tier = tier_between(policy, text, query.domain)
        source = policy.provenance(query.domain, tier) if tier in THRESHOLD_TIERS else NONE
        certified, meaning = source == CERTIFIED, _meaning(entry, tier, source)
        chance = chance_between(policy, text, query.domain)
        both = entry.shown(tier), shown_tier(published, entry.binary, PUBLISHED)
        found.append(Verdict(text, tier, published, certified, meaning, chance, None, *both))
    return found


def _meaning(domain: DomainPolicy, tier: str, source: str) -> str:
    """The evidence for a tier of a domain."""
    if tier == RELATED and UNRELATED in domain.certificates:
        return t("Neither promised to mean the same nor promised to differ: a person should look.")
    if domain.shown(tier) == PERSON:
        return t("No threshold says that these differ: a person should look.")
    if source == CERTIFIED:
        return t(
            "This threshold is certified on labelled pairs: a promise about many such pairs, not about this one."
        )
    if tier == UNRELATED:
        return t("Below every threshold of this domain.")
    if source == SUGGESTED:
        return t("This threshold costs least on labelled pairs; no certificate covers it.")
    return t("This threshold was set by hand; no certificate covers it.")


def marks(query: Query) -> Thresholds:
    """The thresholds to mark on the bars, by what people read for each."""
    if query.policy is None:
        return PUBLISHED
    entry = query.policy.domain(query.domain)
    return {entry.shown(tier): value for tier, value in entry.thresholds.items() if value is not None}
