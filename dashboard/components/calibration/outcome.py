"""The outcome of a calibration: for each domain the sentences first, then the tables, at last the policy."""

from __future__ import annotations

import streamlit as st

from calibration.drawn import REUSED, fits_of
from calibration.pipeline import CalibrationRun
from dashboard.components.calibration import precision_recall, report_download, threshold_spread
from dashboard.components.calibration.run import Outcome, asked_confidence, with_fits
from dashboard.components.calibration.tables import comparison_table, tier_table
from dashboard.components.calibration.words import remarks, sentences
from dashboard.components.frame.presentation import controls
from dashboard.components.policies.keep import keep
from dashboard.components.shared import drawn
from dashboard.components.shared.tiers import percent
from dashboard.i18n import escaped, t, tn


def show(outcome: Outcome) -> None:
    """The outcome: for each domain first sentences, then the tables; at last the policy."""
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
    if outcome.drawn.warning:
        st.info(t(outcome.drawn.warning), icon=":material/science:")
    fits = fits_of(run.policy.settings)
    if fits > 1:
        st.warning(t(REUSED, fits=fits), icon=":material/replay:")
    for domain in run.fits:
        _domain(outcome, domain)
    threshold_spread.show(outcome)
    _reading_guide(run)
    with controls("report"):
        report_download.offer(outcome)
    keep(run, outcome.samples, outcome.sources)


def _domain(outcome: Outcome, domain: str) -> None:
    """One domain."""
    run = outcome.run
    with st.container(border=True, key=f"fit_{domain}"):
        st.subheader(escaped(domain), anchor=False)
        for line in sentences(outcome, domain):
            st.markdown(line)
        if any(certificate.certified for certificate in run.fits[domain].certificates.values()):
            st.markdown(drawn.holds(outcome.drawn))
        for remark, warns in remarks(outcome, domain):
            if warns:
                st.warning(remark, icon=":material/warning:")
            else:
                st.caption(f":material/info: {remark}")
        precision_recall.show(outcome, domain)
        tiers, compared = st.tabs([t("Thresholds and certificates"), t("Before and after")])
        tiers.table(tier_table(outcome, domain), border="horizontal", hide_index=True)
        compared.table(comparison_table(run, domain), border="horizontal", hide_index=True)


def _reading_guide(run: CalibrationRun) -> None:
    """What the columns mean, once for all domains."""
    confidence = percent(asked_confidence(run), 0)
    with st.expander(t("How to read these numbers"), icon=":material/menu_book:"):
        st.markdown(
            t(
                "**Certificate**: pairs at or above the threshold, wrong ones among them, and the lower bound of "
                "their precision, so sure that the promises hold together. **Recall** is that of the threshold on "
                "the same labels; in brackets its {confidence} interval, then the counts.",
                confidence=confidence,
            )
        )
        st.markdown(
            t(
                "**Nominal** is where the target is just met on these very labels; on new pairs it is missed about "
                "half of the time. In brackets where that point may lie on all such pairs ({confidence}). How far "
                "the certified threshold is from it is what being sure costs; more labels bring them together.",
                confidence=confidence,
            )
        )
        st.markdown(
            t(
                "**Before and after** compares both on the same labelled pairs. Published: 0.85 / 0.70 / 0.50, "
                "as they stand. Calibrated: out of fold, that is fitted again on four fifths of the pairs and "
                "tried on the rest, which errs on the low side."
            )
        )
        st.markdown(
            t(
                "**Precision** counts all pairs at or above a threshold, which is what a certificate promises. "
                "**Within the band** counts only those that get this very tier, up to the next threshold; no "
                "certificate speaks of them alone, and they are usually wrong more often."
            )
        )
