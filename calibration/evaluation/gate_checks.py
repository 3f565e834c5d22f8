"""What the gate looked at, check by check: for a terminal, a JUnit file, a Markdown summary and JSON alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_
from calibration.evaluation.requirements import STRESS, Measured
from calibration.messages.note import Note, note
from calibration.policies.gate_certificates import promise
from calibration.policies.gate_result import BREAKS, GateResult
from calibration.policies.policy import Policy
from calibration.text.swaps import KINDS

PASSED: Final = "passed"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
MOST: Final = 50
"""Cases named one by one; the others are counted."""

CERTIFICATES: Final = N_("certificates")
DOMAINS: Final = N_("domains")
CASES: Final = N_("confirmed bad cases")
MOVES: Final = N_("tiers of the pairs")


@dataclass(frozen=True)
class GateCheck:
    """One check. key: a name that stays the same in any language. says: what was found, a sentence each."""

    key: str
    title: Note
    status: str
    says: tuple[Note, ...]

    def to_json(self) -> dict[str, Any]:
        """The check for a program; its sentences in English."""
        return {"check": self.key, "status": self.status, "says": [str(line) for line in self.says]}


@dataclass(frozen=True)
class GateReport:
    """A candidate compared with the policy in use (None: there is none) and checked against its requirements."""

    candidate: Policy
    current: Policy | None
    result: GateResult
    measured: tuple[Measured, ...] = ()
    cases_given: bool = False

    @property
    def passed(self) -> bool:
        """Whether the candidate passes every check."""
        return self.result.passed and all(one.met for one in self.measured)

    def checks(self) -> tuple[GateCheck, ...]:
        """Every check, those that could not be made among them."""
        made = [self._certificates(), self._domains(), self._cases()]
        measured = (requirement_check(one, self._binary(one.domain)) for one in self.measured)
        return (*made, self._moves(), *measured)

    def to_json(self) -> dict[str, Any]:
        """Verdict, policies, checks and the numbers behind them, without texts."""
        policies = {"candidate": self.candidate, "current": self.current}
        return {
            "passed": self.passed,
            "policies": {
                side: None if policy is None else {"id": policy.id, "name": policy.name, "version": policy.version}
                for side, policy in policies.items()
            },
            "checks": [check.to_json() for check in self.checks()],
            "result": self.result.to_json(),
            "requirements": [one.to_json() for one in self.measured],
        }

    def _certificates(self) -> GateCheck:
        broken = [
            note(
                N_("{domain}, {tier}: {how}"),
                binary=self._binary(one.domain),
                domain=one.domain,
                tier=one.tier,
                how=BREAKS[one.how],
            )
            for one in self.result.broken
        ]
        held = sum(
            promise(self.candidate, domain, tier) is not None
            for domain in self.candidate.domains
            for tier in THRESHOLD_TIERS
        )
        all_of = sum(t is not None for d in self.candidate.domains.values() for t in d.thresholds.values())
        kept = note(N_("{held} of {n} thresholds have a certificate"), held=held, n=all_of)
        return GateCheck("certificates", note(CERTIFICATES), FAILED if broken else PASSED, (*broken, kept))

    def _binary(self, domain: str) -> bool:
        """Whether people read words in place of the four tiers there."""
        known = [one.domains[domain] for one in (self.candidate, self.current) if one and domain in one.domains]
        return any(entry.binary for entry in known)

    def _domains(self) -> GateCheck:
        if self.current is None:
            says = note(N_("no policy in use was given to compare with"))
            return GateCheck("domains", note(DOMAINS), SKIPPED, (says,))
        gone = [note(N_("{domain} would no longer have thresholds"), domain=name) for name in self.result.vanished]
        says = note(N_("all {n} domains of the policy in use are known"), n=len(self.current.domains))
        return GateCheck("domains", note(DOMAINS), FAILED if gone else PASSED, tuple(gone) or (says,))

    def _cases(self) -> GateCheck:
        if not self.cases_given:
            says = note(N_("none were given, so they cannot be checked"))
            return GateCheck("cases", note(CASES), SKIPPED, (says,))
        lost = [
            note(
                N_("case {id} in {domain}: expected {upper}, would be {tier}"),
                binary=self._binary(case.domain),
                id=case.case_id,
                domain=case.domain,
                upper=case.expected,
                tier=case.tier_candidate or "-",
            )
            for case in self.result.lost[:MOST]
        ]
        if len(self.result.lost) > MOST:
            lost.append(note(N_("and {n} more"), n=len(self.result.lost) - MOST))
        counted = note(
            N_("{judged} judged, {lost} newly wrong, {won} newly right, {unjudged} without a score"),
            judged=self.result.judged,
            lost=len(self.result.lost),
            won=len(self.result.won),
            unjudged=self.result.unjudged,
        )
        bad = self.result.lost or self.result.unjudged
        return GateCheck("cases", note(CASES), FAILED if bad else PASSED, (*lost, counted))

    def _moves(self) -> GateCheck:
        if not self.result.moves:
            none = note(
                N_("no pairs that both policies judge were given, so the number that would change tier is unknown")
            )
            return GateCheck("moves", note(MOVES), SKIPPED, (none,))
        says = tuple(
            note(
                N_("{domain}: {changed} of {n} pairs get another tier"),
                domain=found.domain, changed=found.changed, n=found.n,
            )
            for found in self.result.moves
        )  # fmt: skip
        return GateCheck("moves", note(MOVES), PASSED, says)


def requirement_check(one: Measured, binary: bool = False) -> GateCheck:
    """A requirement in a domain as a check."""
    asked = one.requirement
    if asked.metric == STRESS:
        return _stress_check(one)
    title = note(
        N_("{metric} of {tier} in {domain} at least {least}"),
        binary=binary, metric=asked.metric, tier=asked.tier, domain=one.domain, least=f"{asked.least:g}",
    )  # fmt: skip
    key = f"{one.domain}.{asked.tier}.{asked.metric}"
    return GateCheck(key, title, PASSED if one.met else FAILED, tuple(_shares(one)))


def _stress_check(one: Measured) -> GateCheck:
    """The share of swapped pairs that are kept apart as a check."""
    kind = one.requirement.tier
    sort = KINDS[kind] if kind else N_("any kind")
    title = note(
        N_("pairs with one thing swapped ({swapped}) kept apart in {domain}, at least {least}"),
        swapped=sort, domain=one.domain, least=f"{one.requirement.least:g}",
    )  # fmt: skip
    key = ".".join(filter(None, (one.domain, kind, STRESS)))
    return GateCheck(key, title, PASSED if one.met else FAILED, tuple(_shares(one)))


def _shares(one: Measured) -> Sequence[Note]:
    if math.isnan(one.found.value):
        return [note(N_("cannot be measured: no labelled pair counts for it"))]
    numbers = {"value": f"{one.found.value:.3f}", "low": f"{one.found.low:.3f}", "high": f"{one.found.high:.3f}"}
    found = note(
        N_("{value} on these labels, {low} to {high} at confidence {confidence} (n={n})"),
        confidence=f"{one.found.confidence:g}", n=one.found.n, **numbers,
    )  # fmt: skip
    if not one.proven and one.found.value >= one.requirement.least:
        only = N_("met on these labels only: the interval reaches below the requirement")
        return [found, note(only)]
    return [found]
