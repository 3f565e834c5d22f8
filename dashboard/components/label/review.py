"""Labelled pairs worth a second look: near thresholds, or with labels that are likely wrong. They never certify."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, LABEL, NOTE, PURPOSE, SCORE, TEXT_A, TEXT_B
from calibration.labels.review import DISTANCE, PROBABILITY, REASON, review_queue
from calibration.pairs import deduplicate, write_pairs
from calibration.policies.policy import Policy
from calibration.policies.tiers import PUBLISHED
from calibration.scoring.score_pairs import MODEL_FACTS, ScoringOptions, score_pairs
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.shared import tables
from dashboard.components.shared.pairs_view import named
from dashboard.i18n import t
from dashboard.jobs.queue import Progress

LOOKED_AT: Final = 30
"""Pairs of a domain in the queue, at most."""


def reviewing(datasets: Sequence[Dataset], options: ScoringOptions) -> None:
    """The section: make the queue, show it, download it."""
    st.subheader(t("Labels worth rechecking"), anchor=False)
    st.markdown(
        t(
            "Pairs close to a threshold, and pairs whose label contradicts their score: correcting them helps "
            "most. They are **picked, not drawn at random, so no certificate uses them**: the file marks them "
            "*purpose = review*, and every promise leaves them out."
        )
    )
    if st.button(t("Find pairs to review"), key="review_go", icon=":material/rate_review:"):
        progress.remember(state.REVIEW_JOB, start(datasets, options))
    finished = progress.follow(state.REVIEW_JOB, t("Finding pairs"))
    if finished is not None:
        progress.compare(finished, key(datasets, options))
        _show(resources.jobs().result(finished.id))


def key(datasets: Sequence[Dataset], options: ScoringOptions) -> str:
    """The job's key: whatever its result depends on."""
    hashes, current = sorted(dataset.content_hash for dataset in datasets), resources.store().policies.current()
    return f"review {hashes} {current and current.id} {options.key()}"


def start(datasets: Sequence[Dataset], options: ScoringOptions) -> str:
    """Queue the work; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()
    current = store.policies.current()
    policy = current.policy if current and current.policy.fingerprint == encoder.fingerprint else None

    def work(progress: Progress, cancel: threading.Event) -> pd.DataFrame:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        scored = score_pairs(deduplicate(pairs)[0], encoder, options, progress=progress, cancel=cancel)
        return queue(scored, policy)

    return resources.jobs().submit(key(datasets, options), work)


def queue(scored: pd.DataFrame, policy: Policy | None, n: int = LOOKED_AT) -> pd.DataFrame:
    """Up to n pairs of each domain; thresholds are the policy's, or the published ones where it has none."""
    parts = []
    for domain, rows in scored.groupby(DOMAIN, sort=True):
        known = policy.domains[str(domain)].thresholds if policy and domain in policy.domains else PUBLISHED
        parts.append(review_queue(rows, [value for value in known.values() if value is not None], n))
    return pd.concat(parts, ignore_index=True)


def _show(found: pd.DataFrame) -> None:
    """The queue, and the file."""
    columns = {
        TEXT_A: tables.text(t("Text A"), 230),
        TEXT_B: tables.text(t("Text B"), 230),
        "named": tables.text(t("Label"), 120),
        SCORE: tables.score(t("Score")),
        "why": tables.text(t("Reason"), 165),
        DOMAIN: tables.text(t("Domain"), "small"),
    }
    tables.paged(found, "review_page", columns, t("Pairs to review"), size=10, words=_words)
    st.download_button(
        t("Download {count} pairs to review", count=f"{len(found):,}"),
        lambda: to_review(found),
        "to-review.csv",
        "text/csv",
        key="review_download",
        icon=":material/download:",
        on_click="ignore",
    )


def _words(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with labels and reasons in words."""
    return named(rows).assign(why=[t(str(reason)) for reason in rows[REASON]])


def to_review(found: pd.DataFrame) -> bytes:
    """The queue as CSV that reads back as pairs with purpose=review, the reason in its note."""
    file = found.drop(columns=[SCORE, *MODEL_FACTS, REASON, PROBABILITY, DISTANCE], errors="ignore")
    file = file.assign(**{NOTE: [str(reason) for reason in found[REASON]]})
    first = [TEXT_A, TEXT_B, LABEL, DOMAIN, PURPOSE, NOTE]
    buffer = io.BytesIO()
    write_pairs(file[first + [name for name in file.columns if name not in first]], buffer, "csv", bom=True)
    return buffer.getvalue()
