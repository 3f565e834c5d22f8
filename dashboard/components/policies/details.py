"""One policy in full: what it was fitted on, what was asked, its note, its history."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.certificates.sampling import FITS, REUSED, Sampling
from calibration.errors import N_
from calibration.store import Publication, StoredPolicy
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, offer_undo
from dashboard.components.policies.asked import in_words
from dashboard.components.shared import cost_shown
from dashboard.components.shared.cost_presets import policy_costs
from dashboard.i18n import escaped, moment, t, tn

ACTION_NAMES: Final = {
    "publish": N_("put into use"),
    "override": N_("published despite failed checks"),
    "rollback": N_("put back in use by a rollback"),
    "reinstate": N_("put back in use: the rollback was undone"),
}


def details(stored: StoredPolicy) -> None:
    """Data and settings on the left, note and history on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        _data(stored)
        st.markdown(f"**{t('Settings')}**")
        costs = policy_costs(stored.policy)
        told = {FITS} if costs is None else {FITS, "costs"}  # what this page tells elsewhere
        for line in in_words({name: value for name, value in stored.policy.settings.items() if name not in told}):
            st.caption(line)
        if costs is not None:
            st.markdown(f"**{t('What mistakes cost here')}**")
            kinds = {kind for domain in stored.policy.domains.values() for kind in domain.kinds}
            cost_shown.show(costs, sorted(kinds))
        fingerprint = stored.policy.fingerprint or t("bound to no model")
        st.caption(t("Model fingerprint: {fingerprint}", fingerprint=escaped(fingerprint)))
    with right:
        _note(stored)
        st.markdown(f"**{t('History')}**")
        entries = [e for e in resources.store().policies.publications(stored.name) if e.policy_id == stored.id]
        for entry in entries:
            st.caption(history_line(entry))
        if not entries:
            st.caption(t("Never in use."))


def _data(stored: StoredPolicy) -> None:
    """The datasets behind it."""
    st.markdown(f"**{t('Fitted on')}**")
    for source in stored.sources:
        name = t("{name} v{version}", name=escaped(source.name), version=source.version)
        rows = tn("{count} pair", "{count} pairs", source.rows)
        st.caption(f"{name} · {rows} · {source.content_hash[:12]}")
    if not stored.sources:
        st.caption(t("Not recorded: the policy is from an older version, or from a file."))
    fits = Sampling.of(stored.policy.settings).fits
    if fits > 1:
        st.warning(t(REUSED, fits=fits), icon=":material/replay:")


def history_line(entry: Publication) -> str:
    """A publication in a line."""
    when = moment(entry.at)
    who = escaped(entry.actor) if entry.actor else t("somebody")
    said = f"{when} · {who} · {t(ACTION_NAMES[entry.action])}"
    return said + (f" · {t('reason: {reason}', reason=escaped(entry.reason))}" if entry.reason else "")


def _note(stored: StoredPolicy) -> None:
    """The note, to read and to change."""
    note = st.text_area(t("Note"), stored.note, key=f"note_{stored.id}_{stored.edits}", height=80)
    st.button(
        t("Save note"),
        key=f"note_save_{stored.id}",
        disabled=(note or "") == stored.note,
        on_click=_save_note,
        args=(stored,),
    )


@attempting
def _save_note(stored: StoredPolicy) -> None:
    """Keep the note, as a callback, with a way back."""
    note = str(state.get(f"note_{stored.id}_{stored.edits}") or "")
    changed = resources.store().policies.update_note(stored.id, note, actor=actor(), edits=stored.edits)
    offer_undo(t("The note is changed."), _put_back, stored.id, stored.note, changed.edits)


def _put_back(policy_id: str, note: str, edits: int) -> None:
    resources.store().policies.update_note(policy_id, note, actor=actor(), edits=edits)
