"""The whole story: pairs -> deduplicate -> score -> fit -> judge out of fold -> policy."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pandas as pd

from calibration.columns import DOMAIN
from calibration.evaluate import DomainEvaluation, cross_validate, evaluate_thresholds
from calibration.fit import PUBLISHED, DomainFit, FitSettings, fit_domains
from calibration.pairs import DuplicateReport, deduplicate
from calibration.policy import DomainPolicy, Policy

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
    published: the published thresholds on the same pairs. duplicates: what was left out before scoring.
    """

    scored: pd.DataFrame
    policy: Policy
    fits: Mapping[str, DomainFit]
    evaluation: Mapping[str, DomainEvaluation]
    published: Mapping[str, DomainEvaluation]
    duplicates: DuplicateReport


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
    published = {d: evaluate_thresholds(rows[d], PUBLISHED, settings.confidence, d) for d in fits}
    policy = policy_of(fits, settings, binding or Binding(), name)
    return CalibrationRun(scored, policy, fits, evaluation, published, duplicates)


def fit_policy(
    scored: pd.DataFrame,
    *,
    precision: float = 0.9,
    confidence: float = 0.9,
    method: str = "auto",
    claim: str = "domain",
    fingerprint: str | None = None,
    name: str = "policy",
) -> Policy:
    """Thresholds per domain from a scored frame; see `FitSettings`. Rows are taken as they are.

    Bound to `fingerprint`, else to no model: then it judges scores, but `decide` refuses it.
    """
    settings = FitSettings(precision, confidence, method, claim)
    return policy_of(fit_domains(scored, settings), settings, Binding(fingerprint=fingerprint), name)


def policy_of(
    fits: Mapping[str, DomainFit], settings: FitSettings, binding: Binding, name: str = "policy"
) -> Policy:
    """A new policy, version 1, from fits."""
    return Policy(
        domains={
            domain: DomainPolicy(fit.thresholds, fit.certificates, fit.n, fit.kinds) for domain, fit in fits.items()
        },
        id=secrets.token_hex(8),
        name=name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=asdict(settings),
        **asdict(binding),
    )
