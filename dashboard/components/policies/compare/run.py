"""Two versions to compare, and the job that compares them on the same labelled pairs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN
from calibration.comparison.compare_policies import compare_policies
from calibration.comparison.result import Comparison
from calibration.decide import scoring_options
from calibration.pairs import deduplicate
from calibration.policies.policy import DomainPolicy, Policy
from calibration.policies.tiers import PUBLISHED, PUBLISHED_SHOWN
from calibration.scoring.score_pairs import ScoringOptions, score_pairs
from calibration.store import Dataset, StoredPolicy
from dashboard import resources, state
from dashboard.components.review.find.ask import fitted_on
from dashboard.components.shared.saved_policies import fits_model, title
from dashboard.i18n import escaped, naming, t
from dashboard.jobs.queue import Progress

PUBLISHED_KEY: Final = "published"


@dataclass(frozen=True)
class Side:
    """One side of a comparison; `policy` None stands for the published thresholds."""

    name: str
    policy: Policy | None


@dataclass(frozen=True)
class Compared:
    """What a comparison job returns. left_out: domains of the pairs that a policy does not know."""

    comparison: Comparison
    left_out: tuple[str, ...]


def sides(saved: Sequence[StoredPolicy]) -> tuple[Side, Side]:
    """The two versions, as the user chooses them: at first the published thresholds against the newest policy."""
    keys = [PUBLISHED_KEY, *(stored.id for stored in saved)]
    policies = {stored.id: stored for stored in saved}

    def name(key: str) -> str:
        published = t("Published thresholds {published}", published=PUBLISHED_SHOWN)
        return title(policies[key]) if key in policies else published

    left, right = st.columns(2, gap="medium")
    chosen = []
    for place, label, key, first in (
        (left, t("Version A"), state.VERSION_A, 0),
        (right, t("Version B"), state.VERSION_B, 1),
    ):
        if state.get(key) not in keys:
            state.drop(key)
        picked = place.selectbox(
            label, keys, index=first, format_func=naming(keys, name), key=key, persist_state="session"
        )
        stored = policies.get(str(picked))
        chosen.append(Side(_short(stored), stored.policy if stored else None))
    return chosen[0], chosen[1]


def _short(stored: StoredPolicy | None) -> str:
    """A side's name within sentences."""
    return t("{name} v{version}", name=stored.name, version=stored.version) if stored else t("Published")


def ready(pair: tuple[Side, Side], datasets: Sequence[Dataset]) -> bool:
    """Whether the two can be compared here; where not, says why."""
    if pair[0] == pair[1]:
        st.info(t("Choose two different versions."), icon=":material/compare:")
        return False
    fitting = [fits_model(side.policy) for side in pair if side.policy is not None]
    if not all(fitting):
        return False
    if not shared_domains(pair, [domain for dataset in datasets for domain in dataset.domains]):
        st.info(t("No domain of these datasets has thresholds in both versions."), icon=":material/compare:")
        return False
    return True


def warn_of_own_pairs(pair: tuple[Side, Side], datasets: Sequence[Dataset]) -> None:
    """Say before anything else where a side was fitted on the pairs that are to judge it."""
    for stored in resources.store().policies.list():
        if not any(side.policy == stored.policy for side in pair):
            continue
        if names := fitted_on(stored.sources, datasets):
            st.warning(
                t(
                    "**{policy}** was fitted on {names}. A policy does better on the pairs it was fitted on, so "
                    "this comparison favours it: choose pairs that neither has seen.",
                    policy=escaped(_short(stored)),
                    names=t(", ").join(escaped(name) for name in names),
                ),
                icon=":material/warning:",
            )


def shared_domains(pair: tuple[Side, Side], domains: Iterable[str]) -> set[str]:
    """Which of these domains both sides know; the published thresholds know all."""
    policies = [side.policy for side in pair if side.policy is not None]
    return {domain for domain in domains if all(domain in policy.domains for policy in policies)}


def key(datasets: Sequence[Dataset], pair: tuple[Side, Side]) -> str:
    """The job's key: whatever its result depends on."""
    hashes = sorted(dataset.content_hash for dataset in datasets)
    ids = [side.policy.to_json() if side.policy else PUBLISHED_KEY for side in pair]
    return f"compare {hashes} {ids}"


def start(datasets: Sequence[Dataset], pair: tuple[Side, Side], confidence: float = DEFAULT_CONFIDENCE) -> str:
    """Queue the comparison; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()
    known = next(side.policy for side in pair if side.policy is not None)
    options = [scoring_options(side.policy or known) for side in pair]

    def work(progress: Progress, cancel: threading.Event) -> Compared:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        kept, left_out = _shared(deduplicate(pairs)[0], pair)

        def score(how: ScoringOptions) -> pd.DataFrame:
            return score_pairs(kept, encoder, how, progress=progress, cancel=cancel)

        first = score(options[0])
        second = first if options[1] == options[0] else score(options[1])
        a, b = (_named(side, kept) for side in pair)
        return Compared(compare_policies(a, b, first, second, confidence=confidence), left_out)

    return resources.jobs().submit(key(datasets, pair), work)


def _shared(pairs: pd.DataFrame, pair: tuple[Side, Side]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The pairs of the domains that both sides know, and the other domains' names."""
    known = shared_domains(pair, map(str, pairs[DOMAIN].unique()))
    inside = pairs[DOMAIN].isin(known)
    return pairs[inside].reset_index(drop=True), tuple(sorted(set(map(str, pairs[DOMAIN][~inside]))))


def _named(side: Side, pairs: pd.DataFrame) -> Policy:
    """The side's policy under its name; the published thresholds as a policy of all domains."""
    if side.policy is not None:
        return replace(side.policy, name=side.name)
    return Policy({domain: DomainPolicy(PUBLISHED) for domain in pairs[DOMAIN].unique()}, name=side.name)
