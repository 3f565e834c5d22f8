"""The gate as a job: scores the confirmed cases and stored pairs for both policies and compares these."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import DOMAIN, TEXT_A, TEXT_B
from calibration.comparison.paired_decisions import TIER_A, TIER_B
from calibration.evaluation.gate_scores import scores_for
from calibration.policies.gate import CASE_ID, EXPECTED, SCORE_CANDIDATE, SCORE_CURRENT, check
from calibration.policies.gate_result import GateResult
from calibration.policies.policy import Policy
from calibration.policies.tiers import assign_rows
from calibration.store import CONFIRMED, BadCase, BadCaseFilter, Dataset, StoredPolicy
from dashboard import resources
from dashboard.jobs.queue import Progress
from dashboard.webhooks.events import GATE_REFUSED, Event

PER_DOMAIN: Final = 2000
"""Stored pairs of a domain that are judged: more are drawn at random, so that nobody waits for a million."""
ALL: Final = 1_000_000


@dataclass(frozen=True)
class Checked:
    """What the job returns. changed: stored pairs that get another tier, with both scores and tiers."""

    result: GateResult
    changed: pd.DataFrame
    current: Policy
    candidate: Policy

    def shown(self, tier: str, domain: str) -> str:
        """What people read for a tier or an expectation in a domain of either policy."""
        return self.candidate.shown(self.current.shown(tier, domain), domain)


def start(current: StoredPolicy, candidate: StoredPolicy) -> str:
    """Queue the check of `candidate` against `current`; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()
    datasets = store.datasets.list()
    cases = store.bad_cases.search(BadCaseFilter(status=CONFIRMED), limit=ALL).rows

    def work(progress: Progress, cancel: threading.Event) -> Checked:
        pairs, totals = stored_pairs(datasets, current.policy, candidate.policy)
        confirmed = cases_frame(cases)
        texts = pd.concat([confirmed, pairs], ignore_index=True)
        for column, policy in ((SCORE_CURRENT, current.policy), (SCORE_CANDIDATE, candidate.policy)):
            texts[column] = scores_for(texts, policy, encoder, progress, cancel)
        _fill_seen(texts, cases, current.policy, candidate.policy)
        judged, stored = texts.iloc[: len(cases)], texts.iloc[len(cases) :]
        result = check(current.policy, candidate.policy, judged, stored, totals)
        if not result.passed:
            resources.webhooks().notify(refusal(candidate, result))
        changed = changed_pairs(stored, current.policy, candidate.policy)
        return Checked(result, changed, current.policy, candidate.policy)

    content = sorted(dataset.content_hash for dataset in datasets)
    versions = [(case.id, case.version) for case in cases]
    return resources.jobs().submit(f"gate {current.id} {candidate.id} {hash((*content, *versions))}", work)


def refusal(candidate: StoredPolicy, result: GateResult) -> Event:
    """The event that tells of a gate that did not let a policy pass."""
    facts = {"policy": f"{candidate.name} v{candidate.version}", "id": candidate.id}
    return Event(GATE_REFUSED, {**facts, "lost": len(result.lost), "broken": len(result.broken)})


def cases_frame(cases: tuple[BadCase, ...]) -> pd.DataFrame:
    """Bad cases as the gate takes them, without scores."""
    rows = [(case.id, case.text_a, case.text_b, case.domain, case.expected) for case in cases]
    return pd.DataFrame(rows, columns=[CASE_ID, TEXT_A, TEXT_B, DOMAIN, EXPECTED])


def stored_pairs(
    datasets: tuple[Dataset, ...], current: Policy, candidate: Policy
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Pairs of the domains that both know, at most PER_DOMAIN each, drawn at random; and how many there are."""
    known = set(current.domains) & set(candidate.domains)
    wanted = [dataset for dataset in datasets if known & set(dataset.domains)]
    columns = [TEXT_A, TEXT_B, DOMAIN]
    frames = [resources.store().datasets.frame(dataset.id)[columns] for dataset in wanted]
    together = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns, dtype="str")
    together = together[together[DOMAIN].isin(known)].drop_duplicates(ignore_index=True)
    totals = {str(name): len(rows) for name, rows in together.groupby(DOMAIN)}
    parts = [rows.sample(min(len(rows), PER_DOMAIN), random_state=0) for _, rows in together.groupby(DOMAIN)]
    return pd.concat(parts, ignore_index=True) if parts else together, totals


def _fill_seen(texts: pd.DataFrame, cases: tuple[BadCase, ...], current: Policy, candidate: Policy) -> None:
    """A case keeps the score that it was reported with, where that came from a policy's own model."""
    for column, policy in ((SCORE_CURRENT, current), (SCORE_CANDIDATE, candidate)):
        found = texts[column].to_numpy(dtype=np.float64).copy()
        for row, case in enumerate(cases):
            own = case.fingerprint is not None and case.fingerprint == policy.fingerprint
            if own and case.score is not None and np.isnan(found[row]):
                found[row] = case.score
        texts[column] = found


def changed_pairs(stored: pd.DataFrame, current: Policy, candidate: Policy) -> pd.DataFrame:
    """The stored pairs whose tier changes."""
    parts: list[pd.DataFrame] = []
    for domain, rows in stored.groupby(DOMAIN):
        before, after = (policy.domains[str(domain)].thresholds for policy in (current, candidate))
        scored: pd.DataFrame = rows.dropna(subset=[SCORE_CURRENT, SCORE_CANDIDATE]).copy()
        scored[TIER_A] = assign_rows(scored, before, SCORE_CURRENT)
        scored[TIER_B] = assign_rows(scored, after, SCORE_CANDIDATE)
        parts.append(scored.loc[scored[TIER_A] != scored[TIER_B]])
    columns = [TEXT_A, TEXT_B, DOMAIN, SCORE_CURRENT, SCORE_CANDIDATE, TIER_A, TIER_B]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
