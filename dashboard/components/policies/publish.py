"""Publishing through the gate: the check, what it found, and the reason given for overriding it."""

from __future__ import annotations

import streamlit as st

from calibration.policies.gate_result import GateResult
from calibration.store import StoredPolicy
from dashboard import resources, state
from dashboard.actor import named_actor
from dashboard.components.frame import progress
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import attempting, offer_undo, say
from dashboard.components.policies import gate_result
from dashboard.i18n import escaped, t
from dashboard.jobs import gate as gating


@attempting
def ask(stored: StoredPolicy) -> None:
    """Start publishing a version, as a callback."""
    begin(stored)


def begin(stored: StoredPolicy) -> None:
    """Publish at once where nothing is in use; else start the gate, whose dialog opens on the next run."""
    named_actor()
    opponent = resources.store().policies.opponent(stored.id)
    if opponent is None:
        publish(stored, None, "")
        return
    progress.remember(state.GATE_JOB, gating.start(opponent, stored))
    state.put(state.GATE_FOR, stored.id)
    state.drop(state.GATE_REASON, state.GATE_UNSAID)


def publish(stored: StoredPolicy, gate: GateResult | None, reason: str) -> None:
    """Put a version in use, and offer the way back where there is one."""
    policies = resources.store().policies
    before = policies.current()
    policies.publish(stored.id, gate, reason=reason, actor=named_actor())
    text = t("Published “{name}” v{version}.", name=escaped(stored.name), version=stored.version)
    say(text)
    if before is not None and before.id != stored.id:
        offer_undo(text, _roll_back, stored.name)


def _roll_back(name: str) -> None:
    resources.store().policies.rollback(name, actor=named_actor())


def _close() -> None:
    """Forget the version that was to be published, as a callback."""
    state.drop(state.GATE_FOR, state.GATE_REASON, state.GATE_UNSAID)
    progress.forget(state.GATE_JOB)


def dialog() -> None:
    """The dialog, while a version is to be published; every page that can ask for it shows it."""
    if state.get(state.GATE_FOR) is not None:
        st.dialog(t("Publish a policy"), width="large", on_dismiss=_close)(_body)()


@guarding
def _body() -> None:
    """Inside the dialog: progress, then what was found, then the choice."""
    wanted = state.get(state.GATE_FOR)
    if wanted is None:
        st.rerun()
    policies = resources.store().policies
    stored, opponent = policies.get(wanted), policies.opponent(wanted)
    if opponent is not None:
        names = [t("{name} v{version}", name=escaped(p.name), version=p.version) for p in (stored, opponent)]
        st.markdown(t("**{new}** would replace **{old}**.", new=names[0], old=names[1]))
    finished = progress.follow(state.GATE_JOB, t("Checking"))
    if finished is None:
        return
    checked: gating.Checked = resources.jobs().result(finished.id)
    gate_result.show(checked)
    _choose(stored, checked.result)


def _choose(stored: StoredPolicy, found: GateResult) -> None:
    """Publish, or publish against the gate with a reason."""
    reason = ""
    if not found.passed:
        reason = st.text_area(
            t("Why publish it anyway?"),
            key=state.GATE_REASON,
            height=80,
            placeholder=t("The reason is kept in the history."),
        )
        if state.get(state.GATE_UNSAID) and not reason.strip():
            st.warning(t("Give a reason first; your colleagues will read it."), icon=":material/edit_note:")
    label = t("Publish") if found.passed else t("Publish anyway")
    arguments = (stored, found)
    # Never disabled for want of a reason: what is being typed arrives with the very press.
    st.button(
        label, key="gate_publish", type="primary", icon=":material/publish:", on_click=_publish, args=arguments
    )


@attempting
def _publish(stored: StoredPolicy, found: GateResult) -> None:
    """Publish after the gate, as a callback."""
    reason = str(state.get(state.GATE_REASON) or "")
    if not found.passed and not reason.strip():
        state.put(state.GATE_UNSAID, True)
        return
    _close()
    publish(stored, found, reason)
