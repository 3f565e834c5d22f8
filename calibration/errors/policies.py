"""A policy cannot be used here."""

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


class PrecisionMismatch(ModelMismatch):
    """The policy was fitted on scores of the same model at another precision."""

    template = N_(
        "this policy was fitted on {expected}, but the same model runs here at another precision ({actual}); fit "
        "another, or measure the shift on your pairs: python -m calibration recheck POLICY PAIRS -o OUT"
    )


class RecheckMissed(PolicyError):
    """Too many of a policy's decisions may change at another precision."""

    template = N_(
        "not bound to the other precision: of {n} pairs of {domain}, {flipped} change tier, at most {most:.1%} of "
        "all such pairs (confidence {confidence:.0%}), where {allowed:.1%} are allowed; bring more pairs, allow "
        "more by --allow, or fit at that precision"
    )

    def __init__(self, domain: str, flipped: int, n: int, most: float, confidence: float, allowed: float) -> None:
        super().__init__(domain=domain, flipped=flipped, n=n, most=most, confidence=confidence, allowed=allowed)


class CleanerMismatch(PolicyError):
    """The policy was fitted on texts cleaned in another way."""

    template = N_("this policy was fitted on texts cleaned by {expected}, but the cleaner here is {actual}")

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
