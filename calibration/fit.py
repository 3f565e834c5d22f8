"""Labelled scores of one domain to tier thresholds, each with its certificate.

What can be certified depends on what the labels can tell:

- Tier or graded labels: `same`, `related` and `weak` each get the lowest threshold above which pairs are at
  least of that tier with the target precision (cumulative precision).
- Binary labels say only "same" or "not the same". `same` is certified as above; mirrored, the highest threshold
  below which pairs are NOT the same with the target precision bounds the `unrelated` tier. What lies between is
  `related`: a person checks. `weak` is not available.

Instead of precision a false positive rate may be asked for, which does not depend on how common positives are: of
the pairs that are not of a tier, at most that share lies at or above its threshold. Mirrored that is a false
negative rate: of the pairs that are the same, at most that share lies below the threshold and is ignored.

The error budget 1 - confidence is split evenly over the certificates that the claim covers, so that they hold
together (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd

from calibration.borrow import check_scored
from calibration.certificate import Certificate
from calibration.certify import AUTO, certify_precision, check_target
from calibration.certify_fpr import certify_fpr, check_fpr
from calibration.columns import (
    DOMAIN,
    KIND,
    LOWEST_SCORE,
    PURPOSE,
    PURPOSE_REVIEW,
    RELATED,
    SAME,
    SCORE,
    TEXT_A,
    TEXT_B,
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
    WEAK,
)
from calibration.curve import Floats, Ints, quantise
from calibration.errors import N_, BadArgument
from calibration.fit_notes import shared_notes, top_notes
from calibration.floors import above_floor, recorded_floor
from calibration.groups import text_codes
from calibration.notes import Note, note
from calibration.pairs import positives
from calibration.tier_order import in_order

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
    `confidence`: each certificate alone (`tier`), all of a domain (`domain`), or all there are (`all`). fpr: asks
    for this false positive rate instead of a precision. tier_precision: another precision for some tiers.
    clustered: labels that share a text count for less (see `calibration.shared_texts`). Raises BadArgument.
    """

    precision: float = 0.9
    confidence: float = 0.9
    method: str = AUTO
    claim: str = CLAIM_DOMAIN
    fpr: float | None = None
    tier_precision: Mapping[str, float] = field(default_factory=dict)
    clustered: bool = True

    def __post_init__(self) -> None:
        check_target(self.precision, self.confidence, self.method)
        if self.claim not in CLAIMS:
            raise BadArgument("claim", " | ".join(CLAIMS), self.claim)
        if self.fpr is not None:
            check_fpr(self.fpr, self.confidence)
            if self.tier_precision:
                raise BadArgument("fpr", N_("given without a precision by tier"), self.fpr)
        for tier, precision in self.tier_precision.items():
            if tier not in TIERS:
                raise BadArgument("precision", note(N_("by tier: {tiers}"), tiers=", ".join(TIERS)), tier)
            check_target(precision, self.confidence, self.method)

    def precision_of(self, tier: str) -> float:
        """The precision to certify for a tier."""
        return self.tier_precision.get(tier, self.precision)


@dataclass(frozen=True)
class DomainFit:
    """Thresholds of one domain: a number, or None where the tier is not available.

    certificates: by the tier they speak of; `unrelated` bounds that tier from above. n: labels used;
    reviewed: rows left out because they were picked for review, not drawn at random. below_floor: rows left out
    because others were drawn above a recorded floor (see `calibration.sampling`). notes: what to say with them.
    """

    domain: str
    thresholds: Mapping[str, float | None]
    certificates: Mapping[str, Certificate]
    n: int
    kinds: tuple[str, ...]
    reviewed: int = 0
    below_floor: int = 0
    notes: tuple[Note, ...] = ()


def fit_domains(scored: pd.DataFrame, settings: FitSettings | None = None) -> dict[str, DomainFit]:
    """Fit every domain of a scored frame, on its own labels only; raises ColumnsMissing or EmptyInput.

    Beside the notes of `fit_domain`, one says where precision does not rise at the very top.
    """
    settings = settings or FitSettings()
    check_scored(scored)
    domains = {str(name): rows for name, rows in scored.groupby(DOMAIN, sort=True)}
    fits = {name: fit_domain(rows, settings, domains=len(domains)) for name, rows in domains.items()}
    return {name: replace(fit, notes=fit.notes + top_notes(drawn(domains[name]))) for name, fit in fits.items()}


def fit_domain(rows: pd.DataFrame, settings: FitSettings, domains: int = 1) -> DomainFit:
    """Fit the rows of one domain. domains: how many share the budget where the claim is about all."""
    random = drawn(rows)
    floor = recorded_floor(random)
    usable = above_floor(random, floor)
    texts = text_codes(usable) if {TEXT_A, TEXT_B} <= set(usable.columns) else None
    counted = texts if settings.clustered else None
    scores = usable[SCORE].to_numpy(dtype=np.float64)
    known = {tier: positives(usable, tier) for tier in THRESHOLD_TIERS}
    can_tell = [tier for tier in THRESHOLD_TIERS if np.isfinite(known[tier]).any() or tier == SAME]
    mirrored = can_tell == [SAME]
    confidence = _share(settings, (len(can_tell) + mirrored) * (domains if settings.claim == CLAIM_ALL else 1))
    certificates = {
        tier: certify_tier(tier, scores, known[tier], settings, confidence, counted) for tier in can_tell
    }
    if mirrored:
        # Labels drawn above a floor say nothing about all that lies below a threshold.
        whole = slice(None) if floor <= LOWEST_SCORE else slice(0)
        below = None if counted is None else counted[whole]
        certificates[UNRELATED] = certify_below(scores[whole], known[SAME][whole], settings, confidence, below)
    thresholds, crossings = in_order(certificates)
    name = str(rows[DOMAIN].iloc[0]) if len(rows) else ""
    kinds = tuple(sorted(usable[KIND].unique()))
    return DomainFit(
        name,
        thresholds,
        certificates,
        len(usable),
        kinds,
        reviewed=len(rows) - len(random),
        below_floor=len(random) - len(usable),
        notes=crossings + shared_notes(certificates, texts, settings.clustered),
    )


def drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that were drawn at random, not picked for review."""
    return rows[rows[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in rows.columns else rows


def certifying_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one domain that may certify: drawn at random, and at or above the floor that they record."""
    return above_floor(drawn(rows))


def labels_of(rows: pd.DataFrame, tier: str) -> Floats:
    """(n,) 1 where a label says at least `tier` (for `unrelated`: not the same), 0 where not, NaN unknown."""
    return 1.0 - positives(rows, SAME) if tier == UNRELATED else positives(rows, tier)


def certify_tier(
    tier: str, scores: Floats, labels: Floats, settings: FitSettings, confidence: float, texts: Ints | None = None
) -> Certificate:
    """The certificate that the settings ask for; scores, labels (n,), texts (n, 2) as for `certify_precision`."""
    if settings.fpr is not None:
        return certify_fpr(scores, labels, settings.fpr, confidence, texts=texts)
    precision = settings.precision_of(tier)
    return certify_precision(scores, labels, precision, confidence, settings.method, texts=texts)


def certify_below(
    scores: Floats, same: Floats, settings: FitSettings, confidence: float, texts: Ints | None = None
) -> Certificate:
    """The mirrored certificate: below its threshold pairs are NOT the same with the target precision; or at most
    the target share of the pairs that are the same lies there.

    Scores and labels are mirrored, certified, and mirrored back: the threshold is one quantum above the highest
    certified score, so that `score < threshold` is what was certified. `n_above` counts the pairs BELOW it.
    """
    found = certify_tier(UNRELATED, -quantise(scores), 1.0 - same, settings, confidence, texts)
    if not found.certified:
        return found
    threshold = round(-found.threshold + QUANTUM, 6)
    return Certificate(**(found.__dict__ | {"threshold": threshold}))


def _share(settings: FitSettings, certificates: int) -> float:
    """The confidence of one certificate, so that all of them hold together with the confidence asked."""
    if settings.claim == CLAIM_TIER:
        return settings.confidence
    return round(1.0 - (1.0 - settings.confidence) / certificates, 12)
