"""Calibration: what is promised, the run as a job, and its outcome in plain words, then in tables."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st

from calibration.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.certify import AUTO, METHODS
from calibration.columns import DOMAIN, PURPOSE, PURPOSE_REVIEW, SAME, THRESHOLD_TIERS, UNRELATED
from calibration.errors import N_
from calibration.evaluate import DomainEvaluation, TierMetrics, evaluate_thresholds
from calibration.fit import CLAIM_ALL, CLAIM_DOMAIN, CLAIM_TIER, FitSettings
from calibration.pipeline import CalibrationRun, calibrate
from calibration.policy import Policy
from calibration.score import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components import samples, tables
from dashboard.components.notices import attempting, say
from dashboard.components.policies import as_json
from dashboard.components.tiers import badge, interval, percent, threshold
from dashboard.i18n import escaped, naming, t, tn
from dashboard.jobs import Progress

METHOD_NAMES: Final[dict[str, str]] = {
    "auto": N_("Automatic: chosen by the number of labels"),
    "fst": N_("Fixed sequence: good for few labels"),
    "scp": N_("Simultaneous: good for many labels"),
}
CLAIM_NAMES: Final = {
    CLAIM_TIER: N_("each tier on its own"),
    CLAIM_DOMAIN: N_("all tiers of a domain together"),
    CLAIM_ALL: N_("all tiers of all domains together"),
}


@dataclass(frozen=True)
class Outcome:
    """What a calibration job returns.

    found: the thresholds as they came out, judged on the labels they came from. samples: sample data was among
    the pairs.
    """

    run: CalibrationRun
    found: Mapping[str, DomainEvaluation]
    samples: bool


def settings() -> FitSettings:
    """What is promised, as the user sets it."""
    with st.container(border=True):
        left, middle, right = st.columns(3, gap="large")
        with left:
            precision = st.slider(
                t("Precision to promise"),
                50,
                99,
                90,
                format="%d%%",
                key=state.PRECISION,
                persist_state="session",
                help=t("Of the pairs that get a tier, at least this share shall deserve it."),
            )
        with middle:
            confidence = st.slider(
                t("Confidence"),
                50,
                99,
                90,
                format="%d%%",
                key=state.CONFIDENCE,
                persist_state="session",
                help=t("How sure the promise is: at 90%, it fails for at most one draw of labels in ten."),
            )
        with right:
            claim = st.selectbox(
                t("The confidence is for"),
                list(CLAIM_NAMES),
                index=1,
                format_func=naming(CLAIM_NAMES, lambda key: t(CLAIM_NAMES[key])),
                key=state.CLAIM,
                persist_state="session",
            )
            with st.expander(t("Method")):
                method = st.selectbox(
                    t("Method"),
                    list(METHODS),
                    format_func=naming(METHODS, lambda key: t(METHOD_NAMES[key])),
                    key=state.METHOD,
                    label_visibility="collapsed",
                    persist_state="session",
                )
    return FitSettings(precision / 100, confidence / 100, method or AUTO, claim or CLAIM_DOMAIN)


def start(datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions) -> str:
    """Queue a calibration on these datasets; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> Outcome:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        run = calibrate(pairs, encoder, asked, options, progress=progress, cancel=cancel)
        return Outcome(run, _found(run), any(dataset.source == samples.SOURCE for dataset in datasets))

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"calibrate {hashes} {asked} {options.key()}", work)


def _found(run: CalibrationRun) -> dict[str, DomainEvaluation]:
    """Every domain's thresholds on the very labels that they rest on."""
    rows = run.scored
    rows = rows[rows[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in rows.columns else rows
    return {
        domain: evaluate_thresholds(rows[rows[DOMAIN] == domain], fit.thresholds, asked_confidence(run), domain)
        for domain, fit in run.fits.items()
    }


def asked_confidence(run: CalibrationRun) -> float:
    """The confidence that the user asked for, in [0, 1]; single certificates may hold more, to hold together."""
    return float(run.policy.settings["confidence"])


def show(outcome: Outcome) -> None:
    """The outcome: for each domain first sentences, then the tables; at last the policy."""
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
    for domain in run.fits:
        _domain(outcome, domain)
    _reading_guide(run)
    _keep(run, outcome.samples)


def _domain(outcome: Outcome, domain: str) -> None:
    """One domain."""
    run = outcome.run
    with st.container(border=True, key=f"fit_{domain}"):
        st.subheader(escaped(domain), anchor=False)
        for line in sentences(outcome, domain):
            st.markdown(line)
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
                "**Before and after** compares both on the same labelled pairs. Published: 0.85 / 0.70 / 0.50, "
                "as they stand. Calibrated: out of fold, that is fitted again on four fifths of the pairs and "
                "tried on the rest, which errs on the low side."
            )
        )


def sentences(outcome: Outcome, domain: str) -> list[str]:
    """What was found, as one would tell a colleague."""
    certificates, judged = outcome.run.fits[domain].certificates, outcome.found[domain]
    sure = asked_confidence(outcome.run)
    told = [_told(tier, certificates[tier], judged, sure) for tier in THRESHOLD_TIERS if tier in certificates]
    if UNRELATED in certificates and certificates[UNRELATED].certified:
        told.append(_told_below(certificates[UNRELATED], domain))
    return told


def _told(tier: str, certificate: Certificate, judged: DomainEvaluation, confidence: float) -> str:
    """One tier in a sentence."""
    asked = {
        "domain": f"**{escaped(judged.domain)}**",
        "tier": badge(tier),
        "precision": percent(certificate.precision, 0),
        "n": f"{certificate.n:,}",
    }
    if certificate.status == CERTIFIED:
        found = judged.tier(tier)
        sure = {
            "threshold": threshold(certificate.threshold),
            "confidence": percent(confidence, 0),
            "caught": percent(found.recall.value, 0) if found is not None else "–",
        }
        if tier == SAME:
            return t(
                "In {domain}, pairs at **{threshold}** or above are {tier} at least {precision} of the time "
                "(confidence {confidence}, from {n} labels); this catches {caught} of them.",
                **sure,
                **asked,
            )
        return t(
            "In {domain}, pairs at **{threshold}** or above are at least {tier} at least {precision} of the time "
            "(confidence {confidence}, from {n} labels); this catches {caught} of them.",
            **sure,
            **asked,
        )
    if certificate.status == INSUFFICIENT:
        return t(
            "In {domain}, {n} labels are too few to promise {precision} for {tier}: even without a single error it "
            "takes {needed}. Add labelled pairs, or ask for less precision or confidence.",
            needed=f"{certificate.labels_needed or 0:,}",
            **asked,
        )
    return t(
        "In {domain}, no threshold keeps {tier} at {precision}: wrong pairs score as high as right ones. Look at "
        "the highest-scoring wrong pairs on the distribution page for labels to correct, promise less, or use a "
        "stronger model.",
        **asked,
    )


def _told_below(certificate: Certificate, domain: str) -> str:
    """The mirrored promise of labels that only say same or not."""
    return t(
        "In {domain}, pairs below **{threshold}** do not mean the same at least {precision} of the time; what lies "
        "between needs a person.",
        domain=f"**{escaped(domain)}**",
        threshold=threshold(certificate.threshold),
        precision=percent(certificate.precision, 0),
    )


def status_badge(certificate: Certificate | None) -> str:
    """A certificate's status as a badge; these are normal outcomes, so none of them is red."""
    if certificate is None:
        return f":gray-badge[{t('labels cannot tell')}]"
    if certificate.status == CERTIFIED:
        return f":green-badge[:material/verified: {t('certified')}]"
    if certificate.status == INSUFFICIENT:
        return f":gray-badge[:material/hourglass_empty: {t('too few labels')}]"
    return f":gray-badge[:material/do_not_disturb_on: {t('not certifiable')}]"


def _evidence(certificate: Certificate | None) -> str:
    """The numbers behind a status."""
    if certificate is None:
        return "–"
    if certificate.status == CERTIFIED:
        return t(
            "{n} pairs, {wrong} wrong, precision ≥ {lower}",
            n=f"{certificate.n_above:,}",
            wrong=f"{certificate.false_positives:,}",
            lower=percent(certificate.precision_lower),
        )
    if certificate.labels_needed:
        return t("needs at least {needed} labels", needed=f"{certificate.labels_needed:,}")
    return t(
        "{positives} of {n} labels are positive", positives=f"{certificate.positives:,}", n=f"{certificate.n:,}"
    )


def tier_table(outcome: Outcome, domain: str) -> pd.DataFrame:
    """Thresholds of a domain with what stands behind each."""
    fit, judged = outcome.run.fits[domain], outcome.found[domain]
    lines = []
    for tier in [*THRESHOLD_TIERS, *([UNRELATED] if UNRELATED in fit.certificates else [])]:
        certificate, metrics = fit.certificates.get(tier), judged.tier(tier)
        lines.append(
            {
                t("Tier"): badge(tier),
                t("Threshold"): _bound(tier, fit.thresholds.get(tier), certificate),
                t("Labels"): f"{certificate.n:,}" if certificate else "–",
                t("Status"): status_badge(certificate),
                t("Certificate"): _evidence(certificate),
                t("Recall"): interval(metrics.recall) if metrics else "–",
            }
        )
    return pd.DataFrame(lines)


def _bound(tier: str, value: float | None, certificate: Certificate | None) -> str:
    """A threshold with its direction; where labels are two, what lies under `unrelated` counts from above."""
    if tier == UNRELATED:
        return f"< {threshold(certificate.threshold)}" if certificate and certificate.certified else "–"
    return f"≥ {threshold(value)}" if value is not None and math.isfinite(value) and value > -1 else "–"


def comparison_table(run: CalibrationRun, domain: str) -> pd.DataFrame:
    """Published and calibrated thresholds on the same pairs, tier by tier."""
    published, mine = run.published[domain], run.evaluation[domain]
    lines = []
    for tier in [*THRESHOLD_TIERS, UNRELATED]:
        for name, metrics in ((t("Published"), published.tier(tier)), (t("Calibrated"), mine.tier(tier))):
            if metrics is not None:
                lines.append(_compared(tier, name, metrics))
    return pd.DataFrame(lines)


def _compared(tier: str, name: str, metrics: TierMetrics) -> dict[str, str]:
    """One line of the comparison."""
    sign = "<" if tier == UNRELATED else "≥"
    usable = metrics.threshold is not None and metrics.threshold > -1
    return {
        t("Tier"): badge(tier),
        t("Thresholds"): name,
        t("Threshold"): f"{sign} {threshold(metrics.threshold)}" if usable else "–",
        t("Precision"): interval(metrics.precision),
        t("Recall"): interval(metrics.recall),
    }


def _keep(run: CalibrationRun, on_samples: bool) -> None:
    """Name, save and download the policy that came out."""
    if on_samples:
        st.warning(
            t(
                "This rests on sample data, which was written for this project: the certificates illustrate the "
                "method and promise nothing about your users' texts."
            ),
            icon=":material/science:",
        )
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
            named = replace(run.policy, name=(name or "").strip() or "policy")
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
                lambda: tables.csv_bytes(run.scored),
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
