"""Results of a comparison by domain and tier, with tests and intervals, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from calibration.columns import shown_tier
from calibration.errors import N_
from calibration.messages.note import Note, note
from calibration.policies.policy import Policy
from calibration.stats.formatting import p_value
from calibration.stats.intervals import Estimate
from calibration.stats.paired_tests import McNemar

A_BETTER: Final = "a_better"
B_BETTER: Final = "b_better"
NO_DIFFERENCE: Final = "no_difference_shown"

BETTER_SENTENCE: Final = N_(
    "In {domain}, {better} gets {more} more of {n} pairs right on {tier} or not than {worse} ({p})"
)
EQUAL_SENTENCE: Final = N_(
    "In {domain}, {n} pairs show no difference between {a} and {b} at {tier} ({p}); that does not prove them equal"
)
BETTER_BINARY: Final = N_(
    "In {domain}, {better} is right about “{tier}” for {more} more of {n} pairs than {worse} ({p})"
)
EQUAL_BINARY: Final = N_(
    "In {domain}, {n} pairs show no difference between {a} and {b} about “{tier}” ({p}); that does not prove them "
    "equal"
)
NOTE_FITTED: Final = N_("a policy does better on the pairs it was fitted on: compare on others, or out of fold")
NOTE_CHOICE: Final = N_("choosing one of them here uses up these labels: certify the choice on fresh ones")


@dataclass(frozen=True)
class MetricComparison:
    """A metric of both sides, and its `difference` b - a with a paired interval."""

    name: str
    a: Estimate
    b: Estimate
    difference: Estimate


@dataclass(frozen=True)
class TierComparison:
    """The decision "at least this tier" (for `unrelated`: "below every threshold") of both sides.

    verdict: `a_better`, `b_better` or `no_difference_shown`, by mcnemar.p_adjusted against 1 - confidence.
    """

    tier: str
    mcnemar: McNemar
    metrics: Mapping[str, MetricComparison]
    verdict: str = NO_DIFFERENCE


@dataclass(frozen=True)
class DomainComparison:
    """One domain: n pairs counted, in `groups` text groups; `dropped` lack a score or a fold, `reviewed` are
    not counted.

    tiers: by name, those that the labels can tell. exact: on "the tier given is the label's own"; None with binary
    labels. cost: mean loss a pair, the lower the better; None where no losses were given. transitions: counted
    pairs by (tier of a, tier of b) where these differ. binary: the labels only say same or not.
    """

    domain: str
    n: int
    groups: int
    dropped: int
    reviewed: int
    tiers: Mapping[str, TierComparison]
    exact: McNemar | None
    cost: MetricComparison | None
    transitions: Mapping[tuple[str, str], int]
    binary: bool = False


@dataclass(frozen=True)
class Comparison:
    """Two sides, named a and b, on the same pairs; differences are b - a.

    changed: the judged rows (those for review too) whose tier differs, with column `better`. out_of_fold: the
    thresholds were fitted again in every fold; else they are fixed ones. policies: of both sides, where there are.
    """

    a: str
    b: str
    domains: Mapping[str, DomainComparison]
    changed: pd.DataFrame
    confidence: float
    out_of_fold: bool
    notes: tuple[Note, ...]
    policies: tuple[Policy, Policy] | None = None

    def shown(self, domain: str, tiers: tuple[str, str]) -> tuple[str, str]:
        """What people read for a tier of a and one of b, as keys of `SHOWN_NAMES`."""
        binary, sides = self.domains[domain].binary, self.policies or (None, None)
        lines = [side.domain(domain).thresholds if side is not None else None for side in sides]
        return shown_tier(tiers[0], binary, lines[0]), shown_tier(tiers[1], binary, lines[1])

    def sentence(self, domain: str, tier: str) -> Note:
        """The finding for one tier in plain language."""
        found, binary = self.domains[domain].tiers[tier], self.domains[domain].binary
        test = found.mcnemar
        n, p = f"{test.n:,}", _p(test.p_adjusted)
        if found.verdict == NO_DIFFERENCE:
            equal = EQUAL_BINARY if binary else EQUAL_SENTENCE
            return note(equal, binary=binary, domain=domain, n=n, a=self.a, b=self.b, tier=tier, p=p)
        better, worse = (self.a, self.b) if found.verdict == A_BETTER else (self.b, self.a)
        more = f"{abs(test.only_b - test.only_a):,}"
        said = {"domain": domain, "better": better, "worse": worse, "more": more, "n": n, "tier": tier, "p": p}
        return note(BETTER_BINARY if binary else BETTER_SENTENCE, binary=binary, **said)


def _p(value: float) -> str:
    """`p<0.001` or `p=0.02`: no blank, at which a line could break."""
    said = p_value(value)
    return f"p{said}" if said.startswith("<") else f"p={said}"
