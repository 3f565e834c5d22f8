"""Labelled scores of one domain to tier thresholds, each with its certificate.

What can be certified depends on what the labels can tell:

- Tier or graded labels: `same`, `related` and `weak` each get the lowest threshold above which pairs are at
  least of that tier with the target precision (cumulative precision).
- Binary labels say only "same" or "not the same". `same` is certified as above; mirrored, the highest threshold
  below which pairs are NOT the same with the target precision bounds the `unrelated` tier. What lies between is
  `related`: a person checks. `weak` is not available.

The error budget 1 - confidence is split evenly over the certificates that the claim covers, so that they hold
together (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificate import Certificate
from calibration.certify import AUTO, certify_precision, check_target
from calibration.columns import (
    DOMAIN,
    KIND,
    LABEL,
    LOWEST_SCORE,
    PURPOSE,
    PURPOSE_REVIEW,
    RELATED,
    SAME,
    SCORE,
    THRESHOLD_TIERS,
    UNRELATED,
    WEAK,
)
from calibration.curve import Floats, quantise
from calibration.errors import BadArgument, ColumnsMissing, EmptyInput
from calibration.floors import above_floor, recorded_floor
from calibration.pairs import positives

PUBLISHED: Final[Mapping[str, float]] = {SAME: 0.85, RELATED: 0.70, WEAK: 0.50}
"""The thresholds that the model's guide publishes for everybody: the baseline."""
QUANTUM: Final = 1e-6

CLAIM_TIER: Final = "tier"
CLAIM_DOMAIN: Final = "domain"
CLAIM_ALL: Final = "all"
CLAIMS: Final = (CLAIM_TIER, CLAIM_DOMAIN, CLAIM_ALL)


@dataclass(frozen=True)
class FitSettings:
    """What is asked of a fit.

    precision, confidence: the target and how sure, see `certify_precision`. claim: what holds at once with
    `confidence`: each certificate alone (`tier`), all of a domain (`domain`), or all there are (`all`).
    """

    precision: float = 0.9
    confidence: float = 0.9
    method: str = AUTO
    claim: str = CLAIM_DOMAIN

    def __post_init__(self) -> None:
        check_target(self.precision, self.confidence, self.method)
        if self.claim not in CLAIMS:
            raise BadArgument("claim", " | ".join(CLAIMS), self.claim)


@dataclass(frozen=True)
class DomainFit:
    """Thresholds of one domain: a number, or None where the tier is not available.

    certificates: by the tier they speak of; `unrelated` bounds that tier from above. n: labels used;
    reviewed: rows left out because they were picked for review, not drawn at random. below_floor: rows left out
    because others were drawn above a recorded floor (see `calibration.sampling`).
    """

    domain: str
    thresholds: Mapping[str, float | None]
    certificates: Mapping[str, Certificate]
    n: int
    kinds: tuple[str, ...]
    reviewed: int = 0
    below_floor: int = 0
    notes: tuple[str, ...] = field(default=())


def fit_domains(scored: pd.DataFrame, settings: FitSettings | None = None) -> dict[str, DomainFit]:
    """Fit every domain of a scored frame, on its own labels only; raises ColumnsMissing or EmptyInput."""
    settings = settings or FitSettings()
    missing = [name for name in (SCORE, LABEL, KIND, DOMAIN) if name not in scored.columns]
    if missing:
        raise ColumnsMissing("scored pairs", missing, list(scored.columns))
    if scored.empty:
        raise EmptyInput("scored pairs")
    domains = {str(name): rows for name, rows in scored.groupby(DOMAIN, sort=True)}
    return {name: fit_domain(rows, settings, domains=len(domains)) for name, rows in domains.items()}


def fit_domain(rows: pd.DataFrame, settings: FitSettings, domains: int = 1) -> DomainFit:
    """Fit the rows of one domain. domains: how many share the budget where the claim is about all."""
    drawn = rows[rows[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in rows.columns else rows
    floor = recorded_floor(drawn)
    usable = above_floor(drawn, floor)
    scores = usable[SCORE].to_numpy(dtype=np.float64)
    known = {tier: positives(usable, tier) for tier in THRESHOLD_TIERS}
    can_tell = [tier for tier in THRESHOLD_TIERS if np.isfinite(known[tier]).any() or tier == SAME]
    mirrored = can_tell == [SAME]
    confidence = _share(settings, (len(can_tell) + mirrored) * (domains if settings.claim == CLAIM_ALL else 1))
    certificates = {
        tier: certify_precision(scores, known[tier], settings.precision, confidence, settings.method)
        for tier in can_tell
    }
    thresholds: dict[str, float | None] = dict.fromkeys(THRESHOLD_TIERS)
    if mirrored:
        # Labels drawn above a floor say nothing about all that lies below a threshold.
        whole = slice(None) if floor <= LOWEST_SCORE else slice(0)
        below = certify_below(scores[whole], known[SAME][whole], settings, confidence)
        certificates[UNRELATED] = below
    thresholds |= thresholds_of(certificates)
    name = str(rows[DOMAIN].iloc[0]) if len(rows) else ""
    kinds = tuple(sorted(set(usable[KIND])))
    return DomainFit(
        name,
        thresholds,
        certificates,
        len(usable),
        kinds,
        reviewed=len(rows) - len(drawn),
        below_floor=len(drawn) - len(usable),
    )


def certify_below(scores: Floats, same: Floats, settings: FitSettings, confidence: float) -> Certificate:
    """The mirrored certificate: below its threshold pairs are NOT the same with the target precision.

    Scores and labels are mirrored, certified, and mirrored back: the threshold is one quantum above the highest
    certified score, so that `score < threshold` is what was certified. `n_above` counts the pairs BELOW it.
    """
    found = certify_precision(-quantise(scores), 1.0 - same, settings.precision, confidence, settings.method)
    if not found.certified:
        return found
    threshold = round(-found.threshold + QUANTUM, 6)
    return Certificate(**(found.__dict__ | {"threshold": threshold}))


def thresholds_of(certificates: Mapping[str, Certificate]) -> dict[str, float | None]:
    """Thresholds in order, same >= related >= weak, from what is certified.

    A lower tier may start at the upper one's threshold: a pair that is at least `same` is at least `related`, so
    the upper certificate implies the lower.
    """
    found: dict[str, float | None] = {}
    ceiling = np.inf
    for tier in THRESHOLD_TIERS:
        certificate = certificates.get(tier)
        if certificate is None or not certificate.certified:
            found[tier] = None
            continue
        ceiling = min(ceiling, certificate.threshold)
        found[tier] = float(ceiling)
    if UNRELATED in certificates:
        below = certificates[UNRELATED]
        found[RELATED] = float(min(ceiling, below.threshold)) if below.certified else LOWEST_SCORE
    return found


def _share(settings: FitSettings, certificates: int) -> float:
    """The confidence of one certificate, so that all of them hold together with the confidence asked."""
    if settings.claim == CLAIM_TIER:
        return settings.confidence
    return round(1.0 - (1.0 - settings.confidence) / certificates, 12)
