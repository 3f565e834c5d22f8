"""Saved policies: which one is in use, publish, roll back, download."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_
from calibration.store import StoredPolicy
from dashboard import resources
from dashboard.components.guard import guarded
from dashboard.components.notices import attempting, say
from dashboard.components.policies import as_json
from dashboard.components.tables import page_of
from dashboard.components.tiers import percent, threshold
from dashboard.i18n import escaped, t, tier_name

STATUS_NAMES: Final = {
    "draft": N_("saved"),
    "published": N_("in use"),
    "retired": N_("replaced"),
    "withdrawn": N_("withdrawn"),
}
STATUS_COLORS: Final = {"published": "green"}


def listing() -> None:
    """All saved policies, newest first."""
    saved = resources.store().policies.list()
    st.subheader(t("Saved policies"), anchor=False)
    if not saved:
        st.info(
            t("No policy is saved yet. Run a calibration above and save what comes out."), icon=":material/inbox:"
        )
        return
    place = st.container()
    rows = page_of(len(saved), "policies_page", 8)
    with place:
        for stored in saved[rows]:
            with guarded():
                _entry(stored)


def _entry(stored: StoredPolicy) -> None:
    """One policy: status, what it promises, what can be done with it."""
    policy = stored.policy
    with st.container(border=True, key=f"policy_{stored.id}"):
        left, middle, right = st.columns([2.4, 4, 2], vertical_alignment="center")
        with left:
            color = STATUS_COLORS.get(stored.status, "gray")
            name = t("{name} v{version}", name=escaped(stored.name), version=stored.version)
            st.markdown(f"**{name}** :{color}-badge[{t(STATUS_NAMES[stored.status])}]")
            when = stored.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
            st.caption(f"{when} · {escaped(policy.model or t('no model'))}")
        with middle:
            for domain in list(policy.domains)[:6]:
                st.caption(_line(stored, domain))
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            if stored.status != "published":
                again = stored.published_at is not None
                st.button(
                    t("Use again") if again else t("Publish"),
                    key=f"publish_{stored.id}",
                    icon=":material/history:" if again else ":material/publish:",
                    on_click=_publish,
                    args=(stored,),
                )
            st.download_button(
                "",
                as_json(policy),
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
    thresholds = policy.domain(domain).thresholds
    shown = [
        f"{tier_name(tier)} {threshold(value)}"
        for tier in THRESHOLD_TIERS
        if (value := thresholds.get(tier)) is not None and value > -1
    ]
    promised = policy.settings.get("precision")
    target = f" · {t('precision')} ≥ {percent(float(promised), 0)}" if promised else ""
    return f"**{escaped(domain)}** {' · '.join(shown) or t('no tier available')}{target}"


@attempting
def _publish(stored: StoredPolicy) -> None:
    """Put a version in force, as a callback."""
    resources.store().policies.publish(stored.id)
    say(t("Published “{name}” v{version}.", name=escaped(stored.name), version=stored.version))
