"""Reading a policy that somebody else may have written: every field checked, the first bad one named."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

from calibration.certificate import STATUSES, Certificate
from calibration.columns import LABEL_KINDS, THRESHOLD_TIERS, TIERS
from calibration.errors import N_, BadArgument, PolicyInvalid
from calibration.policy import SCHEMA_VERSION, DomainPolicy, Policy
from calibration.probability_map import ProbabilityMap

MAX_DOMAINS: Final = 10_000
MAX_COUNT: Final = 10**12
"""As in a probability map; whole numbers of JSON may be longer than any float, and counts are divided."""
MAX_NUMBER: Final = sys.float_info.max


def read_policy(data: Any, file: str) -> Policy:
    """A Policy from JSON data; raises PolicyInvalid. Unknown fields are left out, missing ones get defaults."""
    reader = _Reader(file)
    root = reader.table(data, "policy")
    version = root.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise reader.wrong("schema_version", f"{SCHEMA_VERSION}", version)
    model = reader.optional(root.get("model"), "model")
    scoring = reader.optional(root.get("scoring"), "scoring")
    domains = reader.table(root.get("domains"), "domains")
    if not 1 <= len(domains) <= MAX_DOMAINS:
        raise reader.wrong("domains", f"1 to {MAX_DOMAINS} domains", len(domains))
    return Policy(
        domains={name: reader.domain(entry, f"domains.{name}") for name, entry in domains.items()},
        id=reader.text(root.get("id", ""), "id") or "",
        name=reader.text(root.get("name", "policy"), "name") or "policy",
        version=reader.count(root.get("version", 1), "version"),
        created_at=reader.text(root.get("created_at", ""), "created_at") or "",
        model=reader.text(model.get("name"), "model.name"),
        fingerprint=reader.text(model.get("fingerprint"), "model.fingerprint"),
        cleaner=reader.text(scoring.get("cleaner"), "scoring.cleaner"),
        segments=reader.text(scoring.get("segments"), "scoring.segments"),
        settings=reader.optional(root.get("settings"), "settings"),
    )


class _Reader:
    """Checks one value at a time, in the name of one file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, field: str, rule: str, value: object) -> PolicyInvalid:
        shown = value if len(repr(value)) <= 80 else repr(value)[:80]
        return PolicyInvalid(self.file, field, rule, shown)

    def table(self, value: Any, field: str) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise self.wrong(field, N_("a JSON object"), value)
        return dict(value)

    def optional(self, value: Any, field: str) -> dict[str, Any]:
        return {} if value is None else self.table(value, field)

    def text(self, value: Any, field: str) -> str | None:
        if value is not None and not isinstance(value, str):
            raise self.wrong(field, N_("text or null"), value)
        return value

    def count(self, value: Any, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
            raise self.wrong(field, N_("a whole number from 0 to 10^12"), value)
        return value

    def number(self, value: Any, field: str) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
            raise self.wrong(field, N_("a finite number or null"), value)
        return float(value)

    def domain(self, value: Any, field: str) -> DomainPolicy:
        entry = self.table(value, field)
        certificates = self.optional(entry.get("certificates"), f"{field}.certificates")
        kinds = entry.get("kinds")
        kinds = [] if kinds is None else kinds
        if not isinstance(kinds, list) or not set(map(str, kinds)) <= set(LABEL_KINDS):
            raise self.wrong(f"{field}.kinds", f"a list of {', '.join(LABEL_KINDS)}", kinds)
        suggested = entry.get("suggested")
        return DomainPolicy(
            thresholds=self.thresholds(entry.get("thresholds"), f"{field}.thresholds"),
            certificates={
                self.tier(name, f"{field}.certificates"): self.certificate(item, f"{field}.certificates.{name}")
                for name, item in certificates.items()
            },
            n=self.count(entry.get("n", 0), f"{field}.n"),
            kinds=tuple(kinds),
            probability=self.probability(entry.get("probability"), f"{field}.probability"),
            suggested={} if suggested in (None, {}) else self.thresholds(suggested, f"{field}.suggested"),
        )

    def probability(self, value: Any, field: str) -> ProbabilityMap | None:
        if value is None:
            return None
        try:
            return ProbabilityMap.from_json(self.table(value, field))
        except BadArgument as error:
            name, rule, wrong = (error.params[key] for key in ("name", "rule", "value"))
            raise self.wrong(f"{field}.{name}", str(rule), wrong) from error

    def tier(self, name: str, field: str) -> str:
        if name not in TIERS:
            raise self.wrong(field, f"named by a tier: {', '.join(TIERS)}", name)
        return name

    def thresholds(self, value: Any, field: str) -> dict[str, float | None]:
        entry = self.table(value, field)
        unknown = set(entry) - set(THRESHOLD_TIERS)
        if unknown:
            raise self.wrong(field, f"only {', '.join(THRESHOLD_TIERS)}", sorted(unknown)[0])
        found = {tier: self.number(entry.get(tier), f"{field}.{tier}") for tier in THRESHOLD_TIERS}
        numbers = [number for number in found.values() if number is not None]
        if numbers != sorted(numbers, reverse=True):
            raise self.wrong(field, N_("in order, same >= related >= weak"), numbers)
        return found

    def certificate(self, value: Any, field: str) -> Certificate:
        entry = self.table(value, field)
        if entry.get("status") not in STATUSES:
            raise self.wrong(f"{field}.status", " | ".join(STATUSES), entry.get("status"))
        for name in ("threshold", "precision_lower", "precision", "confidence", "fpr", "fpr_upper"):
            self.number(entry.get(name), f"{field}.{name}")
        fpr = entry.get("fpr")
        if fpr is not None and not 0.0 < fpr < 1.0:
            raise self.wrong(f"{field}.fpr", N_("above 0 and below 1"), fpr)
        if fpr is None and entry.get("precision") is None:
            raise self.wrong(f"{field}.precision", N_("a number, or null beside an fpr"), None)
        deff = self.number(entry.get("deff", 1.0), f"{field}.deff")
        if deff is None or deff < 1.0:
            raise self.wrong(f"{field}.deff", N_("a finite number, at least 1"), deff)
        for name in ("n_above", "false_positives", "n", "positives", "dropped"):
            self.count(entry.get(name, 0), f"{field}.{name}")
        if entry.get("labels_needed") is not None:
            self.count(entry["labels_needed"], f"{field}.labels_needed")
        try:
            return Certificate.from_json(entry)
        except (KeyError, TypeError) as error:
            raise self.wrong(field, N_("a whole certificate"), str(error)) from error
