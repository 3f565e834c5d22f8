"""One step back: the version that was in use before, after a question and with a way back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calibration.store import StoredPolicy
from dashboard import resources
from dashboard.actor import named_actor
from dashboard.components.frame.notices import attempting, offer_undo
from dashboard.i18n import escaped, t


def can_roll_back(stored: StoredPolicy, saved: Sequence[StoredPolicy]) -> bool:
    """Whether `stored` is in use and replaced another, of its name or not."""
    return stored.status == "published" and any(other.status == "retired" for other in saved)


def rollback_button(stored: StoredPolicy, saved: Sequence[StoredPolicy]) -> None:
    """Ask, then roll back."""
    before = max((other for other in saved if other.status == "retired"), key=lambda other: other.publication or 0)
    name = t("{name} v{version}", name=escaped(before.name), version=before.version)
    with st.popover(t("Roll back"), icon=":material/undo:"):
        st.markdown(t("Withdraw this version and put back **{name}**, which it replaced?", name=name))
        st.button(
            t("Yes, roll back"),
            key=f"rollback_{stored.id}",
            type="primary",
            on_click=_roll_back,
            args=(stored,),
        )


@attempting
def _roll_back(stored: StoredPolicy) -> None:
    """Roll back, as a callback, with a way back."""
    policies = resources.store().policies
    back = policies.rollback(stored.name, actor=named_actor())
    text = t("Rolled back to “{name}” v{version}.", name=escaped(back.name), version=back.version)
    offer_undo(text, _reinstate, stored.id)


def _reinstate(policy_id: str) -> None:
    resources.store().policies.reinstate(policy_id, actor=named_actor())
