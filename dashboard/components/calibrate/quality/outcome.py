"""The outcome of judging scores: all domains at a glance, then one of them in full."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from calibration.store import Dataset
from dashboard import state
from dashboard.components.calibrate.quality import domain as quality_domain
from dashboard.components.calibrate.quality import live as quality_live
from dashboard.components.calibrate.quality.run import QualityOutcome
from dashboard.components.calibrate.quality.words import summary
from dashboard.components.frame.guard import guarding
from dashboard.components.shared.tiers import estimate
from dashboard.i18n import escaped, t


def show(outcome: QualityOutcome, datasets: Sequence[Dataset]) -> None:
    """All domains, then the one that is looked at."""
    names = t(", ").join(escaped(name) for name in outcome.names)
    st.caption(t("Evaluated on {names}", names=names))
    if outcome.samples:
        st.caption(t(":material/science: There is sample data among these, written for this project."))
    if len(outcome.domains) > 1:
        st.markdown(summary(outcome.domains.values()))
        st.table(overview(outcome), border="horizontal", hide_index=True)
    _domain(outcome, datasets)


def overview(outcome: QualityOutcome) -> pd.DataFrame:
    """How well scores order pairs, a line for each domain."""
    return pd.DataFrame(
        [
            {
                t("Domain"): escaped(name),
                t("Labels"): f"{found.n:,}",
                t("AUC"): estimate(found.ranking.auc),
                t("Average precision"): estimate(found.ranking.average_precision),
                t("Spearman correlation"): estimate(found.ranking.spearman),
                t("Calibration error (ECE)"): estimate(found.reliability.ece) if found.reliability else "–",
            }
            for name, found in outcome.domains.items()
        ]
    )


@st.fragment
@guarding
def _domain(outcome: QualityOutcome, datasets: Sequence[Dataset]) -> None:
    """One domain in full; only this part runs again when something on it changes."""
    names = list(outcome.domains)
    if state.get(state.QUALITY_DOMAIN) not in names:
        state.drop(state.QUALITY_DOMAIN)
    name = st.selectbox(t("Domain"), names, key=state.QUALITY_DOMAIN, persist_state="session", width=320)
    found = outcome.domains[name]
    with st.container(border=True, key="quality_shown"):
        quality_domain.show(found)
    if found.chance is not None:
        with st.container(border=True):
            quality_live.show(found, outcome.options, datasets)
