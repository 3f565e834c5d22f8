"""The findings of the gate, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from calibration.errors import N_
from calibration.messages.note import Note, note

PRECISION: Final = "precision"
FPR: Final = "fpr"
MISSING: Final = "missing"
EDITED: Final = "edited"
WEAKER: Final = "weaker"
BREAKS: Final = {
    MISSING: N_("no longer a certificate"),
    EDITED: N_("the threshold was moved away from its certificate"),
    WEAKER: N_("the certificate promises less"),
}


@dataclass(frozen=True)
class CaseOutcome:
    """A bad case judged by both policies; a tier is None where a policy does not know the domain."""

    case_id: int
    text_a: str
    text_b: str
    domain: str
    expected: str
    tier_current: str | None
    tier_candidate: str | None


@dataclass(frozen=True)
class BrokenCertificate:
    """A promise that publishing would break. how: one of BREAKS. current, candidate: the precision promised, or the
    false positive rate (`measure`), in (0, 1); None: no promise of that measure.
    """

    domain: str
    tier: str
    how: str
    current: float | None
    candidate: float | None
    measure: str = PRECISION


@dataclass(frozen=True)
class DomainMoves:
    """Of `n` stored pairs of a domain, how many get another tier; `total`: as many there are, where only `n` of
    them, drawn at random, were judged. moves: from (tier by the current, tier by the candidate) to pairs.
    """

    domain: str
    n: int
    total: int
    moves: Mapping[tuple[str, str], int]

    @property
    def changed(self) -> int:
        """How many pairs get another tier."""
        return sum(self.moves.values())


@dataclass(frozen=True)
class GateResult:
    """What publishing `candidate_id` in place of `current_id` (None: nothing is in use) would do.

    lost: confirmed bad cases that the current one gets right and the candidate wrong (without a current one: all
    that the candidate gets wrong); won: the other way round. judged: cases that both could judge; unjudged: those
    without a score for one of them. vanished: domains that the candidate does not know.
    """

    current_id: str | None
    candidate_id: str
    lost: tuple[CaseOutcome, ...] = ()
    won: tuple[CaseOutcome, ...] = ()
    judged: int = 0
    unjudged: int = 0
    broken: tuple[BrokenCertificate, ...] = ()
    vanished: tuple[str, ...] = ()
    moves: tuple[DomainMoves, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check of the gate passes."""
        return not self.reasons()

    def reasons(self) -> tuple[Note, ...]:
        """The reasons against publishing, one sentence each, the gravest first."""
        found = []
        if self.lost:
            found.append(note(LOST if self.current_id else WRONG, lost=len(self.lost), n=self.judged))
        if self.unjudged:
            found.append(note(UNJUDGED, unjudged=self.unjudged))
        if self.broken:
            found.append(note(BROKEN, broken=len(self.broken)))
        if self.vanished:
            found.append(note(VANISHED, domains=", ".join(self.vanished)))
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """What the history keeps: counts, and which cases and certificates, without the texts."""
        return {
            "passed": self.passed,
            "current": self.current_id,
            "judged": self.judged,
            "unjudged": self.unjudged,
            "lost": [case.case_id for case in self.lost],
            "won": [case.case_id for case in self.won],
            "broken": [asdict(broken) for broken in self.broken],
            "vanished": list(self.vanished),
            "moves": {found.domain: {"n": found.n, "changed": found.changed} for found in self.moves},
        }


LOST: Final = N_("Confirmed bad cases that would go wrong again: {lost} of {n} judged by both.")
WRONG: Final = N_("Confirmed bad cases that it gets wrong: {lost} of {n}.")
UNJUDGED: Final = N_(
    "Confirmed bad cases that could not be judged, because there is no score for them: {unjudged}."
)
BROKEN: Final = N_("Certificates that would no longer hold: {broken}.")
VANISHED: Final = N_("Domains that would no longer have thresholds: {domains}.")
