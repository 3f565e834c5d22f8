"""The contents of a report, in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from calibration.certificates.sampling import Sampling
from calibration.certificates.sampling_design import DataDraw, of_sample
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.evaluation.tier_metrics import DomainEvaluation
from calibration.messages.catalogues import SOURCE
from calibration.messages.note import Note
from calibration.pairs import DuplicateReport
from calibration.policies.policy import Policy

if TYPE_CHECKING:
    from calibration.calibrate import CalibrationRun


@dataclass(frozen=True)
class Origin:
    """Where pairs came from: a file or dataset by its name, and how many rows it gave."""

    name: str
    rows: int


@dataclass(frozen=True)
class ReportInput:
    """A policy and the evidence for it.

    found: its thresholds on the labels that they rest on. evaluation: the same judged out of fold. published: the
    published thresholds on the same pairs. scored: those pairs with their scores. duplicates: what was left out
    of them. notes: remarks by domain. bad_cases: `text_a, text_b, domain, expected`, optionally `tier_given`,
    `score`, `note`; None leaves the section out. sample: the pairs were written as samples. locale: of the words.
    """

    policy: Policy
    found: Mapping[str, DomainEvaluation]
    evaluation: Mapping[str, DomainEvaluation]
    published: Mapping[str, DomainEvaluation]
    scored: pd.DataFrame
    duplicates: DuplicateReport | None = None
    notes: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)
    origins: tuple[Origin, ...] = ()
    bad_cases: pd.DataFrame | None = None
    sample: bool = False
    locale: str = SOURCE
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def draw(self) -> DataDraw:
        """How the labels were drawn, as the policy's settings say; samples were never live pairs."""
        return of_sample(Sampling.of(self.policy.settings).draw, self.sample)

    @property
    def confidence(self) -> float:
        """The confidence that was asked for, in (0, 1)."""
        return float(self.policy.settings.get("confidence", DEFAULT_CONFIDENCE))


def report_input(
    run: CalibrationRun,
    found: Mapping[str, DomainEvaluation],
    *,
    origins: tuple[Origin, ...] = (),
    bad_cases: pd.DataFrame | None = None,
    sample: bool = False,
    locale: str = SOURCE,
    made_at: datetime | None = None,
) -> ReportInput:
    """What there is to say of a calibration; `found` is `pipeline.judged_as_found(run)`."""
    notes = {
        domain: tuple(one for one in (*fit.notes, *run.evaluation[domain].notes) if isinstance(one, Note))
        for domain, fit in run.fits.items()
    }
    return ReportInput(
        run.policy,
        found,
        run.evaluation,
        run.published,
        run.scored,
        run.duplicates,
        notes,
        origins,
        bad_cases,
        sample,
        locale,
        made_at or datetime.now(UTC),
    )
