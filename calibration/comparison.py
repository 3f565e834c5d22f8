"""What a comparison of two sides finds: per domain and tier, with tests and intervals; plain results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from calibration.errors import N_
from calibration.figures import p_value
from calibration.intervals import Estimate
from calibration.notes import Note, note
from calibration.paired import McNemar

A_BETTER: Final = "a_better"
B_BETTER: Final = "b_better"
NO_DIFFERENCE: Final = "no_difference_shown"

BETTER_SENTENCE: Final = N_(
    "In {domain}, {better} gives {more} more of {n} pairs the right side of {tier} than {worse} ({p})"
)
EQUAL_SENTENCE: Final = N_(
    "In {domain}, {n} pairs show no difference between {a} and {b} at {tier} ({p}); that does not prove them equal"
)
NOTE_FITTED: Final = N_("a policy does better on the pairs it was fitted on: compare on others, or out of fold")
NOTE_CHOICE: Final = N_("choosing a side here is a look at these labels: certify the choice on fresh ones")


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
    pairs by (tier of a, tier of b) where these differ.
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


@dataclass(frozen=True)
class Comparison:
    """Two sides, named a and b, on the same pairs; differences are b - a.

    changed: the judged rows (those for review too) whose tier differs, with column `better`. out_of_fold: the
    thresholds were fitted again in every fold; else they are fixed ones.
    """

    a: str
    b: str
    domains: Mapping[str, DomainComparison]
    changed: pd.DataFrame
    confidence: float
    out_of_fold: bool
    notes: tuple[Note, ...]

    def sentence(self, domain: str, tier: str) -> Note:
        """The finding for one tier in plain language."""
        found = self.domains[domain].tiers[tier]
        test = found.mcnemar
        n, p = f"{test.n:,}", _p(test.p_adjusted)
        if found.verdict == NO_DIFFERENCE:
            return note(EQUAL_SENTENCE, domain=domain, n=n, a=self.a, b=self.b, tier=tier, p=p)
        better, worse = (self.a, self.b) if found.verdict == A_BETTER else (self.b, self.a)
        more = f"{abs(test.only_b - test.only_a):,}"
        return note(BETTER_SENTENCE, domain=domain, better=better, worse=worse, more=more, n=n, tier=tier, p=p)


def _p(value: float) -> str:
    """`p<0.001` or `p=0.02`: no blank, at which a line could break."""
    said = p_value(value)
    return f"p{said}" if said.startswith("<") else f"p={said}"
