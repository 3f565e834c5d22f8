"""Live scores against calibration scores: what is compared, and the job that compares."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, SCORE
from calibration.comparison.drift import Drift, score_drift
from calibration.decide import scoring_options
from calibration.pairs import deduplicate
from calibration.scoring.score_pairs import ScoringOptions, score_pairs
from calibration.store import Dataset, Store
from dashboard import resources, state
from dashboard.components.shared import unlabelled_upload
from dashboard.i18n import naming, t
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress

FROM_FILE: Final = "file"
SAMPLED: Final = "sampled"
MOST_DAYS: Final = 90


@dataclass(frozen=True)
class Sampled:
    """Scores that the API gave on the last `days` days and today; see calibration.store.score_samples."""

    days: int

    @property
    def digest(self) -> str:
        """Says what is compared, and when: new scores come in all the time."""
        return f"sampled {self.days} {time.time():.0f}"


@dataclass(frozen=True)
class Drifted:
    """What the job returns: the finding, the scores of both sides (columns domain, score), and live ones by day.

    daily: columns day, domain, score; empty where the live pairs are not of different days.
    """

    drift: Drift
    calibration: pd.DataFrame
    live: pd.DataFrame
    daily: pd.DataFrame = field(default_factory=pd.DataFrame)


def live_pairs() -> unlabelled_upload.Pool | Sampled | None:
    """The live pairs: a file, a dataset, or what the API sampled; None while there are none."""
    saved = {str(dataset.id): dataset for dataset in resources.store().datasets.list()}
    names = {FROM_FILE: t("A file of live pairs"), SAMPLED: t("Scores that the API gave")}
    names |= {key: dataset.name for key, dataset in saved.items()}
    if state.get(state.DRIFT_SOURCE) not in names:
        state.drop(state.DRIFT_SOURCE)
    source = st.selectbox(
        t("Live pairs"),
        list(names),
        format_func=naming(names, lambda key: names[key]),
        key=state.DRIFT_SOURCE,
        persist_state="session",
    )
    if source == SAMPLED:
        days = st.number_input(t("Days back"), 0, MOST_DAYS, 7, key=state.DRIFT_DAYS, persist_state="session")
        return Sampled(int(days or 0))
    if source in saved:
        dataset = saved[str(source)]
        return unlabelled_upload.Pool(dataset.name, dataset.content_hash, resources.dataset_frame(dataset), None)
    return unlabelled_upload.upload("drift", t("Live pairs, with or without labels"))


def sampled_scores(store: Store, days: int, fingerprint: str, options: ScoringOptions) -> pd.DataFrame:
    """Sampled scores that were made by this model with these options: columns day, domain and score."""
    alike = [stored.id for stored in store.policies.list() if scoring_options(stored.policy).key() == options.key()]
    return store.score_samples.frame(days, fingerprint, alike)


def key(datasets: Sequence[Dataset], live: unlabelled_upload.Pool | Sampled, options: ScoringOptions) -> str:
    """The job's key: whatever its result depends on."""
    return f"drift {sorted(dataset.content_hash for dataset in datasets)} {live.digest} {options.key()}"


def start(datasets: Sequence[Dataset], live: unlabelled_upload.Pool | Sampled, options: ScoringOptions) -> str:
    """Queue scoring and comparison; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> Drifted:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        frames = [deduplicate(scoring.calibratable(pairs))[0]] + ([] if isinstance(live, Sampled) else [live.frame])
        sides = [score_pairs(frame, encoder, options, progress=progress, cancel=cancel) for frame in frames]
        if isinstance(live, Sampled):
            sides.append(sampled_scores(store, live.days, encoder.fingerprint, options))
        kept = [side[[DOMAIN, SCORE]] for side in sides]
        daily = sides[1] if isinstance(live, Sampled) else pd.DataFrame()
        return Drifted(score_drift(*sides), kept[0], kept[1], daily)

    return resources.jobs().submit(key(datasets, live, options), work)
