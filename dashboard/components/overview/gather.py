"""What the Overview shows, gathered from store, scores and watch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from calibration.columns import DOMAIN, SAME
from calibration.decide import scoring_options
from calibration.evaluation.decisions import Decisions
from calibration.pairs.purpose import calibration_rows
from calibration.policies.policy import Policy
from calibration.store import OPEN_STATUSES, BadCaseFilter, Dataset, StoredPolicy
from dashboard import resources
from dashboard.components.overview.standing import (
    CALIBRATED,
    FOUND,
    LABELLED,
    PUBLISHED,
    UNLABELLED,
    WATCHED,
    Standing,
    measure,
)
from dashboard.components.shared import saved_policies
from dashboard.jobs import score as scoring
from dashboard.model import READY


def labels(datasets: Sequence[Dataset]) -> Counter[str]:
    """Labels that may calibrate, by domain; domains with rows picked for review alone are not among them."""
    found: Counter[str] = Counter()
    for dataset in datasets:
        key = ("labels", dataset.content_hash)
        counted = resources.counted().kept(key, lambda dataset=dataset: _labels(dataset))  # type: ignore[misc]
        found.update({str(domain): int(rows) for domain, rows in counted["rows"].items()})
    return found


def _labels(dataset: Dataset) -> pd.DataFrame:
    return calibration_rows(resources.dataset_frame(dataset)).groupby(DOMAIN).size().to_frame("rows")


def scored_by(policy: Policy, datasets: Sequence[Dataset]) -> pd.DataFrame | None:
    """The labelled pairs with the scores that the policy judges; None where they are not scored (yet)."""
    options = scoring_options(policy)
    if not datasets or resources.model().status != READY or not saved_policies.judges(policy, options):
        return None
    return scoring.scored(datasets, options)


def is_of_the_model(policy: Policy) -> bool:
    """Whether a policy may judge the scores of the model in use; yes while no model is there to ask."""
    if resources.model().status != READY:
        return True
    return saved_policies.judges(policy, scoring_options(policy))


def standings(datasets: Sequence[Dataset], current: StoredPolicy | None) -> list[Standing]:
    """Every domain, worst first. A policy of another model promises nothing for the scores of this one."""
    counts, store = labels(datasets), resources.store()
    current = current if current and is_of_the_model(current.policy) else None
    used = current.policy.domains if current else {}
    fitting = (stored.policy for stored in store.policies.list()[:20] if is_of_the_model(stored.policy))
    drafts = {domain for policy in fitting for domain in policy.domains}
    alarms = resources.service().drift.alarms()
    figures = None
    scored = scored_by(current.policy, datasets) if current else None
    if current and scored is not None:
        key = ("overview", current.id, *(dataset.content_hash for dataset in datasets))
        figures = resources.counted().kept(key, lambda: measure(scored, used))
    cases = open_cases([*counts, *used])
    rows = []
    for domain in {*counts, *used}:
        state = UNLABELLED if not counts[domain] else CALIBRATED if domain in drafts else LABELLED
        if domain in used:
            state = WATCHED if domain in alarms else PUBLISHED
        found = _found(figures, domain)
        certificate = used[domain].certificates.get(SAME) if domain in used else None
        line = used[domain].thresholds.get(SAME) if domain in used else None
        if line is None and found is not None:
            line = found.line
        rows.append(
            Standing(domain, state, counts[domain], cases[domain], alarms.get(domain), certificate, found, line)
        )
    return sorted(rows, key=Standing.badness)


def _found(figures: pd.DataFrame | None, domain: str) -> Decisions | None:
    return figures.at[domain, FOUND] if figures is not None and domain in figures.index else None  # type: ignore[return-value]


def open_cases(domains: Sequence[str]) -> Counter[str]:
    """Open bad cases by domain."""
    found: Counter[str] = Counter()
    cases = resources.store().bad_cases
    for domain in {*domains} & {*cases.domains()}:
        found[domain] = cases.search(BadCaseFilter(status=OPEN_STATUSES, domain=domain), limit=0).total
    return found
