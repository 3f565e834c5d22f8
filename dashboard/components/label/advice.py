"""How many more labels a promise takes: asked for, worked out as a job, said for each domain and tier."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pandas as pd
import streamlit as st

from calibration.columns import is_binary, shown_tier
from calibration.errors import BadArgument
from calibration.fitting.fit import FitSettings, fit_domains
from calibration.fitting.sample import domain_samples
from calibration.labels.advice import (
    CERTIFIED,
    LABEL_MORE,
    OUT_OF_REACH,
    TOO_FEW,
    Advice,
    PrecisionAdvice,
    RateAdvice,
)
from calibration.labels.budget import advise_domain
from calibration.labels.joint import JointAdvice
from calibration.pairs import deduplicate
from calibration.scoring.score_pairs import ScoringOptions, score_pairs
from calibration.stats.formatting import EXACT, about, asked_percent
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.label import power
from dashboard.components.label import rate as labels_rate
from dashboard.components.shared import joint, promise
from dashboard.components.shared.tiers import badge, interval, threshold
from dashboard.i18n import escaped, t
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress


@dataclass(frozen=True)
class Advised:
    """What the job returns: advice by domain and tier, and the promise that it is for.

    both: whether the second target can be met too, by domain; empty where none was asked for.
    """

    advice: Mapping[str, Mapping[str, Advice]]
    asked: FitSettings
    both: Mapping[str, Mapping[str, JointAdvice] | BadArgument] = field(default_factory=dict)


def advising(datasets: Sequence[Dataset], options: ScoringOptions) -> None:
    """The section: ask, run, show."""
    st.subheader(t("How many more labels?"), anchor=False)
    asked = promise.asked()
    besides = joint.ask("label") if asked.fpr is None else None
    if st.button(t("Estimate"), key="advice_go", type="primary", icon=":material/calculate:"):
        progress.remember(state.ADVICE_JOB, start(datasets, asked, options, besides))
    finished = progress.follow(state.ADVICE_JOB, t("Estimating"))
    if finished is None:
        return
    progress.compare(finished, key(datasets, asked, options, besides))
    found: Advised = resources.jobs().result(finished.id)
    if found.asked.fpr is not None:
        labels_rate.show({domain: _of(RateAdvice, tiers) for domain, tiers in found.advice.items()})
        return
    for domain, tiers in found.advice.items():
        _domain(domain, _of(PrecisionAdvice, tiers), found.both.get(domain, {}))
    st.caption(
        t(
            "For a target of {precision} at {confidence} confidence. Precision near a threshold is estimated "
            "out of fold, with its interval; the number of labels accounts for the search over thresholds.",
            precision=asked_percent(found.asked.precision),
            confidence=asked_percent(found.asked.confidence),
        )
    )


def key(
    datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions, besides: joint.Besides | None
) -> str:
    """The job's key: whatever its result depends on."""
    hashes = sorted(dataset.content_hash for dataset in datasets)
    return f"advise {hashes} {asked} {options.key()} {besides}"


def start(
    datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions, besides: joint.Besides | None = None
) -> str:
    """Queue the work; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> Advised:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        kept = deduplicate(scoring.calibratable(pairs))[0]
        scored = domain_samples(score_pairs(kept, encoder, options, progress=progress, cancel=cancel))
        fits = fit_domains(scored, asked)
        advice = {name: advise_domain(scored[name], fit.certificates) for name, fit in fits.items()}
        both = {name: besides.advise(one, asked, len(fits)) for name, one in scored.items()} if besides else {}
        return Advised(advice, asked, both)

    return resources.jobs().submit(key(datasets, asked, options, besides), work)


Kind = TypeVar("Kind", bound=Advice)


def _of(kind: type[Kind], tiers: Mapping[str, Advice]) -> dict[str, Kind]:
    """The advice of one kind of target."""
    return {tier: found for tier, found in tiers.items() if isinstance(found, kind)}


def _domain(
    domain: str, tiers: Mapping[str, PrecisionAdvice], both: Mapping[str, JointAdvice] | BadArgument
) -> None:
    """One domain: sentences, the curve, the numbers."""
    with st.container(border=True, key=f"advice_{domain}"):
        st.subheader(escaped(domain), anchor=False)
        binary = is_binary((), tiers)
        for tier, advice in tiers.items():
            st.markdown(
                f"- {badge(shown_tier(tier, binary))} {verdict(advice)} {escaped(advice.explain(state.locale()))}"
            )
        if both:
            st.markdown("\n".join(joint.lines(both)))
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


def advice_table(tiers: Mapping[str, PrecisionAdvice]) -> pd.DataFrame:
    """The numbers behind the advice."""
    return pd.DataFrame(
        [
            {
                t("Tier"): badge(shown_tier(tier, is_binary((), tiers))),
                t("Labels"): f"{advice.n:,}",
                t("Best threshold"): threshold(advice.threshold, digits=EXACT),
                t("Precision there"): interval(advice.precision) if advice.precision else "–",
                t("Share of pairs there"): interval(advice.share) if advice.share else "–",
                t("More labels, drawn at random"): _more(advice),
                t("Or drawn above that threshold"): about(advice.more_above) if advice.more_above else "–",
            }
            for tier, advice in tiers.items()
        ]
    )


def _more(advice: PrecisionAdvice) -> str:
    """How many, and between which numbers if precision is at the ends of its interval."""
    if advice.more is None:
        return "–"
    if advice.more_range is None or advice.verdict == CERTIFIED:
        return about(advice.more)
    few, many = (t("no number") if end == float("inf") else about(int(end)) for end in advice.more_range)
    return t("{count} (from {few} to {many})", count=about(advice.more), few=few, many=many)
