"""What a calibration is asked for, and the job that does it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import streamlit as st

from calibration.certify import AUTO, METHODS
from calibration.columns import THRESHOLD_TIERS
from calibration.drawn import FITS, DataDraw
from calibration.errors import N_
from calibration.evaluate import DomainEvaluation
from calibration.fit import CLAIM_DOMAIN, FitSettings
from calibration.intervals import Estimate
from calibration.pipeline import CalibrationRun, calibrate_scored, judged_as_found
from calibration.report.content import Origin
from calibration.score import ScoringOptions
from calibration.store import Dataset, PolicySource
from calibration.words import CLAIM_NAMES, METHOD_NAMES
from dashboard import resources, scoring, state
from dashboard.actor import actor
from dashboard.components.shared import drawn, samples
from dashboard.components.shared.saved_policies import sources_of
from dashboard.i18n import naming, t
from dashboard.jobs import Progress

PRECISION: Final = "precision"
RATE: Final = "rate"
TARGET_NAMES: Final = {PRECISION: N_("Precision"), RATE: N_("False positive rate")}
RATES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Rates to choose from, in percent."""


@dataclass(frozen=True)
class Outcome:
    """What a calibration job returns.

    found: the thresholds as they came out, judged on the labels they came from. samples: sample data was among
    the pairs. drawn: how the user says that the pairs were drawn. origins, sources: the datasets, for the report
    and for the policy. spread: where the nominal thresholds of each domain and tier lie.
    """

    run: CalibrationRun
    found: Mapping[str, DomainEvaluation]
    samples: bool
    drawn: DataDraw
    origins: tuple[Origin, ...] = ()
    sources: tuple[PolicySource, ...] = ()
    spread: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)


def settings() -> FitSettings:
    """What is promised, as the user sets it."""
    with st.container(border=True):
        left, middle, right = st.columns(3, gap="large")
        with left:
            promised, rate = target()
        with middle:
            confidence = _share(
                t("Confidence"),
                state.CONFIDENCE,
                t("How sure the promise is: at 90%, it fails for at most one draw of labels in ten."),
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
                    format_func=naming(METHODS, lambda key: t(METHOD_NAMES.get(key, key))),
                    key=state.METHOD,
                    label_visibility="collapsed",
                    persist_state="session",
                )
                clustered = st.toggle(
                    t("Labels that share a text count for less"),
                    value=True,
                    key=state.CLUSTERED,
                    persist_state="session",
                    help=t("Twenty queries for one question are not twenty independent labels."),
                )
    return FitSettings(
        promised, confidence, method or AUTO, claim or CLAIM_DOMAIN, fpr=rate, clustered=bool(clustered)
    )


def target() -> tuple[float, float | None]:
    """What is promised: a precision; or, where the second is not None, a false positive rate."""
    chosen = st.radio(
        t("Promise"),
        list(TARGET_NAMES),
        format_func=naming(TARGET_NAMES, lambda key: t(TARGET_NAMES[key])),
        key=state.TARGET,
        persist_state="session",
        horizontal=True,
        label_visibility="collapsed",
    )
    if chosen != RATE:
        return precision(), None
    percents = st.select_slider(
        t("False positive rate to promise"),
        RATES,
        5.0,
        format_func=lambda value: f"{value:g}%",
        key=state.RATE,
        persist_state="session",
        help=t(
            "Of the pairs that do not deserve a tier, at most this share shall get it. Unlike precision it does "
            "not depend on how common pairs with the same meaning are."
        ),
    )
    return FitSettings.precision, float(percents) / 100


def precision() -> float:
    """The precision to promise, as the user sets it once for all pages, 0 to 1."""
    return _share(
        t("Precision to promise"),
        state.PRECISION,
        t("Of the pairs that get a tier, at least this share shall deserve it."),
    )


def _share(label: str, key: str, explained: str) -> float:
    """A slider from 50% to 99%; returns the share, 0 to 1."""
    return st.slider(label, 50, 99, 90, format="%d%%", key=key, persist_state="session", help=explained) / 100


def start(datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions, draw: DataDraw) -> str:
    """Queue a calibration on these datasets; returns the job's id."""
    encoder, recorded = resources.encoder(), drawn.recorded(draw)
    fits, sources, who = resources.store().fits, sources_of(datasets), actor()
    score, binding = scoring.work(datasets, options, encoder), scoring.binding(options, encoder)

    def work(progress: Progress, cancel: threading.Event) -> Outcome:
        run = calibrate_scored(score(progress, cancel), asked, binding)
        policy = replace(run.policy, settings={**run.policy.settings, **recorded})
        run = replace(run, policy=policy)
        on_samples = any(dataset.source == samples.SOURCE for dataset in datasets)
        origins = tuple(Origin(dataset.name, dataset.rows) for dataset in datasets)
        found = judged_as_found(run)
        fits.add(run.policy, sources, actor=who)
        return Outcome(run, found, on_samples, draw, origins, sources, _spread(run, asked))

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"calibrate {hashes} {asked} {options.key()} {recorded}", work)


def with_fits(outcome: Outcome) -> Outcome:
    """The outcome whose policy says how many fits its labels have seen by now, where they have seen several."""
    policy = outcome.run.policy
    fits = resources.store().fits.count(policy, outcome.sources)
    if fits == 1:
        return outcome
    policy = replace(policy, settings={**policy.settings, FITS: fits})
    return replace(outcome, run=replace(outcome.run, policy=policy))


def _spread(run: CalibrationRun, asked: FitSettings) -> dict[str, dict[str, Estimate]]:
    """Where thresholds of that precision lie, by domain and tier; nothing where a rate is promised instead."""
    if asked.fpr is not None:
        return {}
    return {
        domain: {tier: found for tier, found in tiers.items() if tier in THRESHOLD_TIERS}
        for domain, tiers in run.nominal.items()
    }


def asked_confidence(run: CalibrationRun) -> float:
    """The confidence that the user asked for, in [0, 1]; single certificates may hold more, to hold together."""
    return float(run.policy.settings["confidence"])
