"""What a calibration is asked for, and the job that does it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st

from calibration.certify import AUTO, METHODS
from calibration.columns import DOMAIN, PURPOSE, PURPOSE_REVIEW
from calibration.drawn import DataDraw
from calibration.errors import N_
from calibration.evaluate import DomainEvaluation, evaluate_thresholds
from calibration.fit import CLAIM_ALL, CLAIM_DOMAIN, CLAIM_TIER, FitSettings
from calibration.pipeline import CalibrationRun, calibrate
from calibration.score import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components import drawn, samples
from dashboard.i18n import naming, t
from dashboard.jobs import Progress

METHOD_NAMES: Final[dict[str, str]] = {
    "auto": N_("Automatic: the stepwise method"),
    "stepwise": N_("Stepwise: catches most, at any number of labels"),
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
    the pairs. drawn: how the user says that the pairs were drawn.
    """

    run: CalibrationRun
    found: Mapping[str, DomainEvaluation]
    samples: bool
    drawn: DataDraw


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
                    format_func=naming(METHODS, lambda key: t(METHOD_NAMES.get(key, key))),
                    key=state.METHOD,
                    label_visibility="collapsed",
                    persist_state="session",
                )
    return FitSettings(precision / 100, confidence / 100, method or AUTO, claim or CLAIM_DOMAIN)


def start(datasets: Sequence[Dataset], asked: FitSettings, options: ScoringOptions, draw: DataDraw) -> str:
    """Queue a calibration on these datasets; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> Outcome:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        run = calibrate(pairs, encoder, asked, options, progress=progress, cancel=cancel)
        policy = replace(run.policy, settings={**run.policy.settings, drawn.SETTING: draw.name})
        run = replace(run, policy=policy)
        return Outcome(run, _found(run), any(dataset.source == samples.SOURCE for dataset in datasets), draw)

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"calibrate {hashes} {asked} {options.key()} {draw.name}", work)


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
