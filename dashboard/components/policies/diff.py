"""Two versions beside each other: thresholds by domain, and how many stored pairs change their tier."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from calibration.columns import THRESHOLD_TIERS, shown_tier
from calibration.policies.policy import Policy
from calibration.store import StoredPolicy
from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.frame.notices import attempting
from dashboard.components.policies import gate_result
from dashboard.components.shared.saved_policies import title
from dashboard.components.shared.tiers import badge, threshold
from dashboard.i18n import escaped, naming, t
from dashboard.jobs import gate as gating


def diff(saved: Sequence[StoredPolicy]) -> None:
    """Choose two, see what differs."""
    if len(saved) < 2:
        st.caption(t("Save a second version to see here what differs."))
        return
    known = {stored.id: stored for stored in saved}
    used = next((stored.id for stored in saved if stored.status == "published"), saved[-1].id)
    left, right = st.columns(2, gap="medium")
    with left:
        first = _choose(t("Version A"), state.DIFF_A, known, used)
    with right:
        second = _choose(t("Version B"), state.DIFF_B, known, next(key for key in known if key != used))
    if first.id == second.id:
        st.info(t("Choose two different versions."), icon=":material/compare:")
        return
    st.table(thresholds_table(first.policy, second.policy), border="horizontal", hide_index=True)
    st.button(
        t("Count stored pairs that change"),
        key="diff_go",
        icon=":material/swap_vert:",
        on_click=_start,
        args=(first, second),
    )
    finished = progress.follow(state.DIFF_JOB, t("Checking"))
    if finished is not None:
        checked: gating.Checked = resources.jobs().result(finished.id)
        if (checked.result.current_id, checked.result.candidate_id) == (first.id, second.id):
            gate_result.moves(checked)


def _choose(label: str, key: str, known: dict[str, StoredPolicy], first: str) -> StoredPolicy:
    """One of the versions."""
    if state.get(key) not in known:
        state.drop(key)
    names = naming(known, lambda each: title(known[each]))
    keys = list(known)
    picked = st.selectbox(label, keys, keys.index(first), format_func=names, key=key, persist_state="session")
    return known[str(picked)]


@attempting
def _start(first: StoredPolicy, second: StoredPolicy) -> None:
    """Queue the count, as a callback."""
    progress.remember(state.DIFF_JOB, gating.start(first, second))


def thresholds_table(first: Policy, second: Policy) -> pd.DataFrame:
    """Every threshold of both, by domain; a dash where there is none."""
    rows = []
    for domain in sorted({*first.domains, *second.domains}):
        both = [policy.domains[domain] for policy in (first, second) if domain in policy.domains]
        binary = any(entry.binary for entry in both)
        for tier in THRESHOLD_TIERS:
            values = [_threshold(policy, domain, tier) for policy in (first, second)]
            if values == [None, None]:
                continue
            known = [value for value in values if value is not None]
            change = f"{known[1] - known[0]:+.3f}" if len(known) == 2 else ""
            row = {t("Domain"): escaped(domain), t("Tier"): badge(shown_tier(tier, binary))}
            rows.append(row | {"A": threshold(values[0]), "B": threshold(values[1]), t("B minus A"): change})
    return pd.DataFrame(rows)


def _threshold(policy: Policy, domain: str, tier: str) -> float | None:
    return policy.domains[domain].thresholds.get(tier) if domain in policy.domains else None
