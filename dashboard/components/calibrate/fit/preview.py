"""Targets before the calibration: all domains at 70, 80, 90 and 95%, declared as a preview and stored nowhere."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Final

import streamlit as st

from calibration.columns import DEFAULT_PRECISION
from calibration.evaluation.target_preview import TARGETS, Preview, preview_targets
from calibration.fitting.fit import FitSettings
from calibration.pairs import deduplicate
from calibration.scoring.score_pairs import ScoringOptions
from calibration.stats.formatting import asked_percent
from dashboard import resources, state
from dashboard.components.calibrate.fit import summary
from dashboard.components.frame import progress
from dashboard.components.shared import promise
from dashboard.components.shared.choose import Datasets
from dashboard.i18n import t
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress

FIRST: Final = DEFAULT_PRECISION
"""The settings that a preview is kept under name this target: it is the same for all of them."""


def key(datasets: Datasets, asked: FitSettings, options: ScoringOptions, targets: tuple[float, ...]) -> str:
    """The job's key: whatever its result depends on."""
    hashes = sorted(dataset.content_hash for dataset in datasets)
    return f"preview {hashes} {replace(asked, precision=FIRST)} {options.key()} {targets}"


def start(datasets: Datasets, asked: FitSettings, options: ScoringOptions) -> str:
    """Queue the preview; returns the job's id."""
    targets = around(asked.precision)
    score = scoring.work(datasets, options)

    def work(progress: Progress, cancel: threading.Event) -> Preview:
        kept = deduplicate(scoring.calibratable(score(progress, cancel)))[0]
        return preview_targets(kept, asked, targets, progress=progress, cancel=cancel)

    return resources.jobs().submit(key(datasets, asked, options, targets), work)


def around(precision: float) -> tuple[float, ...]:
    """The targets to preview: the usual ones, and the one that is asked for."""
    return tuple(sorted({*TARGETS, precision}))


def found(datasets: Datasets, asked: FitSettings, options: ScoringOptions) -> Preview | None:
    """The preview of these settings, begun by itself where the pairs are scored; None until it is there."""
    if asked.fpr is not None:
        return None
    wanted = key(datasets, asked, options, around(asked.precision))
    job = progress.recall(state.PREVIEW_JOB)
    if (job is None or job.key != wanted) and scoring.scored(datasets, options) is not None:
        progress.remember(state.PREVIEW_JOB, start(datasets, asked, options))
    finished = progress.follow(state.PREVIEW_JOB, t("Previewing targets"))
    if finished is None or finished.key != wanted:
        return None
    preview: Preview = resources.jobs().result(finished.id)
    return preview


def missing(datasets: Datasets, options: ScoringOptions) -> bool:
    """Whether the pairs have to be scored first, which only a click begins, and no preview is under way."""
    job = progress.recall(state.PREVIEW_JOB)
    return (job is None or job.finished) and scoring.scored(datasets, options) is None


def explain() -> None:
    """What a preview shows, where there is none yet."""
    st.markdown(
        t(
            "**All domains at 70, 80, 90 and 95% at once.** The preview certifies nothing; calibrate at the target "
            "you settle on to get thresholds that hold."
        )
    )


def offer(datasets: Datasets, asked: FitSettings, options: ScoringOptions) -> None:
    """The button that scores the pairs and begins the preview."""
    if st.button(t("Preview targets"), key="preview_go", icon=":material/preview:"):
        progress.remember(state.PREVIEW_JOB, start(datasets, asked, options))


def choose(asked: FitSettings) -> None:
    """The previewed targets as buttons: one click promises another one."""
    names = {round(target * 100): asked_percent(target) for target in around(asked.precision)}
    chosen = round(asked.precision * 100)
    if state.get(state.PREVIEWED) != chosen:
        state.put(state.PREVIEWED, chosen)
    st.segmented_control(
        t("Precision to promise"),
        list(names),
        required=True,
        format_func=lambda value: names.get(value, str(value)),
        key=state.PREVIEWED,
        on_change=_promise,
        label_visibility="collapsed",
    )


def _promise() -> None:
    """Promise the target that was clicked, as a callback; none where its button has just gone."""
    clicked = state.get(state.PREVIEWED)
    if clicked is not None:
        promise.set_precision(int(clicked))


def show(preview: Preview, asked: FitSettings) -> None:
    """All targets side by side, with what a preview is."""
    st.markdown(f"**{t('The same domains at other targets')}**")
    st.table(summary.targets(preview, asked.precision), border="horizontal", hide_index=True)
    st.caption(
        t(
            "A preview: nothing is certified or stored, and it does not count as a fit. Settle on the target that "
            "your product needs; a target chosen because it looks good on these labels is a choice made on them."
        )
    )
