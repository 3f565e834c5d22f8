"""The outcome of a calibration: the policy to keep, then one domain's sentences, curve and tables."""

from __future__ import annotations

import streamlit as st

from calibration.calibrate import CalibrationRun
from calibration.certificates.sampling import REUSED, Sampling
from calibration.policies.tiers import PUBLISHED_SHOWN
from calibration.stats.formatting import asked_percent
from dashboard import state
from dashboard.components.calibrate.fit import precision_recall, report_download, threshold_spread
from dashboard.components.calibrate.fit.run import Outcome, asked_confidence, asked_settings, with_fits
from dashboard.components.calibrate.fit.tables import comparison_table, tier_table
from dashboard.components.calibrate.fit.words import remarks, sentences
from dashboard.components.frame.presentation import controls
from dashboard.components.policies.keep import keep
from dashboard.components.shared import drawn, joint
from dashboard.i18n import escaped, t, tn


def keeping(outcome: Outcome) -> None:
    """What to know before one keeps the policy, and the form that keeps it."""
    outcome = with_fits(outcome)
    run = outcome.run
    left_out = run.duplicates.exact + run.duplicates.swapped + run.duplicates.conflicting
    if left_out:
        st.caption(
            tn(
                ":material/content_copy: {count} duplicate or contradicting row was left out.",
                ":material/content_copy: {count} duplicate or contradicting rows were left out.",
                left_out,
            )
        )
    if outcome.drawn.warning and len(set(outcome.draws.values())) < 2:
        st.info(t(outcome.drawn.warning), icon=":material/science:")
    fits = Sampling.of(run.policy.settings).fits
    if fits > 1:
        st.warning(t(REUSED, fits=fits), icon=":material/replay:")
    with controls("report"), st.container(horizontal=True, vertical_alignment="bottom"):
        report_download.offer(outcome)
    keep(run, outcome.samples, outcome.sources)


def evidence(outcome: Outcome) -> None:
    """What the policy rests on, a domain at a time."""
    _domain(outcome, _chosen(outcome))
    threshold_spread.show(outcome)
    _reading_guide(outcome.run)


def _chosen(outcome: Outcome) -> str:
    """The domain whose evidence is shown; the one looked at before, else the first."""
    domains = list(outcome.run.fits)
    if len(domains) == 1:
        return domains[0]
    if state.get(state.DOMAIN) not in domains:
        state.put(state.DOMAIN, domains[0])
    with controls("evidence"):
        chosen = st.selectbox(t("Evidence for"), domains, key=state.DOMAIN, persist_state="session", width=320)
    return str(chosen)


def _domain(outcome: Outcome, domain: str) -> None:
    """One domain."""
    run = outcome.run
    with st.container(border=True, key=f"fit_{domain}"):
        st.subheader(escaped(domain), anchor=False)
        for line in sentences(outcome, domain):
            st.markdown(line)
        if any(certificate.certified for certificate in run.fits[domain].certificates.values()):
            st.markdown(drawn.holds(outcome.draws.get(domain, outcome.drawn)))
        for remark, warns in remarks(outcome, domain):
            if warns:
                st.warning(remark, icon=":material/warning:")
            else:
                st.caption(f":material/info: {remark}")
        precision_recall.show(outcome, domain)
        _both_targets(run, domain)
        tiers, compared = st.tabs([t("Thresholds and certificates"), t("Before and after")])
        tiers.table(tier_table(outcome, domain), border="horizontal", hide_index=True)
        compared.table(comparison_table(run, domain), border="horizontal", hide_index=True)


def _both_targets(run: CalibrationRun, domain: str) -> None:
    """Whether the precision can be met together with a recall or a coverage."""
    settings = asked_settings(run)
    if settings.fpr is not None or domain not in run.samples:
        return
    with controls("both"):
        besides = joint.ask("calibrate")
    if besides is not None:
        st.markdown("\n".join(joint.lines(besides.advise(run.samples[domain], settings, len(run.fits)))))


def _reading_guide(run: CalibrationRun) -> None:
    """What the columns mean, once for all domains."""
    confidence = asked_percent(asked_confidence(run))
    with st.expander(t("How to read these numbers"), icon=":material/menu_book:"):
        st.markdown(
            t(
                "**Certificate**: pairs at or above the threshold, wrong ones among them, and the lower bound "
                "of their precision, at a confidence that makes all promises hold together. **Recall** is that "
                "of the threshold on the same labels; in brackets its {confidence} interval, then the counts.",
                confidence=confidence,
            )
        )
        st.markdown(
            t(
                "The **empirical threshold** just meets the target on these labels and carries no guarantee: on "
                "new pairs it misses the target about half of the time. In brackets: its {confidence} interval. "
                "The certified threshold is higher because it has to hold on new pairs; more labels bring the "
                "two closer.",
                confidence=confidence,
            )
        )
        st.markdown(
            t(
                "**Before and after** compares both on the same labelled pairs. Published: {published}, unchanged. "
                "Calibrated: out of fold, that is, fitted on four fifths of the pairs and tested on the rest, "
                "which slightly underestimates the result.",
                published=PUBLISHED_SHOWN,
            )
        )
        st.markdown(
            t(
                "**Precision** counts all pairs at or above a threshold, which is what a certificate promises. "
                "**Within the band** counts only those that get exactly this tier, up to the next threshold; no "
                "certificate covers them alone, and they are usually wrong more often."
            )
        )
