"""Results of an ablation: each variant in each domain against a baseline, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from calibration.errors import N_
from calibration.messages.note import Note, note
from calibration.stats.intervals import Estimate

NORMAL: Final = "group_bootstrap_normal"
"""Value +- z * standard error over groups drawn with replacement."""

HELPS: Final = "helps"
HARMS: Final = "harms"
NO_DIFFERENCE: Final = "no_difference_shown"
NEGLIGIBLE: Final = "negligible"
CHANGES_NOTHING: Final = "changes_nothing"
SENTENCES: Final[Mapping[str, str]] = {
    HELPS: N_("In {domain}, {variant} is better than {baseline}: it changes {changed} of {n} scores."),
    HARMS: N_("In {domain}, {variant} is worse than {baseline}: it changes {changed} of {n} scores."),
    NO_DIFFERENCE: N_(
        "In {domain}, {variant} changes {changed} of {n} scores; no difference to {baseline} is shown."
    ),
    NEGLIGIBLE: N_("In {domain}, {variant} changes {changed} of {n} scores, by too little to matter."),
    CHANGES_NOTHING: N_("In {domain}, {variant} changes no score."),
}
SELECTED: Final = N_("Choosing a variant here uses up these labels: certify the choice on fresh ones.")


@dataclass(frozen=True)
class Difference:
    """Variant - baseline. estimate: its interval holds together with those of all other comparisons.

    p_value: two-sided, normal on the bootstrap standard error; NaN where the metric is shown but not tested.
    p_adjusted: after Holm's correction over all comparisons.
    """

    estimate: Estimate
    p_value: float
    p_adjusted: float


@dataclass(frozen=True)
class VariantResult:
    """One variant on the n pairs of one domain; `changed` of its scores differ from the baseline's.

    metrics: `auc`, `recall`, `precision` of `same`, each in [0, 1], the larger the better, with its own interval.
    differences: variant - baseline by metric; `auc` and `recall` are tested, `precision` is shown so that a gain in
    recall is not bought with it. verdict: `helps` or `harms` where a tested metric differs beyond chance (and no
    other in the opposite direction), `negligible` where all do by less than 0.005,
    `no_difference_shown`, or `changes_nothing`.
    """

    variant: str
    n: int
    groups: int
    changed: int
    metrics: Mapping[str, Estimate]
    differences: Mapping[str, Difference]
    verdict: str


@dataclass(frozen=True)
class Ablation:
    """Every variant in every domain against `baseline`; `tests` is how many comparisons were looked at.

    dropped: rows left out by domain: for review, or without a score in some variant.
    """

    baseline: str
    domains: Mapping[str, Mapping[str, VariantResult]]
    dropped: Mapping[str, int]
    confidence: float
    tests: int
    notes: tuple[Note, ...]

    def sentence(self, domain: str, variant: str) -> Note:
        """The finding in plain language."""
        found = self.domains[domain][variant]
        counts = {"changed": found.changed, "n": found.n}
        return note(SENTENCES[found.verdict], domain=domain, variant=variant, baseline=self.baseline, **counts)
