"""Rows of one meaning: how many go, the clusters one by one for reviewers, and the files to take away."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st

from calibration.corpus.blocks import Ids
from calibration.corpus.dedup import KEEPS, Clusters
from calibration.corpus.frames import clusters_frame, free_name
from calibration.corpus.review import Review
from calibration.pairs import write_pairs
from dashboard import roles, state
from dashboard.components.batch.corpus import threshold as corpus_threshold
from dashboard.components.batch.dedup.cluster import card
from dashboard.components.batch.dedup.review import restart_button, review_of
from dashboard.components.batch.dedup.run import Deduplicated
from dashboard.components.frame.guard import guarding
from dashboard.components.shared import tables
from dashboard.components.shared.upload_problems import problems
from dashboard.i18n import naming, t

PAGE: Final = 5
ALL, OPEN, DONE = "all", "open", "confirmed"
DOUBTFUL, LARGEST = "doubtful", "largest"


def show(job_id: str, found: Deduplicated) -> None:
    """Everything there is to see of a job."""
    problems(job_id, found.read)
    _reviewing(job_id, found)


@st.fragment
@guarding
def _reviewing(job_id: str, found: Deduplicated) -> None:
    """Numbers, clusters and files; only this part runs again while reviewers work."""
    review = review_of(found)
    _numbers(review.clusters)
    _files(found, review)
    representatives = review.clusters.groups()
    if not len(representatives):
        st.success(t("No two rows of this file reach this threshold."), icon=":material/check:")
        return
    may = roles.allowed(roles.WORK)
    shown = _chosen(review, representatives)
    place = st.container()
    rows = tables.page_of(len(shown), state.DEDUP_PAGE, PAGE)
    with place:
        for representative in shown[rows].tolist():
            card(job_id, found, review, representative, may=may)


def _numbers(clusters: Clusters) -> None:
    told = clusters.counts()
    a, b, c, d = st.columns(4)
    a.metric(t("Rows"), f"{told['rows']:,}")
    b.metric(t("Kept"), f"{told['kept']:,}")
    c.metric(t("Identical once cleaned"), f"{told['identical']:,}")
    d.metric(t("Same meaning"), f"{told['same_meaning']:,}")
    st.caption(
        t(
            "By {threshold}. Every removed row is at least that similar to the row that is kept in its place, "
            "so dissimilar texts are never chained together. Kept of each cluster: {rule}.",
            threshold=corpus_threshold.words(clusters.threshold),
            rule=t(KEEPS[clusters.keep]),
        )
    )
    if told["truncated"]:
        st.caption(
            t(
                ":material/content_cut: {count} texts are longer than the model reads; the rest of each was "
                "ignored.",
                count=f"{told['truncated']:,}",
            )
        )


def _chosen(review: Review, representatives: Ids) -> Ids:
    """The clusters to show, in the order asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {ALL: t("all"), OPEN: t("to review"), DONE: t("confirmed")}
        which = st.segmented_control(
            t("Clusters"), names, default=ALL, key=state.DEDUP_WHICH, format_func=naming(names, names.__getitem__)
        )
        orders = {DOUBTFUL: t("most doubtful first"), LARGEST: t("largest first")}
        order = st.segmented_control(
            t("Order"),
            orders,
            default=DOUBTFUL,
            key=state.DEDUP_ORDER,
            format_func=naming(orders, orders.__getitem__),
        )
        done = sum(int(one) in review.confirmed for one in representatives)
        st.caption(
            t("{done} of {total} clusters confirmed", done=done, total=len(representatives)), width="content"
        )
    if which in (OPEN, DONE):
        wanted = [(int(one) in review.confirmed) == (which == DONE) for one in representatives]
        representatives = representatives[np.array(wanted, bool)]
    if order != LARGEST:
        representatives = representatives[np.argsort(_worst(review.clusters)[representatives], kind="stable")]
    return representatives


def _worst(clusters: Clusters) -> np.ndarray:
    """(n,) by representative the lowest score in its cluster."""
    worst = np.ones(len(clusters.scores))
    np.minimum.at(worst, clusters.representative, clusters.scores)
    return worst


def _files(found: Deduplicated, review: Review) -> None:
    """The rows with cluster, reason and review, or only those that stay; and the way back to nothing decided."""
    stem = Path(found.read.file).stem
    with st.container(horizontal=True):
        for kept, label in ((False, t("All rows")), (True, t("Kept rows"))):
            for kind in ("csv", "xlsx"):
                st.download_button(
                    f"{label} · {kind.upper()}",
                    lambda kept=kept, kind=kind: content(found, review, kept, kind),  # type: ignore[misc]
                    f"{stem}-{'kept' if kept else 'clusters'}.{kind}",
                    key=f"dedup_{'kept' if kept else 'all'}_{kind}",
                    icon=":material/download:",
                    on_click="ignore",
                )
        if len(found.clusters.groups()):
            restart_button(found.run, may=roles.allowed(roles.WORK))


def content(found: Deduplicated, review: Review, kept_only: bool, kind: str) -> bytes:
    """The file itself."""
    frame = clusters_frame(found.read.frame, found.read.lines, found.read.texts, review.clusters)
    frame[free_name("review", frame)] = review.status()
    if kept_only:
        frame = frame[review.clusters.kept].reset_index(drop=True)
    if kind == "csv":
        return tables.csv_bytes(frame)
    buffer = io.BytesIO()
    write_pairs(frame, buffer, kind)
    return buffer.getvalue()
