"""The serving side in one call: a policy and two texts to a decision, by the scoring function of the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from calibration.columns import SAME, TIERS
from calibration.errors import CleanerMismatch
from calibration.policies.policy import NONE, Policy
from calibration.policies.probability_at_score import Chance, chance_of
from calibration.policies.tiers import PUBLISHED, assign_tiers, check_score, guards_of
from calibration.scoring.score_grid import GridScores, score_grid
from calibration.scoring.score_pairs import ScoringOptions, Segments, TextScore, score_texts
from calibration.text.cleaning import CLEANER_VERSION, CleanedText, CleaningOptions
from calibration.text.guards import is_held

if TYPE_CHECKING:
    from calibration.encoding.encoder import Encoder


@dataclass(frozen=True)
class Decision:
    """The tier of two texts in a domain, and what it rests on.

    score: cosine in [-1, 1]. threshold: the one that the score reached, None below them all. provenance:
    `certified`, `suggested`, `manual` or `none` for that threshold. published_tier: what the published
    thresholds say. text: cleaning, tokens and what the model did not read. probability: P(same) at this score,
    None where the policy does not know it, or the texts are identical once cleaned: see `chance_between`. Texts
    that differ in characters that the model does not know are never `same`: see `tier_of`. held: the guards of the
    domain that keep the texts from being `same`.
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
    held: tuple[str, ...] = ()

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
            **({"held": list(self.held)} if self.held else {}),
            "policy": {"id": self.policy_id, "version": self.policy_version},
            "tokens": {"text_a": self.text.tokens_source, "text_b": self.text.tokens_target},
            "characters_not_read": cut,
            "unknown_characters": {"text_a": self.text.unknown_source, "text_b": self.text.unknown_target},
            "cleaning": {
                "text_a": list(self.text.cleaned_source.changes),
                "text_b": list(self.text.cleaned_target.changes),
            },
        }


@dataclass(frozen=True)
class GridDecisions:
    """The tier of every source with every target, (n, m), and the scores that they rest on."""

    grid: GridScores
    tiers: tuple[tuple[str, ...], ...]


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


def decide_grid(
    policy: Policy,
    sources: Sequence[str | CleanedText],
    targets: Sequence[str | CleanedText],
    encoder: Encoder,
    domain: str | None = None,
) -> GridDecisions:
    """`decide` for every source with every target. Raises what `decide` raises."""
    options = scoring_options(policy)
    policy.check_model(encoder.fingerprint, options.cleaning.key())
    thresholds = policy.domain(domain).thresholds
    grid = score_grid(sources, targets, encoder, options)
    held = grid.unseen
    if guards := guards_of(thresholds):
        line = thresholds.get(SAME)
        near = grid.scores >= (np.inf if line is None else line)
        for row, column in zip(*np.nonzero(near & ~held), strict=True):
            held[row, column] = is_held(guards, grid.read[0][row], grid.read[1][column])
    rows = assign_tiers(grid.scores, thresholds, held).tolist()
    return GridDecisions(grid, tuple(tuple(map(str, row)) for row in rows))


def chance_between(policy: Policy, text: TextScore, domain: str | None = None) -> Chance | None:
    """P(same) of two scored texts; None where `chance_of` gives none, or the texts may not merge.

    None too for texts that are identical once cleaned: labelled pairs hardly ever are, so that the map says nothing
    of them, and what its highest scores say would be misread; and for texts that differ in characters that the
    model does not know, of which the score says nothing, or that a guard keeps apart. Raises UnknownDomain.
    """
    return _chance(policy, text, domain, held_by(policy, text, domain))


def _chance(policy: Policy, text: TextScore, domain: str | None, held: Sequence[str]) -> Chance | None:
    return None if text.identical or text.unseen or held else chance_of(policy, text.score, domain)


def held_by(policy: Policy, text: TextScore, domain: str | None = None) -> tuple[str, ...]:
    """The guards of the domain that keep two scored texts from being `same`. Raises UnknownDomain."""
    guards = policy.domain(domain).guards
    return tuple(name for name in guards if is_held([name], text.cleaned_source.text, text.cleaned_target.text))


def tier_of(policy: Policy, score: float, domain: str | None = None, held: bool = False) -> str:
    """The tier of a score; where `held`, the highest one below `same` at most.

    held: whether the texts differ in characters that the model does not know (`TextScore.unseen`,
    `GridScores.unseen`), when their score is as high as if they were equal there; or in what a guard of the domain
    looks at (`held_by`). Neither may merge. Raises UnknownDomain, and BadArgument for a score of NaN.
    """
    thresholds = policy.domain(domain).thresholds
    check_score(score)
    return str(assign_tiers(np.array([score]), thresholds, np.array([held]))[0])


def tier_between(policy: Policy, text: TextScore, domain: str | None = None) -> str:
    """The tier of two scored texts. Raises UnknownDomain."""
    return tier_of(policy, text.score, domain, text.unseen or bool(held_by(policy, text, domain)))


def decision_of(policy: Policy, text: TextScore, domain: str | None) -> Decision:
    """The decision on texts that are scored already."""
    held = held_by(policy, text, domain)
    tier = tier_of(policy, text.score, domain, text.unseen or bool(held))
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
        probability=_chance(policy, text, domain, held),
        held=held,
    )
