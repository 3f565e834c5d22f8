"""The job that measures what cleaning steps, punctuation mapping and segmentation do on labelled pairs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial

import pandas as pd

from calibration.ablation import ablate_scored, scoring_variants
from calibration.ablation_result import Ablation
from calibration.fit import FitSettings
from calibration.pairs import deduplicate
from calibration.score import score_pairs
from dashboard import resources
from dashboard.components.shared import samples
from dashboard.components.shared.choose import Datasets
from dashboard.jobs import Progress


@dataclass(frozen=True)
class AblationOutcome:
    """What the job returns. precision: promised where recall is measured; samples: there is sample data."""

    found: Ablation
    precision: float
    samples: bool


def start(datasets: Datasets, precision: float) -> str:
    """Queue the measurement on these datasets; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> AblationOutcome:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        kept, _ = deduplicate(pairs)
        variants = scoring_variants()
        frames = {
            name: score_pairs(
                kept, encoder, options, progress=partial(_step, progress, at, len(variants)), cancel=cancel
            )
            for at, (name, options) in enumerate(variants.items())
        }
        found = ablate_scored(frames, FitSettings(precision), cancel=cancel)
        return AblationOutcome(found, precision, any(dataset.source == samples.SOURCE for dataset in datasets))

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"ablate {hashes} {precision}", work)


def _step(progress: Progress, at: int, variants: int, done: int, total: int) -> None:
    """Progress of one variant as part of all of them."""
    progress(at * total + done, variants * total)
