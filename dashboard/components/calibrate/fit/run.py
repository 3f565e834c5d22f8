"""What a calibration is asked for, and the job that does it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from calibration.calibrate import CalibrationRun, calibrate_scored, judged_as_found
from calibration.certificates.sampling import Sampling
from calibration.certificates.sampling_design import DataDraw
from calibration.columns import THRESHOLD_TIERS
from calibration.evaluation.target_preview import DomainPreview, summarize
from calibration.evaluation.tier_metrics import DomainEvaluation
from calibration.fitting.fit import FitSettings
from calibration.report.content import Origin
from calibration.scoring.score_pairs import ScoringOptions
from calibration.stats.intervals import Estimate
from calibration.store import Dataset, PolicySource
from dashboard import resources
from dashboard.actor import actor
from dashboard.components.shared import drawn, samples
from dashboard.components.shared.saved_policies import sources_of
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress


@dataclass(frozen=True)
class Outcome:
    """What a calibration job returns.

    found: the thresholds as they came out, judged on the labels they came from. samples: sample data was among
    the pairs. drawn: how the user says that the pairs were drawn. origins, sources: the datasets, for the report
    and for the policy. spread: where the nominal thresholds of each domain and tier are.
    draws: how the pairs of each domain were drawn. summary: what each domain's thresholds decide, and what to do.
    """

    run: CalibrationRun
    found: Mapping[str, DomainEvaluation]
    samples: bool
    drawn: DataDraw
    origins: tuple[Origin, ...] = ()
    sources: tuple[PolicySource, ...] = ()
    spread: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    draws: Mapping[str, DataDraw] = field(default_factory=dict)
    summary: Mapping[str, DomainPreview] = field(default_factory=dict)


def key(datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions, draw: DataDraw) -> str:
    """The job's key: whatever its result depends on."""
    hashes = sorted(dataset.content_hash for dataset in datasets)
    draws = sorted((domain, way.name) for domain, way in drawn.by_domain(datasets, draw).items())
    return f"calibrate {hashes} {asked} {options.key()} {drawn.recorded(draw)} {draws}"


def start(datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions, draw: DataDraw) -> str:
    """Queue a calibration on these datasets; returns the job's id."""
    draws = drawn.by_domain(datasets, draw)
    encoder, recorded = resources.encoder(), drawn.recorded(draw)
    fits, sources, who = resources.store().fits, sources_of(datasets), actor()
    score, binding = scoring.work(datasets, options, encoder), scoring.binding(options, encoder)

    def work(progress: Progress, cancel: threading.Event) -> Outcome:
        run = calibrate_scored(scoring.calibratable(score(progress, cancel)), asked, binding, sampling=recorded)
        on_samples = samples.among(datasets)
        origins = tuple(Origin(dataset.name, dataset.rows) for dataset in datasets)
        found = judged_as_found(run)
        fits.add(run.policy, sources, actor=who)
        rows = summarize(run.scored, run.fits, asked.confidence)
        return Outcome(run, found, on_samples, draw, origins, sources, _spread(run, asked), draws, rows)

    return resources.jobs().submit(key(datasets, asked, options, draw), work)


def with_fits(outcome: Outcome) -> Outcome:
    """The outcome whose policy says how many fits its labels have seen by now, where they have seen several."""
    policy = outcome.run.policy
    fits = resources.store().fits.count(policy, outcome.sources)
    if fits == 1:
        return outcome
    seen = replace(Sampling.of(policy.settings), fits=fits)
    policy = replace(policy, settings={**policy.settings, **seen.settings()})
    return replace(outcome, run=replace(outcome.run, policy=policy))


def _spread(run: CalibrationRun, asked: FitSettings) -> dict[str, dict[str, Estimate]]:
    """Where thresholds of that precision are, by domain and tier; nothing where a rate is promised instead."""
    if asked.fpr is not None:
        return {}
    return {
        domain: {tier: found for tier, found in tiers.items() if tier in THRESHOLD_TIERS}
        for domain, tiers in run.nominal.items()
    }


def asked_settings(run: CalibrationRun) -> FitSettings:
    """What the user asked for."""
    given = run.policy.settings
    return FitSettings(**{one.name: given[one.name] for one in fields(FitSettings)})


def asked_confidence(run: CalibrationRun) -> float:
    """The confidence that the user asked for, in [0, 1]; single certificates may hold more, to hold together."""
    return float(run.policy.settings["confidence"])
