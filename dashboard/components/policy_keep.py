"""A policy that came out of a calibration: named, saved, published, downloaded."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from calibration.pipeline import CalibrationRun
from calibration.policy import Policy
from dashboard import resources, state
from dashboard.components import tables
from dashboard.components.notices import attempting, say
from dashboard.components.policies import as_json
from dashboard.i18n import escaped, t


def keep(run: CalibrationRun, on_samples: bool) -> None:
    """Name, save and download the policy that came out."""
    if on_samples:
        st.warning(
            t(
                "This rests on sample data, which was written for this project: the certificates illustrate the "
                "method and promise nothing about your users' texts."
            ),
            icon=":material/science:",
        )
    form(run.policy, run.scored)


def form(policy: Policy, scored: pd.DataFrame) -> None:
    """Name, save, publish and download a policy, and the pairs that it rests on."""
    with st.container(border=True):
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
                args=(named, False),
            )
            st.button(
                t("Save and publish"),
                key="policy_publish",
                icon=":material/publish:",
                on_click=_save,
                args=(named, True),
                help=t("From then on the compare page and the API judge by it."),
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
                lambda: tables.csv_bytes(scored),
                "scored.csv",
                "text/csv",
                key="scored_download",
                icon=":material/download:",
                on_click="ignore",
            )


@attempting
def _save(policy: Policy, publish: bool) -> None:
    """Save, and publish if asked, as a callback."""
    policies = resources.store().policies
    name = str(state.get(state.POLICY_NAME) or policy.name).strip() or policy.name
    stored = policies.save(replace(policy, name=name))
    if publish:
        policies.publish(stored.id)
        say(t("Published “{name}” v{version}.", name=escaped(stored.name), version=stored.version))
    else:
        say(t("Saved “{name}” v{version}.", name=escaped(stored.name), version=stored.version))
