"""Errors in using a policy."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.errors.base import N_, SimTierError, Words


class PolicyError(SimTierError):
    """A policy cannot be used here."""


class PolicyInvalid(PolicyError):
    """A policy's JSON breaks the schema."""

    template = N_("policy {file}: {field}: must be {rule}, got {value!r}")

    def __init__(self, file: str, field: str, rule: Words, value: object) -> None:
        super().__init__(file=file, field=field, rule=rule, value=value)


class PolicyUnbound(PolicyError):
    """The policy is bound to no model, so it cannot decide about texts."""

    template = N_("this policy is bound to no model (it was fitted on given scores); fit it with --fingerprint")

    def __init__(self) -> None:
        super().__init__()


class ModelMismatch(PolicyError):
    """The policy was fitted on scores of another model."""

    template = N_("this policy was fitted on model {expected}, but the model here is {actual}")

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(expected=expected, actual=actual)


class ComputeMismatch(ModelMismatch):
    """The policy was fitted on scores of the same model with other arithmetic."""

    template = N_(
        "this policy was fitted on {expected}, but the same model runs here with other arithmetic ({actual}); fit "
        "another, or measure the shift on your pairs: python -m calibration recheck POLICY PAIRS -o OUT"
    )


class RecheckMissed(PolicyError):
    """Too many of a policy's decisions may change with other arithmetic."""

    template = N_(
        "not bound to the other arithmetic: of {n} pairs of {domain}, {flipped} change tier, at most {most:.1%} of "
        "all such pairs (confidence {confidence:.0%}), where {allowed:.1%} are allowed; bring more pairs, allow "
        "more by --allow, or fit with it"
    )

    def __init__(self, domain: str, flipped: int, n: int, most: float, confidence: float, allowed: float) -> None:
        super().__init__(domain=domain, flipped=flipped, n=n, most=most, confidence=confidence, allowed=allowed)


class CleanerMismatch(PolicyError):
    """The policy was fitted on texts cleaned in another way."""

    template = N_("this policy was fitted on texts cleaned by {expected}, but the cleaner here is {actual}")

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(expected=expected, actual=actual)


class GuardsNeedTexts(PolicyError):
    """A policy with guards judges pairs of texts, not bare scores."""

    template = N_("this policy holds pairs back by what their texts say ({guards}), so a score alone has no tier")

    def __init__(self, guards: Sequence[str]) -> None:
        super().__init__(guards=", ".join(guards))


class GuardRulesMismatch(PolicyError):
    """The policy was certified with other rules for the same guards."""

    template = N_("this policy was fitted with rules {expected} for its guards, but the rules here are {actual}")

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(expected=expected, actual=actual)


class UnknownDomain(PolicyError):
    """The policy has no such domain."""

    template = N_("domain {domain!r} is not in this policy; it has: {known}")

    def __init__(self, domain: str, known: Sequence[str]) -> None:
        super().__init__(domain=domain, known=", ".join(known))


class DomainNeeded(UnknownDomain):
    """The policy has several domains, and none was named."""

    template = N_("name a domain: this policy has {known}")

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__("", known)
