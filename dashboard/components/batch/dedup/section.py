"""Deduplicate: which rows of a file mean the same, and which of them to keep."""

from __future__ import annotations

import streamlit as st

from calibration.corpus.dedup import KEEPS
from dashboard import resources, state
from dashboard.components.batch.corpus import files as corpus_files
from dashboard.components.batch.corpus import threshold as corpus_threshold
from dashboard.components.batch.dedup import outcome, run
from dashboard.components.frame import progress
from dashboard.components.frame.shell import model_ready
from dashboard.i18n import naming, t


def show() -> None:
    """The section, top to bottom."""
    file = corpus_files.choose("dedup_file", t("A file with a column of texts"), "titles/titles.csv")
    if file is None or not model_ready():
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = corpus_files.column(file, state.DEDUP_COLUMN, t("Column of texts"))
        keep = st.selectbox(
            t("Of each cluster, keep"),
            list(KEEPS),
            key=state.DEDUP_KEEP,
            persist_state="session",
            format_func=naming(KEEPS, lambda rule: t(KEEPS[rule])),
            width=320,
        )
    threshold = corpus_threshold.choose("dedup")
    go = st.button(
        t("Find duplicates"),
        key="dedup_go",
        type="primary",
        icon=":material/content_copy:",
        disabled=threshold is None,
    )
    if go and threshold is not None:
        state.drop(state.DEDUP_PAGE)
        progress.remember(state.DEDUP_JOB, run.start(file, column, threshold, str(keep)))
    finished = progress.follow(state.DEDUP_JOB, t("Comparing"))
    if finished is not None:
        progress.compare(finished, "" if threshold is None else run.key(file, column, threshold, str(keep)))
        outcome.show(finished.id, resources.jobs().result(finished.id))
