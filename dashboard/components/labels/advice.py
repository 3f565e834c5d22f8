"""How many more labels a promise takes: asked for, worked out as a job, said for each domain and tier."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from calibration.advice import CERTIFIED, LABEL_MORE, OUT_OF_REACH, TOO_FEW, Advice
from calibration.budget import advise_domain
from calibration.budget_rate import RateAdvice, advise_rates
from calibration.columns import DOMAIN
from calibration.fit import FitSettings, fit_domains
from calibration.pairs import deduplicate
from calibration.score import ScoringOptions, score_pairs
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.calibration import run as calibration_run
from dashboard.components.frame import progress
from dashboard.components.labels import power
from dashboard.components.labels import rate as labels_rate
from dashboard.components.shared.tiers import badge, interval, percent, threshold
from dashboard.i18n import escaped, t
from dashboard.jobs import Progress


@dataclass(frozen=True)
class Advised:
    """What the job returns: advice by domain and tier, and the promise that it is for; `rates` where it is one."""

    advice: Mapping[str, Mapping[str, Advice]]
    asked: FitSettings
    rates: Mapping[str, Mapping[str, RateAdvice]] = field(default_factory=dict)


def advising(datasets: Sequence[Dataset], options: ScoringOptions) -> None:
    """The section: ask, run, show."""
    st.subheader(t("How many more labels?"), anchor=False)
    asked = _asked()
    if st.button(t("Work it out"), key="advice_go", type="primary", icon=":material/calculate:"):
        progress.remember(state.ADVICE_JOB, start(datasets, asked, options))
    finished = progress.follow(state.ADVICE_JOB, t("Working it out"))
    if finished is None:
        return
    found: Advised = resources.jobs().result(finished.id)
    for domain, tiers in found.advice.items():
        _domain(domain, tiers)
    if found.rates:
        labels_rate.show(found.rates)
        return
    st.caption(
        t(
            "For a promise of {precision} at {confidence} confidence. Precision near a threshold is counted out of "
            "fold, with its interval; the number of labels allows for the search over thresholds.",
            precision=percent(found.asked.precision, 0),
            confidence=percent(found.asked.confidence, 0),
        )
    )


def _asked() -> FitSettings:
    """The promise; the same choice as on the calibration page."""
    with st.container(border=True):
        left, right = st.columns(2, gap="large")
        with left:
            precision, rate = calibration_run.target()
        confidence = right.slider(
            t("Confidence"), 50, 99, 90, format="%d%%", key=state.CONFIDENCE, persist_state="session"
        )
    return FitSettings(precision, confidence / 100, fpr=rate)


def start(datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions) -> str:
    """Queue the work; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> Advised:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        kept = deduplicate(pairs)[0]
        scored = score_pairs(kept, encoder, options, progress=progress, cancel=cancel)
        rows = {str(name): part for name, part in scored.groupby(DOMAIN, sort=True)}
        fits = fit_domains(scored, asked)
        if asked.fpr is not None:
            return Advised({}, asked, {name: advise_rates(name, fit.certificates) for name, fit in fits.items()})
        return Advised({name: advise_domain(rows[name], fit.certificates) for name, fit in fits.items()}, asked)

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"advise {hashes} {asked} {options.key()}", work)


def _domain(domain: str, tiers: Mapping[str, Advice]) -> None:
    """One domain: sentences, the curve, the numbers."""
    with st.container(border=True, key=f"advice_{domain}"):
        st.subheader(escaped(domain), anchor=False)
        for tier, advice in tiers.items():
            st.markdown(f"- {badge(tier)} {verdict(advice)} {escaped(advice.explain(state.locale()))}")
        power.curve(domain, tiers)
        st.table(advice_table(tiers), border="horizontal", hide_index=True)


def verdict(advice: Advice) -> str:
    """The advice in two or three words."""
    if advice.verdict == CERTIFIED:
        return f"**{t('Enough.')}**"
    if advice.verdict == LABEL_MORE:
        return f"**{t('Within reach.')}**"
    if advice.verdict == OUT_OF_REACH:
        return f"**{t('Out of reach.')}**"
    return f"**{t('Too few to tell.') if advice.verdict == TOO_FEW else t('Not clear yet.')}**"


def advice_table(tiers: Mapping[str, Advice]) -> pd.DataFrame:
    """The numbers behind the advice."""
    return pd.DataFrame(
        [
            {
                t("Tier"): badge(tier),
                t("Labels"): f"{advice.n:,}",
                t("Best threshold"): threshold(advice.threshold),
                t("Precision there"): interval(advice.precision) if advice.precision else "–",
                t("Share of pairs there"): interval(advice.share) if advice.share else "–",
                t("More labels, drawn at random"): _more(advice),
                t("Or drawn above that threshold"): f"{advice.more_above:,}" if advice.more_above else "–",
            }
            for tier, advice in tiers.items()
        ]
    )


def _more(advice: Advice) -> str:
    """How many, and between which numbers if precision lies at the ends of its interval."""
    if advice.more is None:
        return "–"
    if advice.more_range is None or advice.verdict == CERTIFIED:
        return f"{advice.more:,}"
    few, many = (t("no number") if end == float("inf") else f"{end:,.0f}" for end in advice.more_range)
    return t("{count} (from {few} to {many})", count=f"{advice.more:,}", few=few, many=many)
