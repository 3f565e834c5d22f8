"""Least precision and recall that a policy must reach on labelled pairs to pass the gate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SAME, THRESHOLD_TIERS
from calibration.errors import N_, BadArgument
from calibration.evaluation.tier_metrics import evaluate_thresholds
from calibration.messages.note import note
from calibration.pairs.purpose import calibration_rows
from calibration.policies.policy import Policy
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.text_groups import text_codes
from calibration.text.swaps import KINDS

PRECISION: Final = "precision"
RECALL: Final = "recall"
STRESS: Final = "stress"
"""Of pairs that differ in one swapped thing, the share that the policy does not call same."""
METRICS: Final = (PRECISION, RECALL, STRESS)


@dataclass(frozen=True)
class Requirement:
    """A tier's `metric` must be at least `least`, a share in (0, 1], in every domain.

    For the metric `stress`, tier is the kind of swap, or empty for all kinds together.
    """

    metric: str
    least: float
    tier: str = SAME

    @classmethod
    def parse(cls, text: str) -> Requirement:
        """`precision=0.9`, `related.recall=0.5` for another tier than `same`, `stress=0.9`, `number.stress=0.8`.

        Raises BadArgument.

        >>> Requirement.parse("precision=.9")
        Requirement(metric='precision', least=0.9, tier='same')
        >>> Requirement.parse("related.recall=0.5").tier
        'related'
        """
        name, _, value = text.partition("=")
        tier, _, metric = name.rpartition(".")
        try:
            least = float(value)
        except ValueError:
            least = math.nan
        parts = ("", *KINDS) if metric == STRESS else ("", *THRESHOLD_TIERS)
        if metric not in METRICS or tier not in parts or not 0.0 < least <= 1.0:
            example = note(N_("like {example}, the share above 0 and at most 1"), example="precision=0.9")
            raise BadArgument("--at-least", example, text)
        return cls(metric, least, tier if metric == STRESS else tier or SAME)


@dataclass(frozen=True)
class Measured:
    """A requirement in one domain: what was found on the labelled pairs, and whether it is met.

    proven: whether the lower end of the interval reaches it too, and not only the share on these labels.
    """

    requirement: Requirement
    domain: str
    found: Proportion
    met: bool

    @property
    def proven(self) -> bool:
        """Whether the interval excludes less than what is required."""
        return bool(self.found.n) and self.found.low >= self.requirement.least

    def to_json(self) -> dict[str, Any]:
        """The requirement, the share with its n and interval (null where none was found), and whether it is met."""
        value = None if math.isnan(self.found.value) else self.found.value
        shares = {"value": value, "low": self.found.low, "high": self.found.high, "n": self.found.n}
        asked = {"tier": self.requirement.tier, "metric": self.requirement.metric, "least": self.requirement.least}
        return {"domain": self.domain, **asked, **shares, "met": self.met, "proven": self.proven}


def measure(
    requirements: Sequence[Requirement],
    rows: pd.DataFrame,
    policy: Policy,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    proven: bool = False,
) -> tuple[Measured, ...]:
    """Hold a policy to its requirements on scored, labelled pairs, domain by domain.

    rows: `score`, `label`, `kind`, `domain` and texts; pairs picked for review are left out. A requirement that
    cannot be measured (no pair reaches the tier, no label says so, the domain is unknown) is not met. With `proven`
    the lower end of the interval must reach the requirement, not the share alone.
    """
    found: list[Measured] = []
    for key, part in calibration_rows(rows).groupby(DOMAIN, sort=True):
        domain = str(key)
        thresholds = policy.domains[domain].thresholds if domain in policy.domains else {}
        judged = evaluate_thresholds(part, thresholds, confidence, domain, texts=text_codes(part))
        for requirement in requirements:
            metrics = judged.tier(requirement.tier)
            share = proportion(0, 0, confidence) if metrics is None else getattr(metrics, requirement.metric)
            found.append(judged_share(requirement, domain, share, proven))
    return tuple(found)


def judged_share(requirement: Requirement, domain: str, share: Proportion, proven: bool) -> Measured:
    """Compare a share with what is required of it."""
    reached = share.low if proven else share.value
    return Measured(requirement, domain, share, bool(share.n) and reached >= requirement.least)
