"""A policy's threshold in the terms of other packages: their parameter, their distance, their direction.

Our score is the cosine of two cleaned texts under one model, and a pair is accepted where `score >= threshold`.
Every exporter turns that into the number its package compares with, rounded so that nothing below the threshold is
accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from calibration.columns import SAME, THRESHOLD_TIERS
from calibration.errors import N_, BadArgument, PolicyUnbound
from calibration.messages.note import Note, note
from calibration.policies.export_targets import LOADS, PLAIN, TARGETS
from calibration.policies.policy import CERTIFIED, Policy, model_part
from calibration.settings import BUNDLED

SINGLE: Final = "none"
"""Texts compared whole, as other packages do."""


@dataclass(frozen=True)
class Exported:
    """A threshold for one package. values: what it is given, by name. snippet: how, in its own language.

    shown: what people read for the tier.
    """

    to: str
    domain: str
    tier: str
    threshold: float
    provenance: str
    distance: Note
    values: Mapping[str, Any]
    snippet: str
    holds_for: Mapping[str, str | None]
    notes: tuple[Note, ...]
    shown: str

    def to_json(self) -> dict[str, Any]:
        """Everything, sentences in English."""
        return {
            "to": self.to,
            "domain": self.domain,
            "tier": self.tier,
            "threshold": self.threshold,
            "provenance": self.provenance,
            "distance": str(self.distance),
            "values": dict(self.values),
            "snippet": self.snippet,
            "holds_for": dict(self.holds_for),
            "notes": [str(remark) for remark in self.notes],
        }


def export(policy: Policy, to: str, domain: str | None = None, tier: str = SAME) -> Exported:
    """The threshold of a tier for the package `to`, one of TARGETS.

    Raises BadArgument for an unknown package or tier, a tier without threshold, texts compared by segments, and
    8-bit arithmetic, which no other package repeats, and guards; PolicyUnbound, UnknownDomain, DomainNeeded.
    """
    if to not in TARGETS:
        raise BadArgument("--to", " | ".join(TARGETS), to)
    if tier not in THRESHOLD_TIERS:
        raise BadArgument("--tier", " | ".join(THRESHOLD_TIERS), tier)
    entry, name = policy.domain(domain), domain or next(iter(policy.domains))
    threshold = entry.thresholds.get(tier)
    if threshold is None:
        raise BadArgument("--tier", note(N_("one that has a threshold in {domain}"), domain=name), tier)
    if policy.fingerprint is None:
        raise PolicyUnbound()
    if to != PLAIN and policy.segments not in (None, SINGLE):
        rule = N_("one whose texts are compared whole: other packages do not compare by segments")
        raise BadArgument("POLICY", rule, policy.segments)
    if tier == SAME and entry.guards:
        rule = N_("one without guards: a number cannot say that pairs are held back by what their texts say")
        raise BadArgument("POLICY", rule, ", ".join(entry.guards))
    if to == LOADS:
        _check_loadable(policy)
    target, provenance = TARGETS[to], policy.provenance(name, tier)
    values = target.values(threshold)
    holds_for = {"model": policy.model, "fingerprint": policy.fingerprint, "cleaner": policy.cleaner}
    notes = [SAME_MODEL, *target.notes]
    if provenance != CERTIFIED:
        notes.append(note(N_("this threshold has no certificate: it promises nothing")))
    snippet = target.snippet(policy.model or "...", name, values)
    shown = policy.domain(name).shown(tier)
    return Exported(
        to, name, tier, threshold, provenance, target.distance, values, snippet, holds_for, tuple(notes), shown
    )


def _check_loadable(policy: Policy) -> None:
    """Raise BadArgument where a package that loads the model itself could not give the same scores."""
    if policy.fingerprint != model_part(str(policy.fingerprint)):
        rule = N_("one fitted with --compute full: this package does not repeat other arithmetic")
        raise BadArgument("POLICY", rule, policy.fingerprint)
    if policy.model is None or policy.model == BUNDLED or "://" in policy.model:
        rule = N_("one whose model this package can load: a folder or a hub id")
        raise BadArgument("POLICY", rule, policy.model)


SAME_MODEL: Final = note(
    N_(
        "holds only for vectors of this model, with its prompt, pooling and normalisation; another model needs a "
        "new fit"
    )
)
