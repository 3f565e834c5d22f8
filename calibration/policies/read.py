"""Read the fields of a policy from untrusted JSON: every one is checked, and the first bad one is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from calibration.certificates.certificate import Certificate
from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_, BadArgument, PolicyInvalid
from calibration.errors.base import Words
from calibration.policies.domain_policy import DomainPolicy
from calibration.policies.probability_map import ProbabilityMap
from calibration.policies.schema import (
    EITHER,
    MAX_DOMAINS,
    NAME,
    ORDER,
    SETTINGS,
    TEXT,
    DomainShape,
    PolicyShape,
    ThresholdsShape,
    is_name,
)
from calibration.text.guards import GUARD_RULES, check_guards

COUNTS: Final = frozenset(
    ("n", "version", "n_above", "false_positives", "labels_needed", "positives", "dropped", "live_pairs")
)
WORDS: Final = N_("text of at most 1,000 characters (200 for an id or a name) without NUL and broken ones, or null")
RULES: Final[Mapping[str, Words]] = {
    ORDER: N_("in order, same >= related >= weak"),
    EITHER: N_("a number, or null if fpr is given"),
    "missing": N_("given"),
    TEXT: WORDS,
    "string_type": WORDS,
    "string_too_long": WORDS,
    NAME: N_("named by 1 to 200 characters, without NUL and broken ones"),
    SETTINGS: N_("a JSON object of finite numbers and valid text, at most 100,000 characters"),
    "dict_type": N_("a JSON object"),
    "model_type": N_("a JSON object"),
    "list_type": N_("a list"),
    "extra_forbidden": f"only {', '.join(THRESHOLD_TIERS)}",
}
"""What a field must be, by the error that its declaration raises."""
NAMED: Final[Mapping[str, Words]] = {
    "fpr": N_("above 0 and below 1"),
    "deff": N_("a finite number, at least 1"),
    "domains": f"1 to {MAX_DOMAINS} domains",
}
"""What a number or a count must be, by the field's name."""


def policy_fields(data: Any, file: str) -> dict[str, Any]:
    """What `Policy` takes, from JSON data; raises PolicyInvalid. Unknown fields are left out, missing ones get
    defaults.
    """
    try:
        found = PolicyShape.model_validate(data)
    except ValidationError as error:
        raise _problem(error, file) from None
    model, scoring = found.model, found.scoring
    return {
        "domains": {name: _domain(entry, f"domains.{name}", file) for name, entry in found.domains.items()},
        "id": found.id or "",
        "name": found.name or "policy",
        "version": found.version,
        "created_at": found.created_at or "",
        "model": model.name if model else None,
        "fingerprint": model.fingerprint if model else None,
        "cleaner": scoring.cleaner if scoring else None,
        "segments": scoring.segments if scoring else None,
        "settings": found.settings or {},
        "guard_rules": _guard_rules(found),
    }


def _guard_rules(found: PolicyShape) -> str | None:
    """Those given, else today's where guards were written in by hand; None without guards."""
    if not any(entry.guards for entry in found.domains.values()):
        return None
    return (found.scoring.guard_rules if found.scoring else None) or GUARD_RULES


def _domain(entry: DomainShape, field: str, file: str) -> DomainPolicy:
    suggested = entry.suggested
    return DomainPolicy(
        thresholds=_thresholds(entry.thresholds),
        certificates={
            tier: Certificate.from_json(shape.model_dump()) for tier, shape in (entry.certificates or {}).items()
        },
        n=entry.n,
        kinds=tuple(entry.kinds or ()),
        probability=_probability(entry, f"{field}.probability", file),
        suggested=_thresholds(suggested) if suggested and suggested.model_fields_set else {},
        guards=check_guards(entry.guards or ()),
    )


def _thresholds(shape: ThresholdsShape) -> dict[str, float | None]:
    found: dict[str, float | None] = shape.model_dump()
    return found


def _probability(entry: DomainShape, field: str, file: str) -> ProbabilityMap | None:
    if entry.probability is None:
        return None
    try:
        return ProbabilityMap.from_json(entry.probability.model_dump())
    except BadArgument as error:  # the order of its numbers
        name, rule, wrong = (error.params[key] for key in ("name", "rule", "value"))
        raise PolicyInvalid(file, f"{field}.{name}", str(rule), wrong) from error


def _problem(error: ValidationError, file: str) -> PolicyInvalid:
    """The first error by field, rule and value."""
    first = error.errors()[0]
    kind, value, place = first["type"], first["input"], [str(part) for part in first["loc"]]
    if place[-1:] == ["[key]"]:
        place = place[:-2]  # the table that has a wrong name in it
    elif kind == "extra_forbidden" or (place and place[-1].isdigit() and place[-2] in ("kinds", "guards")):
        place = place[:-1]
    if kind == EITHER:
        place.append("precision")
        value = None
    elif kind == ORDER:
        value = first["ctx"]["value"]
    elif kind == NAME:
        value = next(name for name in value if not is_name(name))
    elif kind in ("missing", SETTINGS):
        value = None
    shown = value if len(repr(value)) <= 80 else repr(value)[:80]
    return PolicyInvalid(file, ".".join(place) or "policy", _rule(kind, place, first.get("ctx", {})), shown)


def _rule(kind: str, place: list[str], context: Mapping[str, Any]) -> Words:
    """What a field must be."""
    name = place[-1] if place else ""
    if kind == "literal_error":
        return " | ".join(re.findall(r"[\w-]+", str(context["expected"]).replace(" or ", " ")))
    if kind in RULES:
        return RULES[kind]
    if name in COUNTS:
        return N_("a whole number from 0 to 10^12")
    return NAMED.get(name, N_("a finite number or null"))
