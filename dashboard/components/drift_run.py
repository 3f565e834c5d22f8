"""Live scores against calibration scores: what is compared, and the job that compares."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, SCORE
from calibration.drift import Drift, score_drift
from calibration.pairs import deduplicate
from calibration.score import ScoringOptions, score_pairs
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components import pool
from dashboard.i18n import naming, t
from dashboard.jobs import Progress

FROM_FILE: Final = "file"


@dataclass(frozen=True)
class Drifted:
    """What the job returns: the finding, and the scores of both sides (columns domain, score)."""

    drift: Drift
    calibration: pd.DataFrame
    live: pd.DataFrame


def live_pairs() -> pool.Pool | None:
    """The live pairs: a file, or a dataset; None while there are none."""
    saved = {str(dataset.id): dataset for dataset in resources.store().datasets.list()}
    names = {FROM_FILE: t("A file of live pairs"), **{key: dataset.name for key, dataset in saved.items()}}
    if state.get(state.DRIFT_SOURCE) not in names:
        state.drop(state.DRIFT_SOURCE)
    source = st.selectbox(
        t("Live pairs"),
        list(names),
        format_func=naming(names, lambda key: names[key]),
        key=state.DRIFT_SOURCE,
        persist_state="session",
    )
    if source in saved:
        dataset = saved[str(source)]
        return pool.Pool(dataset.name, dataset.content_hash, resources.dataset_frame(dataset), None)
    return pool.upload("drift", t("Live pairs, with or without labels"))


def start(datasets: Sequence[Dataset], live: pool.Pool, options: ScoringOptions) -> str:
    """Queue scoring and comparison; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> Drifted:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        sides = [
            score_pairs(frame, encoder, options, progress=progress, cancel=cancel)
            for frame in (deduplicate(pairs)[0], live.frame)
        ]
        kept = [side[[DOMAIN, SCORE]] for side in sides]
        return Drifted(score_drift(*sides), kept[0], kept[1])

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"drift {hashes} {live.digest} {options.key()}", work)
