"""Fit the tier thresholds of one domain, each with its certificate.

What can be certified depends on what the labels can tell:

- Tier or graded labels: `same`, `related` and `weak` each get the lowest threshold above which pairs are at
  least of that tier with the target precision (cumulative precision).
- Binary labels say only "same" or "not the same". `same` is certified as above; mirrored, the highest threshold
  below which pairs are NOT the same with the target precision bounds the `unrelated` tier. What is between is
  `related`: a person checks. `weak` is not available.

Instead of precision a false positive rate may be asked for, which does not depend on how common positives are: of
the pairs that are not of a tier, at most that share is at or above its threshold. Mirrored that is a false
negative rate: of the pairs that are the same, at most that share is below the threshold and is ignored.

The error budget 1 - confidence is split evenly over the certificates that the claim covers, so that they hold
together (Bonferroni).

Where a domain has guards (`calibration.text.guards`), `same` is one rule, "reaches the threshold and no guard holds
it back", and certified as such: on the labels of the pairs that no guard holds back, a random draw of such pairs.
It has to be named before these labels are looked at, or chosen on others (`calibration.fitting.guards`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from calibration.certificates.certificate import CLAIM_ALL, CLAIM_DOMAIN, CLAIM_TIER, CLAIMS, Certificate
from calibration.certificates.certify import certify
from calibration.certificates.procedures import AUTO, check_method
from calibration.certificates.risk import FalsePositiveRate, Precision, Risk
from calibration.certificates.tier_order import in_order
from calibration.columns import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PRECISION,
    LOWEST_SCORE,
    SAME,
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
    is_binary,
)
from calibration.errors import N_, BadArgument
from calibration.fitting.planning_threshold import Goal, find_candidate, more_labels
from calibration.fitting.remarks import guard_notes, shared_notes, top_notes
from calibration.fitting.sample import DomainSample, Samples, domain_samples
from calibration.messages.note import Note, note
from calibration.policies.tiers import GuardedThresholds, Thresholds
from calibration.stats.intervals import check_confidence
from calibration.stats.sample_size import POWER
from calibration.stats.threshold_counts import mirrored


@dataclass(frozen=True)
class FitSettings:
    """What is asked of a fit.

    precision, confidence: the target and how sure, see `certify_precision`. claim: what holds at once with
    `confidence`: each certificate alone (`tier`), all of a domain (`domain`), or all there are (`all`). fpr: asks
    for this false positive rate instead of a precision. tier_precision: another precision for some tiers.
    clustered: labels that share a text count for less (see `calibration.stats.shared_text_effect`). Raises
    BadArgument.
    """

    precision: float = DEFAULT_PRECISION
    confidence: float = DEFAULT_CONFIDENCE
    method: str = AUTO
    claim: str = CLAIM_DOMAIN
    fpr: float | None = None
    tier_precision: Mapping[str, float] = field(default_factory=dict)
    clustered: bool = True

    def __post_init__(self) -> None:
        Precision(self.precision)
        check_confidence(self.confidence)
        check_method(self.method)
        if self.claim not in CLAIMS:
            raise BadArgument("claim", " | ".join(CLAIMS), self.claim)
        if self.fpr is not None:
            FalsePositiveRate(self.fpr)
            if self.tier_precision:
                raise BadArgument("fpr", N_("given without a precision by tier"), self.fpr)
        for tier, precision in self.tier_precision.items():
            if tier not in TIERS:
                raise BadArgument("precision", note(N_("by tier: {tiers}"), tiers=", ".join(TIERS)), tier)
            Precision(precision)

    def precision_of(self, tier: str) -> float:
        """The precision to certify for a tier."""
        return self.tier_precision.get(tier, self.precision)

    def risk_of(self, tier: str) -> Risk:
        """What to certify for a tier."""
        return Precision(self.precision_of(tier)) if self.fpr is None else FalsePositiveRate(self.fpr)


@dataclass(frozen=True)
class DomainFit:
    """Thresholds of one domain: a number, or None where the tier is not available.

    certificates: by the tier they speak of; `unrelated` bounds that tier from above. n: labels used;
    reviewed: rows left out because they were picked for review, not drawn at random. below_floor: rows left out
    because others were drawn above a recorded floor (see `calibration.labels.plan`). notes: what to say with them.
    guards: what keeps pairs from being `same`; held: how many of the n it does.
    """

    domain: str
    thresholds: Thresholds
    certificates: Mapping[str, Certificate]
    n: int
    kinds: tuple[str, ...]
    reviewed: int = 0
    below_floor: int = 0
    notes: tuple[Note, ...] = ()
    guards: tuple[str, ...] = ()
    held: int = 0

    def __post_init__(self) -> None:
        if self.guards:
            object.__setattr__(self, "thresholds", GuardedThresholds(self.thresholds, self.guards))

    @property
    def binary(self) -> bool:
        """Whether its labels only say same or not."""
        return is_binary(self.kinds, self.certificates)


def fit_domains(scored: pd.DataFrame | Samples, settings: FitSettings | None = None) -> dict[str, DomainFit]:
    """Fit every domain of scored pairs, on its own labels only; raises ColumnsMissing or EmptyInput.

    Beside the notes of `fit_domain`, one says where precision does not rise at the very top.
    """
    settings, samples = settings or FitSettings(), domain_samples(scored)
    fits = {name: fit_domain(sample, settings, domains=len(samples)) for name, sample in samples.items()}
    return {name: _planned(samples[name], fit) for name, fit in fits.items()}


def _planned(sample: DomainSample, fit: DomainFit) -> DomainFit:
    """A fit with its warnings, and with what it takes to prove what is not provable yet, estimated out of fold."""
    certificates = {tier: _with_plan(sample.certifying, tier, made) for tier, made in fit.certificates.items()}
    return replace(fit, certificates=certificates, notes=fit.notes + top_notes(sample.random))


def _with_plan(sample: DomainSample, tier: str, certificate: Certificate) -> Certificate:
    if certificate.live_pairs is None or certificate.fpr is not None:
        return certificate
    goal = Goal(certificate.precision, certificate.confidence, POWER)
    known = sample.eligible(tier).judged(tier)
    found = find_candidate(known, tier, goal)
    if found is None:
        return certificate
    more = more_labels(found, known.n, goal)
    if tier == UNRELATED:
        return replace(certificate, labels_needed=more.live_pairs, live_pairs=more.live_pairs)
    return replace(certificate, labels_needed=more.labels, draw_above=more.draw_above, live_pairs=more.live_pairs)


def fit_domain(rows: pd.DataFrame | DomainSample, settings: FitSettings, domains: int = 1) -> DomainFit:
    """Fit the rows of one domain. domains: how many share the budget where the claim is about all."""
    sample = DomainSample.of(rows)
    used = sample.certifying
    can_tell = [tier for tier in THRESHOLD_TIERS if np.isfinite(used.labels[tier]).any() or tier == SAME]
    tiers = [SAME, UNRELATED] if can_tell == [SAME] else can_tell
    confidence = share_of(settings, len(tiers), domains)
    certificates = {tier: _certify(used, tier, settings, confidence) for tier in tiers}
    thresholds, crossings = in_order(certificates)
    return DomainFit(
        sample.domain,
        thresholds,
        certificates,
        used.n,
        tuple(sorted(pd.unique(used.kinds))),
        reviewed=sample.n - sample.random.n,
        below_floor=sample.random.n - used.n,
        notes=crossings + shared_notes(certificates, used.texts, settings.clustered) + guard_notes(used),
        guards=used.guards,
        held=0 if used.held is None else int(used.held.sum()),
    )


def _certify(sample: DomainSample, tier: str, settings: FitSettings, confidence: float) -> Certificate:
    """The certificate that the settings ask for.

    For `unrelated` it is mirrored: below its threshold pairs are NOT the same with the target precision; or at most
    the target share of the pairs that are the same is there. Scores are negated, certified and negated back, so
    that `score < threshold` is what was certified; `n_above` counts the pairs BELOW it.
    """
    if tier == UNRELATED and sample.floor > LOWEST_SCORE:
        # Labels drawn above a floor say nothing about all that is below a threshold.
        sample = sample.take(np.empty(0, dtype=np.intp))
    sample = sample.eligible(tier)
    scores, labels, texts = sample.signed(tier), sample.labels[tier], sample.texts if settings.clustered else None
    risk, counts = settings.risk_of(tier), sample.curve(tier)
    found = certify(risk, scores, labels, confidence, settings.method, texts=texts, counts=counts)
    if tier != UNRELATED:
        return replace(found, guards=sample.guards) if tier == SAME and sample.guards else found
    if not found.certified:
        # New labels are drawn from all pairs: nothing can be drawn above a ceiling that the store would record.
        return replace(found, draw_above=None, labels_needed=found.live_pairs or found.labels_needed)
    return replace(found, threshold=mirrored(found.threshold))


def share_of(settings: FitSettings, tiers: int, domains: int = 1) -> float:
    """The confidence of each of `tiers` certificates of a domain, so that all that are claimed hold together."""
    if settings.claim == CLAIM_TIER:
        return settings.confidence
    certificates = tiers * (domains if settings.claim == CLAIM_ALL else 1)
    return round(1.0 - (1.0 - settings.confidence) / certificates, 12)
