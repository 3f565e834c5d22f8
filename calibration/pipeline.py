"""The whole story: pairs -> deduplicate -> score -> fit -> judge out of fold -> policy."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pandas as pd

from calibration.columns import DOMAIN
from calibration.evaluate import DomainEvaluation, Thresholds, cross_validate, evaluate_thresholds
from calibration.fit import PUBLISHED, DomainFit, FitSettings, drawn, fit_domains
from calibration.groups import text_codes
from calibration.intervals import Estimate
from calibration.nominal import nominal_thresholds
from calibration.pairs import DuplicateReport, deduplicate
from calibration.policy import DomainPolicy, Policy
from calibration.probability import domain_probabilities
from calibration.probability_map import ProbabilityMap

if TYPE_CHECKING:
    from calibration.encoding.encoder import Encoder, Progress
    from calibration.score import ScoringOptions


@dataclass(frozen=True)
class Binding:
    """What scores were made with: model name, fingerprint, `CleaningOptions.key()`, segments mode."""

    model: str | None = None
    fingerprint: str | None = None
    cleaner: str | None = None
    segments: str | None = None


@dataclass(frozen=True)
class CalibrationRun:
    """A calibration from start to end, by domain.

    scored: the deduplicated pairs with their scores. fits: thresholds and certificates. evaluation: out of fold.
    published: the published thresholds on the same pairs. duplicates: what was left out before scoring. nominal: by
    domain and tier where the target is met on the labels, with its interval; promises nothing.
    """

    scored: pd.DataFrame
    policy: Policy
    fits: Mapping[str, DomainFit]
    evaluation: Mapping[str, DomainEvaluation]
    published: Mapping[str, DomainEvaluation]
    duplicates: DuplicateReport
    nominal: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)


def calibrate(
    pairs: pd.DataFrame,
    encoder: Encoder,
    settings: FitSettings | None = None,
    options: ScoringOptions | None = None,
    *,
    name: str = "policy",
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> CalibrationRun:
    """Labelled pairs to a policy bound to `encoder`; raises InputError for unusable pairs, or Cancelled."""
    from calibration.score import ScoringOptions, score_pairs  # torch only where texts are scored

    options = options or ScoringOptions()
    kept, duplicates = deduplicate(pairs)
    scored = score_pairs(kept, encoder, options, progress=progress, cancel=cancel)
    binding = Binding(encoder.name, encoder.fingerprint, options.cleaning.key(), options.segments)
    return calibrate_scored(scored, settings, binding, name=name, duplicates=duplicates)


def calibrate_scored(
    scored: pd.DataFrame,
    settings: FitSettings | None = None,
    binding: Binding | None = None,
    *,
    name: str = "policy",
    duplicates: DuplicateReport | None = None,
) -> CalibrationRun:
    """The same from pairs that have a `score`; without a binding the policy is bound to no model."""
    settings = settings or FitSettings()
    if duplicates is None:
        scored, duplicates = deduplicate(scored)
    fits = fit_domains(scored, settings)
    rows = dict(iter(scored.groupby(DOMAIN, sort=True)))
    evaluation = {d: cross_validate(rows[d], settings, d, domains=len(fits)) for d in fits}
    published = {d: _judged(drawn(rows[d]), PUBLISHED, settings.confidence, d) for d in fits}
    chances = domain_probabilities(scored, settings.confidence)
    policy = policy_of(fits, settings, binding or Binding(), name, chances)
    nominal = {d: nominal_thresholds(rows[d], fits[d], settings) for d in fits}
    return CalibrationRun(scored, policy, fits, evaluation, published, duplicates, nominal)


def judged_as_found(run: CalibrationRun) -> dict[str, DomainEvaluation]:
    """Every domain's thresholds on the very labels that they rest on, at the confidence asked."""
    rows = drawn(run.scored)
    sure = float(run.policy.settings["confidence"])
    return {
        domain: _judged(rows[rows[DOMAIN] == domain], fit.thresholds, sure, domain)
        for domain, fit in run.fits.items()
    }


def _judged(rows: pd.DataFrame, given: Thresholds, confidence: float, domain: str) -> DomainEvaluation:
    """Fixed thresholds on these rows, which count for less where they share texts."""
    return evaluate_thresholds(rows, given, confidence, domain, texts=text_codes(rows))


def fit_policy(
    scored: pd.DataFrame,
    *,
    precision: float = 0.9,
    confidence: float = 0.9,
    method: str = "auto",
    claim: str = "domain",
    fpr: float | None = None,
    clustered: bool = True,
    fingerprint: str | None = None,
    name: str = "policy",
) -> Policy:
    """Thresholds per domain from a scored frame; see `FitSettings`. Rows are taken as they are.

    Bound to `fingerprint`, else to no model: then it judges scores, but `decide` refuses it.
    """
    settings = FitSettings(precision, confidence, method, claim, fpr, clustered=clustered)
    chances = domain_probabilities(scored, confidence)
    return policy_of(fit_domains(scored, settings), settings, Binding(fingerprint=fingerprint), name, chances)


def policy_of(
    fits: Mapping[str, DomainFit],
    settings: FitSettings,
    binding: Binding,
    name: str = "policy",
    chances: Mapping[str, ProbabilityMap] | None = None,
) -> Policy:
    """A new policy, version 1, from fits, and from the maps to P(same) of the same labels by domain."""
    known = chances or {}
    return Policy(
        domains={
            domain: DomainPolicy(fit.thresholds, fit.certificates, fit.n, fit.kinds, known.get(domain))
            for domain, fit in fits.items()
        },
        id=secrets.token_hex(8),
        name=name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=asdict(settings),
        **asdict(binding),
    )
