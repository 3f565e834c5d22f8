"""The job that finds bad cases in labelled datasets, domain by domain."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields

import pandas as pd

from calibration.columns import DOMAIN
from calibration.costs.find_mistakes import FoundCases, find_cases, find_cases_out_of_fold
from calibration.costs.matrix import UnitCosts
from calibration.errors import UnknownDomain
from calibration.fitting.fit import FitSettings
from calibration.pairs import deduplicate
from calibration.policies.policy import Policy
from calibration.policies.tiers import PUBLISHED
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import StoredPolicy
from dashboard import resources
from dashboard.components.shared.choose import Datasets
from dashboard.components.shared.cost_presets import amounts as cost_amounts
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress


@dataclass(frozen=True)
class FindOutcome:
    """What the job returns: found cases by domain, by which policy, on which datasets, by which model.

    unknown: domains that the policy does not know, which are left out.
    """

    found: Mapping[str, FoundCases]
    policy: StoredPolicy | None
    names: tuple[str, ...]
    fingerprint: str
    unknown: tuple[str, ...]


def fit_settings(policy: Policy) -> FitSettings | None:
    """What a policy's fit was asked for; None where it was not certified by `fit_domains`."""
    given = {
        field.name: policy.settings[field.name] for field in fields(FitSettings) if field.name in policy.settings
    }
    return FitSettings(**given) if "precision" in given and "claim" in given else None


def key(datasets: Datasets, options: ScoringOptions, policy: StoredPolicy | None, refit: FitSettings | None) -> str:
    """The job's key: whatever its result depends on."""
    hashes = sorted(dataset.content_hash for dataset in datasets)
    return f"find {hashes} {options.key()} {policy and policy.id} {refit} {cost_amounts()}"


def start(
    datasets: Datasets, options: ScoringOptions, policy: StoredPolicy | None, refit: FitSettings | None
) -> str:
    """Queue the search; returns the job's id. refit: fit again in every fold with these settings."""
    encoder, amounts = resources.encoder(), cost_amounts()
    score, fingerprint = scoring.work(datasets, options, encoder), encoder.fingerprint

    def work(progress: Progress, cancel: threading.Event) -> FindOutcome:
        kept, _ = deduplicate(score(progress, cancel))
        domains = {str(name): rows for name, rows in kept.groupby(DOMAIN, sort=True)}
        found, unknown = {}, []
        for name, rows in domains.items():
            try:
                found[name] = _find(name, rows, policy, refit, amounts, len(domains))
            except UnknownDomain:
                unknown.append(name)
        names = tuple(dataset.name for dataset in datasets)
        return FindOutcome(found, policy, names, fingerprint, tuple(unknown))

    return resources.jobs().submit(key(datasets, options, policy, refit), work)


def _find(
    name: str,
    rows: pd.DataFrame,
    policy: StoredPolicy | None,
    refit: FitSettings | None,
    amounts: UnitCosts,
    domains: int,
) -> FoundCases:
    if refit is not None:
        return find_cases_out_of_fold(rows, refit, amounts, name, domains)
    thresholds = PUBLISHED if policy is None else policy.policy.domain(name).thresholds
    return find_cases(rows, thresholds, amounts, name)
