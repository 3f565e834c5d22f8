"""The job that judges a model's scores on labelled pairs, domain by domain."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import DOMAIN, PURPOSE, PURPOSE_REVIEW, SAME, SCORE
from calibration.groups import text_groups
from calibration.pairs import deduplicate, positives
from calibration.probability import fit_probability
from calibration.probability_map import ProbabilityMap
from calibration.ranking import Ranking, rank_quality
from calibration.reliability import Reliability, judge_probability
from calibration.score import ScoringOptions
from calibration.top import TopCheck, check_top
from dashboard import resources, scoring
from dashboard.components.shared import samples
from dashboard.components.shared.choose import Datasets
from dashboard.jobs import Progress

CONFIDENCE: Final = 0.9
"""Of every interval on the page."""


@dataclass(frozen=True)
class DomainQuality:
    """What the scores of one domain are worth, on its usable labels.

    rows: drawn pairs with score and label. n, positives: how many of them, and how many mean the same. chance:
    score to P(same). reliability: how true that is out of fold. top: whether it still rises at the top. The last
    three are None where all labels say the same.
    """

    domain: str
    rows: pd.DataFrame
    n: int
    positives: int
    ranking: Ranking
    chance: ProbabilityMap | None = None
    reliability: Reliability | None = None
    top: TopCheck | None = None


@dataclass(frozen=True)
class QualityOutcome:
    """What the job returns: domains by name, the datasets' names, how texts were scored, samples among them."""

    domains: Mapping[str, DomainQuality]
    names: tuple[str, ...]
    options: ScoringOptions
    samples: bool


def start(datasets: Datasets, options: ScoringOptions) -> str:
    """Queue the judging of these datasets; returns the job's id."""
    score = scoring.work(datasets, options)

    def work(progress: Progress, cancel: threading.Event) -> QualityOutcome:
        kept, _ = deduplicate(score(progress, cancel))
        domains = {str(name): judge(str(name), rows) for name, rows in kept.groupby(DOMAIN, sort=True)}
        on_samples = any(dataset.source == samples.SOURCE for dataset in datasets)
        return QualityOutcome(domains, tuple(dataset.name for dataset in datasets), options, on_samples)

    hashes = sorted(dataset.content_hash for dataset in datasets)
    return resources.jobs().submit(f"judge {hashes} {options.key()}", work)


def judge(domain: str, scored: pd.DataFrame) -> DomainQuality:
    """Judge one domain's scored, deduplicated pairs."""
    drawn = scored[scored[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in scored.columns else scored
    known = np.isfinite(drawn[SCORE].to_numpy(dtype=np.float64)) & np.isfinite(positives(drawn, SAME))
    rows = drawn[known]
    scores, labels, ranking = rows[SCORE].to_numpy(), positives(rows, SAME), rank_quality(rows, SAME, CONFIDENCE)
    n, right = len(rows), int(labels.sum())
    if right in (0, n):
        return DomainQuality(domain, rows, n, right, ranking)
    groups = text_groups(rows)
    several = np.unique(groups).size > 1
    return DomainQuality(
        domain,
        rows,
        n,
        right,
        ranking,
        fit_probability(scores, labels, groups, CONFIDENCE),
        judge_probability(rows, SAME, CONFIDENCE) if several else None,
        check_top(scores, labels, groups, CONFIDENCE),
    )
