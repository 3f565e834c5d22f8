"""By which policy bad cases are looked for, and whether it was fitted on the very pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from calibration.fitting.fit import FitSettings
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import Dataset, PolicySource, StoredPolicy
from dashboard import resources, state
from dashboard.components.review.find import run
from dashboard.components.shared.saved_policies import judges, title
from dashboard.i18n import escaped, naming, t

Asked = tuple[StoredPolicy | None, FitSettings | None]
PUBLISHED_ONLY: Final = ""


def judge_by(options: ScoringOptions, datasets: Sequence[Dataset]) -> Asked:
    """The policy, and what to fit again in every fold if it was fitted on these pairs."""
    saved = {stored.id: stored for stored in resources.store().policies.list() if judges(stored.policy, options)}
    current = resources.store().policies.current()
    choices = [*sorted(saved, key=lambda key: current is None or key != current.id), PUBLISHED_ONLY]
    if state.get(state.FIND_POLICY) not in (None, *choices):
        state.drop(state.FIND_POLICY)
    chosen = st.selectbox(
        t("Judge by"),
        choices,
        key=state.FIND_POLICY,
        persist_state="session",
        format_func=naming(choices, lambda key: title(saved[key]) if key else t("Published thresholds")),
        width=360,
    )
    policy = saved.get(chosen or PUBLISHED_ONLY)
    return policy, None if policy is None else _refit(policy, datasets)


def _refit(policy: StoredPolicy, datasets: Sequence[Dataset]) -> FitSettings | None:
    """Whether to fit again without the pairs that are judged."""
    settings = run.fit_settings(policy.policy)
    if settings is None:
        st.caption(
            t(
                "This policy's own thresholds are used. If they were fitted on these pairs, fewer cases are "
                "found than there are."
            )
        )
        return None
    known = fitted_on(policy.sources, datasets)
    if known is not None:
        st.caption(_known_words(known))
        return settings if known else None
    asked = st.checkbox(
        t("The policy was fitted on these pairs: judge each by a fit that has not seen its texts"),
        True,
        key=state.FIND_REFIT,
        persist_state="session",
        help=t("Thresholds look too good on the pairs they were fitted on, so their mistakes would stay hidden."),
    )
    return settings if asked else None


def fitted_on(sources: Sequence[PolicySource], datasets: Sequence[Dataset]) -> tuple[str, ...] | None:
    """The names of those datasets that a policy was fitted on, by dataset or content; () where it was on none.

    None where that cannot be told: it is not known on what, or a dataset was made of others, or others of it, so
    that pairs may be shared under another name.
    """
    if not sources:
        return None
    keys, hashes = {source.dataset_id for source in sources}, {source.content_hash for source in sources}
    shared = tuple(one.name for one in datasets if one.id in keys or one.content_hash in hashes)
    if shared:
        return shared
    derived = any(origin_ids(number) for number in {*keys, *(one.id for one in datasets)})
    return None if derived else ()


def origin_ids(dataset_id: int) -> set[int]:
    """The datasets whose rows one was made of."""
    events = resources.store().datasets.history(dataset_id)
    return {int(part["id"]) for event in events for part in event.detail.get("from", ())}


def _known_words(names: Sequence[str]) -> str:
    """What the store knows of the pairs that a policy was fitted on, and what is done about it."""
    if not names:
        return t("The policy was fitted on other datasets, so its own thresholds judge these pairs.")
    return t(
        "The policy was fitted on {names}: each pair is judged by a fit that has not seen its texts, because "
        "thresholds look too good on the pairs they were fitted on.",
        names=t(", ").join(escaped(name) for name in names),
    )
