"""The job that measures what cleaning steps, punctuation mapping and segmentation do on labelled pairs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial

import pandas as pd

from calibration.comparison.ablate import ablate_scored, scoring_variants
from calibration.comparison.ablation_result import Ablation
from calibration.fitting.fit import FitSettings
from calibration.pairs import deduplicate
from calibration.scoring.score_pairs import score_pairs
from dashboard import resources
from dashboard.components.shared import samples
from dashboard.components.shared.choose import Datasets
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress


@dataclass(frozen=True)
class AblationOutcome:
    """What the job returns. precision: promised where recall is measured; samples: there is sample data."""

    found: Ablation
    precision: float
    samples: bool


def key(datasets: Datasets, precision: float) -> str:
    """The job's key: whatever its result depends on."""
    return f"ablate {sorted(dataset.content_hash for dataset in datasets)} {precision}"


def start(datasets: Datasets, precision: float) -> str:
    """Queue the measurement on these datasets; returns the job's id."""
    encoder, store = resources.encoder(), resources.store()

    def work(progress: Progress, cancel: threading.Event) -> AblationOutcome:
        pairs = pd.concat([store.datasets.frame(dataset.id) for dataset in datasets], ignore_index=True)
        kept, _ = deduplicate(scoring.calibratable(pairs))
        variants = scoring_variants()
        frames = {
            name: score_pairs(
                kept, encoder, options, progress=partial(_step, progress, at, len(variants)), cancel=cancel
            )
            for at, (name, options) in enumerate(variants.items())
        }
        found = ablate_scored(frames, FitSettings(precision), cancel=cancel)
        return AblationOutcome(found, precision, samples.among(datasets))

    return resources.jobs().submit(key(datasets, precision), work)


def _step(progress: Progress, at: int, variants: int, done: int, total: int) -> None:
    """Progress of one variant as part of all of them."""
    progress(at * total + done, variants * total)
