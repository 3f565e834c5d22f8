"""The job that judges a model's scores on labelled pairs, domain by domain."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SAME, SCORE
from calibration.evaluation.ranking import Ranking, rank_quality
from calibration.evaluation.reliability import Reliability, judge_probability
from calibration.fitting.isotonic import fit_probability
from calibration.fitting.top_score_check import TopCheck, check_top
from calibration.pairs import deduplicate, positives
from calibration.pairs.purpose import calibration_rows
from calibration.policies.probability_map import ProbabilityMap
from calibration.scoring.score_pairs import ScoringOptions
from calibration.stats.text_groups import text_groups
from dashboard import resources
from dashboard.components.shared import samples
from dashboard.components.shared.choose import Datasets
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress

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


def key(datasets: Datasets, options: ScoringOptions) -> str:
    """The job's key: whatever its result depends on."""
    return f"judge {sorted(dataset.content_hash for dataset in datasets)} {options.key()}"


def start(datasets: Datasets, options: ScoringOptions) -> str:
    """Queue the judging of these datasets; returns the job's id."""
    score = scoring.work(datasets, options)

    def work(progress: Progress, cancel: threading.Event) -> QualityOutcome:
        kept, _ = deduplicate(scoring.calibratable(score(progress, cancel)))
        domains = {str(name): judge(str(name), rows) for name, rows in kept.groupby(DOMAIN, sort=True)}
        on_samples = samples.among(datasets)
        return QualityOutcome(domains, tuple(dataset.name for dataset in datasets), options, on_samples)

    return resources.jobs().submit(key(datasets, options), work)


def judge(domain: str, scored: pd.DataFrame) -> DomainQuality:
    """Judge one domain's scored, deduplicated pairs."""
    drawn = calibration_rows(scored)
    known = np.isfinite(drawn[SCORE].to_numpy(dtype=np.float64)) & np.isfinite(positives(drawn, SAME))
    rows = drawn[known]
    scores, labels, ranking = (
        rows[SCORE].to_numpy(),
        positives(rows, SAME),
        rank_quality(rows, SAME, DEFAULT_CONFIDENCE),
    )
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
        fit_probability(scores, labels, groups, DEFAULT_CONFIDENCE),
        judge_probability(rows, SAME, DEFAULT_CONFIDENCE) if several else None,
        check_top(scores, labels, groups, DEFAULT_CONFIDENCE),
    )
