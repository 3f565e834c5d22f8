"""From which score on two texts count as the same: by a saved policy, or by a number of the user's own."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.cli.corpus_options import SOURCES
from calibration.columns import shown_lines
from calibration.corpus.threshold import Threshold, from_policy, manual, without_policy
from calibration.errors import BadArgument
from calibration.scoring.score_pairs import ScoringOptions
from calibration.stats.formatting import threshold
from calibration.store import StoredPolicy
from dashboard import resources, state
from dashboard.components.shared import scoring_options
from dashboard.components.shared.saved_policies import judges, title
from dashboard.i18n import naming, t, tier_name

OWN: Final = ""
STEP: Final = 0.005
START: Final = 0.95


def choose(key: str) -> Threshold | None:
    """The threshold that the page works with; None where the chosen policy has none."""
    saved = _usable()
    choices = [*saved, OWN]
    if state.get(f"{key}_policy") not in (None, *choices):
        state.drop(f"{key}_policy")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("Same meaning by"),
            choices,
            key=f"{key}_policy",
            persist_state="session",
            format_func=naming(choices, lambda one: title(saved[one]) if one else t("a threshold of my own")),
            width=320,
        )
        if chosen:
            return _of_policy(key, saved[str(chosen)])
        value = st.slider(
            t("Threshold"), 0.5, 1.0, _start(), STEP, format="%.3f", key=f"{key}_own", persist_state="session"
        )
    options = scoring_options.choose(f"{key}_segments", f"{key}_punctuation")
    st.caption(
        t(
            ":material/info: Not calibrated: the same number means different things for different kinds of "
            "texts. Calibrate on labelled pairs and choose the policy here."
        )
    )
    return manual(float(value), options)


def _start() -> float:
    """Where the slider begins."""
    try:
        return without_policy(resources.encoder()).value
    except BadArgument:
        return START


def _usable() -> dict[str, StoredPolicy]:
    """Saved policies that fit the model, the one in use first."""
    from calibration.decide import scoring_options as of_policy

    current = resources.store().policies.current()
    found = {}
    for stored in resources.store().policies.list():
        options: ScoringOptions = of_policy(stored.policy)
        if judges(stored.policy, options):
            found[stored.id] = stored
    first = current.id if current else ""
    return dict(sorted(found.items(), key=lambda item: item[0] != first))


def _of_policy(key: str, stored: StoredPolicy) -> Threshold | None:
    """A policy's threshold in one of its domains."""
    policy = stored.policy
    domains = list(policy.domains)
    if state.get(f"{key}_domain") not in (None, *domains):
        state.drop(f"{key}_domain")
    domain = st.selectbox(t("Domain"), domains, key=f"{key}_domain", persist_state="session", width=200)
    thresholds = policy.domain(domain).thresholds
    lines = shown_lines(policy.domain(domain).binary)
    tiers = [tier for tier in lines if thresholds.get(tier) is not None]
    if not tiers:
        st.warning(t("This policy has no threshold in this domain."), icon=":material/block:")
        return None
    if state.get(f"{key}_tier") not in (None, *tiers):
        state.drop(f"{key}_tier")
    tier = st.selectbox(
        t("Tier"),
        tiers,
        key=f"{key}_tier",
        format_func=naming(tiers, lambda tier: tier_name(policy.shown(tier, domain))),
        persist_state="session",
        width=160,
    )
    return from_policy(policy, resources.encoder(), domain, str(tier))


def words(found: Threshold) -> str:
    """A threshold and where it comes from."""
    return t("threshold {value}, {source}", value=threshold(found.value), source=t(SOURCES[found.source]))
