"""The state of a domain: what it has, what its thresholds do on its labels, and its one next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificates.certificate import NOT_CERTIFIABLE, Certificate
from calibration.columns import DOMAIN, SCORE
from calibration.errors import N_
from calibration.evaluation.decisions import Decisions, decide_pairs
from calibration.pairs.purpose import calibration_rows
from calibration.policies.policy import DomainPolicy

UNLABELLED, LABELLED, CALIBRATED, PUBLISHED, WATCHED = (
    "unlabelled",
    "labelled",
    "calibrated",
    "published",
    "watched",
)
STATES: Final[Mapping[str, str]] = {
    UNLABELLED: N_("no labels"),
    LABELLED: N_("labelled"),
    CALIBRATED: N_("calibrated"),
    PUBLISHED: N_("in use"),
    WATCHED: N_("in use, watched"),
}
"""From first to last, in words."""
FOUND: Final = "found"
"""The column of `measure`: the Decisions of a domain."""
NEAR: Final = 10


@dataclass(frozen=True)
class Standing:
    """One domain. `labels` counts those that may calibrate; `found`: what its thresholds decide on them, None until
    they are scored. line: where pairs are merged, else where they are kept apart; None where no threshold is.

    drifted: None where nothing was compared. certificate: of the threshold from which pairs are merged.
    """

    domain: str
    state: str
    labels: int
    open_cases: int
    drifted: bool | None = None
    certificate: Certificate | None = None
    found: Decisions | None = None
    line: float | None = None

    @property
    def certified(self) -> bool:
        """Whether merging keeps a promise."""
        return self.certificate is not None and self.certificate.certified

    @property
    def step(self) -> str:
        """The one next step, a key of STEPS."""
        if self.state in (UNLABELLED, LABELLED, CALIBRATED):
            return {UNLABELLED: "label", LABELLED: "calibrate", CALIBRATED: "publish"}[self.state]
        if self.drifted:
            return "drift"
        if self.open_cases:
            return "review"
        if self.certificate is not None and self.certificate.status == NOT_CERTIFIABLE:
            return "wrong"  # more labels of the same kind would not help
        return "near" if self.certified else "more"

    def badness(self) -> tuple[int, float, str]:
        """Sorts the worst first: by how much its next step presses, then by the share that people must check."""
        share = self.found.person / self.found.n if self.found and self.found.n else 0.0
        return (list(STEPS).index(self.step), -share, self.domain)


@dataclass(frozen=True)
class Step:
    """A next step: what its button says, and the place that it leads to."""

    name: str
    place: str


STEPS: Final[Mapping[str, Step]] = {
    "drift": Step(N_("Check the drift"), "monitor/drift"),
    "label": Step(N_("Label pairs"), "label"),
    "calibrate": Step(N_("Calibrate"), "calibrate/fit"),
    "publish": Step(N_("Publish"), "policies/versions"),
    "review": Step(N_("Review bad cases"), "review"),
    "wrong": Step(N_("Check wrong pairs"), "review/find"),
    "more": Step(N_("Label more"), "label"),
    "near": Step(N_("Look near the threshold"), "calibrate/distribution"),
}
"""Most pressing first."""


def measure(scored: pd.DataFrame, domains: Mapping[str, DomainPolicy]) -> pd.DataFrame:
    """What each domain's thresholds decide on its labels, a row a domain; none for domains without labels."""
    rows = {
        str(domain): decide_pairs(part, domains[str(domain)].thresholds)
        for domain, part in calibration_rows(scored).groupby(DOMAIN)
        if str(domain) in domains
    }
    return pd.DataFrame({FOUND: pd.Series(rows, dtype=object)})


def near_the_line(scored: pd.DataFrame, domain: str, threshold: float, count: int = NEAR) -> pd.DataFrame:
    """The labelled pairs of a domain whose scores are nearest to a threshold, highest score first."""
    rows = scored[(scored[DOMAIN] == domain) & np.isfinite(scored[SCORE])]
    nearest = (rows[SCORE] - threshold).abs().nsmallest(count).index
    found: pd.DataFrame = rows.loc[nearest].sort_values(SCORE, ascending=False)
    return found
