"""Scores of saved datasets: kept once computed, computed as a job where they are not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence

import pandas as pd

from calibration.columns import DOMAIN
from calibration.encoding import Encoder
from calibration.pairs.purpose import calibration_rows
from calibration.policies.policy import Binding
from calibration.scoring.score_pairs import ScoringOptions, score_pairs
from calibration.store import Dataset
from dashboard import resources
from dashboard.jobs.queue import Progress

Work = Callable[[Progress, threading.Event], pd.DataFrame]


def calibratable(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the domains that hold nothing but rows picked for review, such as bad cases of other datasets."""
    known = rows[DOMAIN].isin(set(calibration_rows(rows)[DOMAIN]))
    return rows if known.all() else rows[known].reset_index(drop=True)


def key_of(dataset: Dataset, fingerprint: str, options: ScoringOptions) -> Hashable:
    """What a scored frame depends on: rows, model, cleaning, segments."""
    return ("scored", dataset.content_hash, fingerprint, options.key())


def scored(datasets: Sequence[Dataset], options: ScoringOptions) -> pd.DataFrame | None:
    """The datasets' pairs with their scores, one frame under another; None where some are not scored yet."""
    fingerprint = resources.encoder().fingerprint
    parts = [resources.frames().get(key_of(dataset, fingerprint, options)) for dataset in datasets]
    if not parts or any(part is None for part in parts):
        return None
    key = identity(datasets, options)
    together = resources.frames().get(key)
    if together is None:
        known = [part for part in parts if part is not None]
        together = known[0] if len(known) == 1 else pd.concat(known, ignore_index=True)
        resources.frames().put(key, together)
    return together


def identity(datasets: Sequence[Dataset], options: ScoringOptions) -> Hashable:
    """What tells the frame of `scored` from any other, for what is worked out from it and kept."""
    fingerprint = resources.encoder().fingerprint
    return ("together", *(key_of(dataset, fingerprint, options) for dataset in datasets))


def start(datasets: Sequence[Dataset], options: ScoringOptions) -> str:
    """Queue the scoring of what is not scored yet; returns the job's id."""
    encoder = resources.encoder()
    keys = sorted(str(key_of(dataset, encoder.fingerprint, options)) for dataset in datasets)
    return resources.jobs().submit(f"score {keys}", work(datasets, options, encoder))


def binding(options: ScoringOptions, encoder: Encoder) -> Binding:
    """What a policy that is fitted on such scores of `encoder` is bound to."""
    return Binding(encoder.name, encoder.fingerprint, options.cleaning.key(), options.segments)


def work(datasets: Sequence[Dataset], options: ScoringOptions, encoder: Encoder | None = None) -> Work:
    """The work itself, for a job: scores what is not scored yet, and returns all pairs as one frame.

    `encoder` is the one in use unless given: who needs its fingerprint too gives it, since the next look may
    find another.
    """
    encoder = encoder or resources.encoder()
    store, frames = resources.store(), resources.frames()
    keys = {dataset.id: key_of(dataset, encoder.fingerprint, options) for dataset in datasets}

    def run(progress: Progress, cancel: threading.Event) -> pd.DataFrame:
        parts = {dataset.id: frames.get(keys[dataset.id]) for dataset in datasets}
        waiting = {number: store.datasets.frame(number) for number, part in parts.items() if part is None}
        if waiting:
            together = pd.concat(waiting.values(), ignore_index=True)
            result = score_pairs(together, encoder, options, progress=progress, cancel=cancel)
            begin = 0
            for number, pairs in waiting.items():
                scores = result.iloc[begin : begin + len(pairs)].reset_index(drop=True)
                parts[number] = scores
                frames.put(keys[number], scores)
                begin += len(pairs)
        known = [part for part in parts.values() if part is not None]
        return known[0] if len(known) == 1 else pd.concat(known, ignore_index=True)

    return run
