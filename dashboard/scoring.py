"""Scores of saved datasets: kept once computed, computed as a job where they are not."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence

import pandas as pd

from calibration.score import ScoringOptions, score_pairs
from calibration.store import Dataset
from dashboard import resources
from dashboard.jobs import Progress


def key_of(dataset: Dataset, fingerprint: str, options: ScoringOptions) -> Hashable:
    """What a scored frame depends on: rows, model, cleaning, segments."""
    return ("scored", dataset.content_hash, fingerprint, options.key())


def scored(datasets: Sequence[Dataset], options: ScoringOptions) -> pd.DataFrame | None:
    """The datasets' pairs with their scores, one frame under another; None where some are not scored yet."""
    fingerprint = resources.encoder().fingerprint
    parts = [resources.frames().get(key_of(dataset, fingerprint, options)) for dataset in datasets]
    if not parts or any(part is None for part in parts):
        return None
    key = ("together", *(key_of(dataset, fingerprint, options) for dataset in datasets))
    together = resources.frames().get(key)
    if together is None:
        together = pd.concat([part for part in parts if part is not None], ignore_index=True)
        resources.frames().put(key, together)
    return together


def start(datasets: Sequence[Dataset], options: ScoringOptions) -> str:
    """Queue the scoring of what is not scored yet; returns the job's id."""
    encoder = resources.encoder()
    keys = {dataset.id: key_of(dataset, encoder.fingerprint, options) for dataset in datasets}
    waiting = [dataset for dataset in datasets if resources.frames().get(keys[dataset.id]) is None]
    store, frames = resources.store(), resources.frames()

    def work(progress: Progress, cancel: threading.Event) -> int:
        pairs = [store.datasets.frame(dataset.id) for dataset in waiting]
        together = pd.concat(pairs, ignore_index=True)
        result = score_pairs(together, encoder, options, progress=progress, cancel=cancel)
        begin = 0
        for dataset, part in zip(waiting, pairs, strict=True):
            frames.put(keys[dataset.id], result.iloc[begin : begin + len(part)].reset_index(drop=True))
            begin += len(part)
        return begin

    return resources.jobs().submit(f"score {sorted(map(str, keys.values()))}", work)
