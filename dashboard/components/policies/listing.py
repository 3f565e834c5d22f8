"""Saved policies: which one is in use, publish, roll back, download."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from calibration.columns import (
    DIFFERENT,
    LOWEST_SCORE,
    MERGE,
    PERSON,
    SAME,
    THRESHOLD_TIERS,
    UNRELATED,
    lowest_line,
)
from calibration.errors import N_
from calibration.fitting.sentences import bound
from calibration.policies.policy import DomainPolicy, Policy
from calibration.stats.formatting import DASH, asked_percent
from calibration.store import StoredPolicy
from dashboard import resources, roles, state
from dashboard.components.frame import navigation
from dashboard.components.frame.guard import guarded
from dashboard.components.policies import publish
from dashboard.components.policies.details import details
from dashboard.components.policies.rollback import can_roll_back, rollback_button
from dashboard.components.shared.saved_policies import as_json
from dashboard.components.shared.tables import page_of
from dashboard.components.shared.tiers import limit, percent
from dashboard.i18n import escaped, moment, t, tier_name, tn

STATUS_NAMES: Final = {
    "draft": N_("saved"),
    "published": N_("in use"),
    "retired": N_("replaced"),
    "withdrawn": N_("withdrawn"),
}
SHOWN: Final = 6
"""Domains of a policy that the list shows."""
STATUS_COLORS: Final = {"published": "green", "draft": "blue", "withdrawn": "orange"}


def listing() -> None:
    """All saved policies, newest first."""
    saved = resources.store().policies.list()
    if not saved:
        st.info(t("No policy is saved yet. Run a calibration and save its result."), icon=":material/inbox:")
        navigation.link("calibrate/fit", label=t("Calibrate on your data"), icon=":material/verified:")
        return
    place = st.container()
    rows = page_of(len(saved), state.POLICIES_PAGE, 8)
    with place:
        for stored in saved[rows]:
            with guarded():
                _entry(stored, saved)


def _entry(stored: StoredPolicy, saved: Sequence[StoredPolicy]) -> None:
    """One policy: status, what it promises, what can be done with it."""
    policy = stored.policy
    with st.container(border=True, key=f"policy_{stored.id}"):
        left, middle, right = st.columns([2.4, 4, 2.2], vertical_alignment="center")
        with left:
            color = STATUS_COLORS.get(stored.status, "gray")
            name = t("{name} v{version}", name=escaped(stored.name), version=stored.version)
            st.markdown(f"**{name}** :{color}-badge[{t(STATUS_NAMES[stored.status])}]")
            when = moment(stored.created_at)
            who = escaped(stored.saved_by) if stored.saved_by else t("somebody")
            st.caption(f"{when} · {who} · {escaped(policy.model or t('no model'))}")
            if stored.note:
                st.caption(escaped(stored.note))
        with middle:
            for domain in list(policy.domains)[:SHOWN]:
                st.caption(_line(stored, domain))
            if len(policy.domains) > SHOWN:
                rest = len(policy.domains) - SHOWN
                st.caption(tn("and {count} more domain", "and {count} more domains", rest))
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            _actions(stored, saved)
        with st.expander(t("Details"), icon=":material/info:"):
            details(stored)


def _actions(stored: StoredPolicy, saved: Sequence[StoredPolicy]) -> None:
    """Publish or roll back, and download."""
    if stored.status != "published":
        again = stored.published_at is not None
        st.button(
            t("Use again") if again else t("Publish"),
            key=f"publish_{stored.id}",
            icon=":material/history:" if again else ":material/publish:",
            on_click=publish.ask,
            args=(stored,),
            disabled=not roles.allowed(roles.PUBLISH),
        )
    elif can_roll_back(stored, saved) and roles.allowed(roles.PUBLISH):
        rollback_button(stored, saved)
    st.download_button(
        "",
        as_json(stored.policy),
        f"{stored.name}-v{stored.version}.json",
        "application/json",
        key=f"download_{stored.id}",
        icon=":material/download:",
        help=t("Download JSON"),
        on_click="ignore",
    )


def _line(stored: StoredPolicy, domain: str) -> str:
    """One domain's thresholds in a line."""
    policy = stored.policy
    shown = " · ".join(lines(policy.domain(domain)))
    return f"**{escaped(domain)}** {shown or t('no tier available')}{_target(policy)}"


def lines(entry: DomainPolicy) -> list[str]:
    """Where each tier of a domain begins; with binary labels, what can merge, what is different, and the rest."""
    if entry.binary:
        same, below = entry.thresholds.get(SAME), lowest_line(entry.thresholds)
        known = [(MERGE, bound(SAME, same)), (DIFFERENT, bound(UNRELATED, below))]
        return [_named(word, at) for word, at in known] + [t("otherwise {tier}", tier=tier_name(PERSON))]
    return [
        _named(tier, bound(tier, value))
        for tier in THRESHOLD_TIERS
        if ((value := entry.thresholds.get(tier)) is None and tier in entry.certificates)
        or (value is not None and value > LOWEST_SCORE)
    ]


def _named(tier: str, at: str) -> str:
    """Where a tier begins; that nothing is ever given it, where nothing is."""
    return t("{tier}: none", tier=tier_name(tier)) if at == DASH else f"{tier_name(tier)} {at}"


def _target(policy: Policy) -> str:
    """What the fit was asked to promise, where the policy says so; settings may come from anybody's file."""
    rate, precision = policy.settings.get("fpr"), policy.settings.get("precision")
    if isinstance(rate, float):
        return f" · {t('false positive rate')} {limit('≤', percent(rate, 1))}"
    return f" · {t('precision')} {limit('≥', asked_percent(precision))}" if isinstance(precision, float) else ""
