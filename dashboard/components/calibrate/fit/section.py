"""Calibration: every domain first, at the target chosen among previewed ones; then the evidence and the policy."""

from __future__ import annotations

import streamlit as st

from calibration.certificates.sampling_design import DataDraw
from calibration.fitting.fit import FitSettings
from dashboard import resources, state
from dashboard.components.calibrate.fit import outcome, preview, run, summary
from dashboard.components.frame import presentation, progress
from dashboard.components.frame.presentation import controls
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import choose, drawn, promise
from dashboard.i18n import t


def show() -> None:
    """The section, top to bottom."""
    chosen = choose.datasets()
    if chosen and model_ready():
        _calibrate(chosen, promise.asked(), drawn.asked(chosen), choose.options())
    presentation.nothing_yet(state.FIT_JOB)


def _calibrate(chosen: choose.Datasets, asked: FitSettings, draw: DataDraw, options: choose.Options) -> None:
    """Choose a target, run, show."""
    with controls("asked"), st.container(horizontal=True, vertical_alignment="center"):
        if asked.fpr is None:
            preview.choose(asked)
        go = st.button(t("Calibrate"), key="calibrate_go", type="primary", icon=":material/verified:")
        if asked.fpr is None and preview.missing(chosen, options):
            preview.offer(chosen, asked, options)
    if asked.fpr is None and preview.missing(chosen, options) and progress.recall(state.FIT_JOB) is None:
        preview.explain()
    if go:
        progress.remember(state.FIT_JOB, run.start(chosen, asked, options, draw))
    finished = progress.follow(state.FIT_JOB, t("Calibrating"))
    wanted = run.key(chosen, asked, options, draw)
    previewed = None if _busy() else preview.found(chosen, asked, options)
    found: run.Outcome | None = None if finished is None else resources.jobs().result(finished.id)
    if finished is not None and finished.key == wanted and found is not None:
        summary.show(previewed[asked.precision] if previewed else found.summary)
    elif previewed is not None:
        st.markdown(t(":orange-badge[Preview] Nothing of this is certified yet: calibrate to keep it."))
        summary.show(previewed[asked.precision])
    if finished is not None and found is not None:
        progress.compare(finished, wanted)
        outcome.keeping(found)
    if previewed is not None:
        preview.show(previewed, asked)
    if found is not None:
        outcome.evidence(found)


def _busy() -> bool:
    """Whether a calibration is under way: a preview would only slow it down."""
    job = progress.recall(state.FIT_JOB)
    return job is not None and not job.finished
