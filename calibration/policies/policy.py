"""A policy: thresholds by domain with their certificates, bound to a model and its cleaning.

Plain data that needs no statistics library to load, so that a service can call
`Policy.load(path).tier(score, domain)`. Reading what others wrote is in `calibration.policies.read`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calibration.atomic_file import save_text
from calibration.columns import SAME, THRESHOLD_TIERS, UNRELATED
from calibration.errors import (
    N_,
    DomainNeeded,
    FileUnreadable,
    GuardRulesMismatch,
    GuardsNeedTexts,
    PolicyInvalid,
    UnknownDomain,
)
from calibration.policies.binding import Binding, model_part
from calibration.policies.domain_policy import CERTIFIED, MANUAL, NONE, SCHEMA_VERSION, SUGGESTED, DomainPolicy
from calibration.policies.tiers import check_score
from calibration.text.guards import GUARD_RULES, is_held

__all__ = [
    "CERTIFIED",
    "MANUAL",
    "NONE",
    "SCHEMA_VERSION",
    "SUGGESTED",
    "Binding",
    "DomainPolicy",
    "Policy",
    "model_part",
]


@dataclass(frozen=True)
class Policy:
    """What a team serves: see the module. fingerprint: of the model, or None where it is bound to no model.

    cleaner: `CleaningOptions.key()`; segments: how long texts are compared; both None where scores were given.
    settings: what the fit was asked. created_at: ISO 8601, UTC. guard_rules: GUARD_RULES as they were, None without
    guards.
    """

    domains: Mapping[str, DomainPolicy]
    id: str = ""
    name: str = "policy"
    version: int = 1
    created_at: str = ""
    model: str | None = None
    fingerprint: str | None = None
    cleaner: str | None = None
    segments: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    guard_rules: str | None = None

    def domain(self, name: str | None = None) -> DomainPolicy:
        """The thresholds of a domain; a policy of one domain needs no name. Raises UnknownDomain, DomainNeeded."""
        if name is not None and name in self.domains:
            return self.domains[name]
        if name:
            raise UnknownDomain(name, sorted(self.domains))
        if len(self.domains) > 1:
            raise DomainNeeded(sorted(self.domains))
        return next(iter(self.domains.values()))

    def tier(self, score: float, domain: str | None = None, texts: tuple[str, str] | None = None) -> str:
        """The tier of a score: the highest whose threshold it reaches, `unrelated` below them all.

        texts: the two texts, needed where the domain has guards: they may keep the pair from being `same`. Raises
        UnknownDomain, DomainNeeded, GuardsNeedTexts, GuardRulesMismatch, and BadArgument for a score of NaN.

        >>> bank = DomainPolicy({"same": 0.95, "related": 0.9, "weak": None})
        >>> [Policy({"bank": bank}).tier(score, "bank") for score in (0.95, 0.94, 0.1)]
        ['same', 'related', 'unrelated']
        """
        entry = self.domain(domain)
        check_score(score)
        held = bool(entry.guards) and self._holds(entry, texts)
        for tier in THRESHOLD_TIERS:
            threshold = entry.thresholds.get(tier)
            if threshold is not None and score >= threshold and not (held and tier == SAME):
                return tier
        return UNRELATED

    def _holds(self, entry: DomainPolicy, texts: tuple[str, str] | None) -> bool:
        self.check_guards()
        if texts is None:
            raise GuardsNeedTexts(entry.guards)
        return is_held(entry.guards, *texts)

    def shown(self, tier: str, domain: str | None = None) -> str:
        """What people read for a tier in a domain; the tier where the policy does not know the domain."""
        known = domain in self.domains if domain is not None else len(self.domains) == 1
        return self.domain(domain).shown(tier) if known else tier

    def provenance(self, domain: str | None, tier: str) -> str:
        """Where a tier's threshold comes from, as `DomainPolicy.provenance` says."""
        return self.domain(domain).provenance(tier)

    def check_model(self, fingerprint: str, cleaner: str) -> None:
        """Raise PolicyUnbound, ModelMismatch or CleanerMismatch unless scores made so may be judged by this."""
        Binding(self.model, self.fingerprint, self.cleaner, self.segments).check(fingerprint, cleaner)
        self.check_guards()

    def check_guards(self) -> None:
        """Raise GuardRulesMismatch where the guards are read by other rules than when they were certified."""
        if self.guard_rules not in (None, GUARD_RULES):
            raise GuardRulesMismatch(str(self.guard_rules), GUARD_RULES)

    def to_json(self) -> dict[str, Any]:
        """The policy as JSON data; `from_json` gives it back unchanged."""
        return {
            "schema_version": SCHEMA_VERSION,
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "created_at": self.created_at,
            "model": {"name": self.model, "fingerprint": self.fingerprint},
            "scoring": {
                "cleaner": self.cleaner,
                "segments": self.segments,
                **({"guard_rules": self.guard_rules} if self.guard_rules else {}),
            },
            "settings": dict(self.settings),
            "domains": {name: entry.to_json() for name, entry in self.domains.items()},
        }

    @classmethod
    def from_json(cls, data: Any, file: str = "policy") -> Policy:
        """Read JSON data; raises PolicyInvalid naming the field and the rule."""
        from calibration.policies.read import policy_fields  # only here pydantic is needed

        return cls(**policy_fields(data, file))

    def to_text(self, indent: int | None = None) -> str:
        """The policy as JSON text that `load` reads; raises PolicyInvalid for one that it would refuse."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=indent)
        self.from_json(json.loads(text), self.name)
        return text

    def save(self, path: str | Path) -> None:
        """Write JSON, all of it or nothing: a crash leaves an older file as it was. Raises PolicyInvalid."""
        save_text(path, self.to_text(indent=2) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Read a policy file; raises FileUnreadable or PolicyInvalid."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise FileUnreadable(str(path), error.strerror or str(error)) from error
        except (ValueError, RecursionError) as error:  # also for a whole number of thousands of digits
            raise PolicyInvalid(str(path), "file", N_("JSON in UTF-8"), str(error)) from error
        return cls.from_json(data, str(path))
