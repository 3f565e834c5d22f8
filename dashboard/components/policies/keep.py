"""A policy that came out of a calibration: named, saved, published, downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from calibration.calibrate import CalibrationRun
from calibration.columns import LABEL
from calibration.fitting.sentences import ON_SAMPLES
from calibration.policies.policy import Policy
from calibration.store import PolicySource
from dashboard import resources, roles, state
from dashboard.actor import actor
from dashboard.components.frame import progress
from dashboard.components.frame.notices import attempting, say
from dashboard.components.frame.presentation import controls
from dashboard.components.policies import publish as policy_publish
from dashboard.components.shared import tables
from dashboard.components.shared.saved_policies import as_json
from dashboard.i18n import escaped, t


def keep(run: CalibrationRun, on_samples: bool, sources: Sequence[PolicySource] = ()) -> None:
    """Name, save and download the policy that came out."""
    if on_samples:
        st.warning(t(ON_SAMPLES), icon=":material/science:")
    form(run.policy, run.scored, sources)


def form(policy: Policy, scored: pd.DataFrame, sources: Sequence[PolicySource] = ()) -> None:
    """Name, save, publish and download a policy, and the pairs that it rests on, from these `sources`."""
    with controls("keep"), st.container(border=True):
        st.markdown(t("**Keep this policy**"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(
                t("Name of the policy"),
                value=t("policy"),
                key=state.POLICY_NAME,
                persist_state="session",
                width=280,
            )
            named = replace(policy, name=(name or "").strip() or "policy")
            st.button(
                t("Save"),
                key="policy_save",
                icon=":material/save:",
                type="primary",
                on_click=_save,
                args=(named, sources, False),
                disabled=progress.stale() or not roles.allowed(roles.WORK),
            )
            st.button(
                t("Save and publish"),
                key="policy_publish",
                icon=":material/publish:",
                on_click=_save,
                args=(named, sources, True),
                disabled=progress.stale() or not roles.allowed(roles.PUBLISH),
                help=t("From then on, the compare page and the API use it."),
            )
            st.download_button(
                t("Download JSON"),
                as_json(named),
                "policy.json",
                "application/json",
                key="policy_download",
                icon=":material/download:",
                on_click="ignore",
            )
            st.download_button(
                t("Download scored pairs"),
                lambda: tables.csv_bytes(whole_labels(scored)),
                "scored.csv",
                "text/csv",
                key="scored_download",
                icon=":material/download:",
                on_click="ignore",
            )
    policy_publish.dialog()


def whole_labels(scored: pd.DataFrame) -> pd.DataFrame:
    """The pairs, with labels that are whole numbers written as such: 3, not 3.0."""
    known = scored[LABEL].dropna()
    return scored.assign(**{LABEL: scored[LABEL].astype("Int64")}) if (known == known.round()).all() else scored


@attempting
def _save(policy: Policy, sources: Sequence[PolicySource], publish: bool) -> None:
    """Save, and begin to publish if asked, as a callback."""
    name = str(state.get(state.POLICY_NAME) or policy.name).strip() or policy.name
    stored = resources.store().policies.save(replace(policy, name=name), sources=sources, actor=actor())
    say(t("Saved “{name}” v{version}.", name=escaped(stored.name), version=stored.version))
    if publish:
        policy_publish.begin(stored)
