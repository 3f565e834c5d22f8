"""The outcome of a search for the cheapest thresholds: all domains, one of them in full, and the policy."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.certificates.sampling_design import of_sample
from calibration.columns import DEFAULT_CONFIDENCE, RELATED, lowest_line, shown_lines, shown_tier
from calibration.policies.tiers import PUBLISHED, Thresholds
from calibration.stats.intervals import Estimate
from dashboard import state
from dashboard.components.calibrate.costs import picture
from dashboard.components.calibrate.costs.run import CostOutcome
from dashboard.components.calibrate.costs.words import remarks, sentence, summary, tiers
from dashboard.components.frame.guard import guarding
from dashboard.components.policies.keep import form
from dashboard.components.shared import cost_shown, drawn
from dashboard.components.shared.tiers import badge, estimate, limit, percent, threshold
from dashboard.i18n import escaped, t


def show(outcome: CostOutcome) -> None:
    """All domains at a glance, one of them in full, at last the policy."""
    if outcome.samples:
        st.caption(t(":material/science: There is sample data among these, written for this project."))
    if len(outcome.run.suggestions) > 1:
        st.markdown(summary(outcome.run.evaluation.values()))
        st.table(overview(outcome), border="horizontal", hide_index=True)
    _domain(outcome)
    st.info(
        t(
            "**A suggestion, not certified**: these thresholds cost least on the labels but promise no "
            "precision. A policy saved from them is marked as suggested."
        ),
        icon=":material/lightbulb:",
    )
    form(outcome.run.policy, outcome.run.scored, outcome.sources)


def overview(outcome: CostOutcome) -> pd.DataFrame:
    """A line for each domain: the thresholds, what they cost, what they save."""
    return pd.DataFrame(
        [
            {
                t("Domain"): escaped(domain),
                t("Cheapest thresholds"): tiers(found.thresholds, outcome.run.policy.domain(domain).binary),
                t("Cost of a pair"): estimate(outcome.run.evaluation[domain].ours, 2),
                t("Saved compared with published"): estimate(outcome.run.evaluation[domain].saving, 2),
                t("Labels"): f"{outcome.run.evaluation[domain].n:,}",
            }
            for domain, found in outcome.run.suggestions.items()
        ]
    )


@st.fragment
@guarding
def _domain(outcome: CostOutcome) -> None:
    """One domain in full; only this part runs again when another one is chosen."""
    names = list(outcome.run.suggestions)
    if state.get(state.COST_DOMAIN) not in names:
        state.drop(state.COST_DOMAIN)
    name = st.selectbox(t("Domain"), names, key=state.COST_DOMAIN, persist_state="session", width=320)
    found, judged = outcome.run.suggestions[name], outcome.run.evaluation[name]
    with st.container(border=True, key="cost_shown"):
        st.markdown(sentence(found, judged, outcome.run.policy.domain(name).binary))
        for remark in remarks(found, judged):
            st.markdown(remark)
        st.markdown(drawn.holds(of_sample(outcome.drawn, outcome.samples)))
        picture.show(outcome, name)
        st.table(compared(outcome, name), border="horizontal", hide_index=True)
        with st.expander(t("What mistakes cost here"), icon=":material/payments:"):
            cost_shown.show(outcome.run.costs, outcome.run.policy.domains[name].kinds)
        st.caption(
            t(
                "Mean cost of a pair, in brackets its {confidence} interval, from groups of pairs that share "
                "texts. The suggestion is evaluated out of fold: its thresholds are found without the texts "
                "they are evaluated on. A policy that was fitted on these labels looks cheaper than it is.",
                confidence=percent(DEFAULT_CONFIDENCE, 0),
            )
        )


def compared(outcome: CostOutcome, domain: str) -> pd.DataFrame:
    """Suggested thresholds beside the policy in use and the published ones, on the same pairs."""
    judged, current = outcome.run.evaluation[domain], outcome.current
    binary = outcome.run.policy.domain(domain).binary
    lines = [_line(t("Suggested"), outcome.run.suggestions[domain].thresholds, judged.ours, binary)]
    if current is not None and domain in outcome.judged:
        name = t("{name} v{version}", name=escaped(current.name), version=current.version)
        lines.append(_line(name, current.policy.domains[domain].thresholds, outcome.judged[domain].ours, binary))
    return pd.DataFrame([*lines, _line(t("Published"), PUBLISHED, judged.published, binary)])


def _line(name: str, thresholds: Thresholds, cost: Estimate, binary: bool) -> dict[str, str]:
    """One set of thresholds and its cost."""
    begins = {tier: thresholds.get(tier) for tier in shown_lines(binary)}
    if binary:
        begins[RELATED] = lowest_line(thresholds)
    shown = {badge(shown_tier(tier, binary)): _begin(value) for tier, value in begins.items()}
    return {t("Thresholds"): name, **shown, t("Cost of a pair"): estimate(cost, 2), t("Labels"): f"{cost.n:,}"}


def _begin(value: float | None) -> str:
    """Where a tier begins."""
    if value is None:
        return "–"
    return t("all the rest") if value <= -1 else limit("≥", threshold(value))
