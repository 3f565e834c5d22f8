"""The limits of a calibration and what would help, as a part of the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypedDict

from calibration.certificates.certificate import INSUFFICIENT, NOT_CERTIFIABLE
from calibration.certificates.sampling import Sampling, draw_notes
from calibration.columns import DOMAIN, PURPOSE, PURPOSE_REVIEW, THRESHOLD_TIERS, UNRELATED
from calibration.errors import N_
from calibration.fitting.sentences import ON_SAMPLES
from calibration.messages.note import Note, note
from calibration.policies.policy import MANUAL
from calibration.report.content import ReportInput
from calibration.stats.formatting import about, asked_percent, percent

CANNOT_TELL: Final = N_(
    "In {domain}, the labels do not distinguish {tier} from the tiers below it. Label pairs by the four tiers "
    "to certify it."
)
TOO_FEW: Final = N_(
    "In {domain}, {tier} is not provable yet: there are {n} labels, and it takes at least {needed} drawn at random."
)
NOT_PROVABLE: Final = N_(
    "In {domain}, {tier} is not provable yet: the {n} labels do not rule the target out. About {needed} new labels "
    "would do, which takes about {live} live pairs."
)
NOT_KEPT: Final = N_(
    "In {domain}, {tier} is out of reach: the labels rule the target out at every threshold. Correct wrong labels, "
    "lower the target, or use a stronger model."
)
NONE_DIFFERS: Final = N_(
    "In {domain}, no pairs are certified to differ: pairs that are not certified to mean the same need a person."
)
BY_HAND: Final = N_("In {domain}, the threshold of {tier} has no certificate.")
CHANCE: Final = N_(
    "A promise at confidence {confidence} is broken by at most {risk} of the sets of labels that could have "
    "been drawn. These labels cannot show whether they are such a set; fresh labels can."
)
SHARE: Final = N_(
    "Precision depends on how common each tier is. If its share differs between live pairs and these labels, "
    "so does precision."
)
BOUND: Final = N_(
    "The thresholds are for scores of the model {model} on texts cleaned the same way. Another model, or other "
    "cleaning, needs a calibration of its own."
)
UNBOUND: Final = N_(
    "The policy is bound to no model: it is not recorded which model made its scores, so nothing ensures that "
    "other scores are of the same kind."
)
REVIEWED: Final = N_("{n} pairs were picked for review, not drawn at random; no certificate uses them.")
AGES: Final = N_("What users write changes. Compare live scores with these from time to time, and calibrate again.")


class _Named(TypedDict):
    domain: str
    tier: str
    binary: bool


def limits(report: ReportInput) -> list[Note]:
    """Every limit that applies, the gravest first."""
    return [*_of_data(report), *_of_tiers(report), *_of_method(report)]


def _of_data(report: ReportInput) -> Iterator[Note]:
    if report.sample:
        yield note(ON_SAMPLES)
    yield from draw_notes(Sampling.of(report.policy.settings))
    scored = report.scored
    reviewed = int((scored[PURPOSE] == PURPOSE_REVIEW).sum()) if PURPOSE in scored.columns else 0
    if reviewed:
        yield note(REVIEWED, n=f"{reviewed:,}")
    for domain in sorted(set(report.policy.domains) & set(scored[DOMAIN].unique())):
        yield from report.notes.get(domain, ())


def _of_tiers(report: ReportInput) -> Iterator[Note]:
    """What has no certificate, domain by domain."""
    for domain, fitted in report.policy.domains.items():
        for tier in THRESHOLD_TIERS:
            found = fitted.certificates.get(tier)
            named: _Named = {"domain": domain, "tier": tier, "binary": fitted.binary}
            mirrored = UNRELATED in fitted.certificates and fitted.thresholds.get(tier) is not None
            if found is None and not mirrored and not fitted.binary:
                yield note(CANNOT_TELL, **named)
            elif found is not None and found.status == INSUFFICIENT and found.live_pairs is not None:
                numbers = {"n": f"{found.n:,}", "needed": about(found.labels_needed or 0)}
                yield note(NOT_PROVABLE, live=about(found.live_pairs), **numbers, **named)
            elif found is not None and found.status == INSUFFICIENT:
                yield note(TOO_FEW, n=f"{found.n:,}", needed=f"{found.labels_needed or 0:,}", **named)
            elif found is not None and found.status == NOT_CERTIFIABLE:
                yield note(NOT_KEPT, **named)
            if report.policy.provenance(domain, tier) == MANUAL:
                yield note(BY_HAND, **named)
        if UNRELATED in fitted.certificates and not fitted.certificates[UNRELATED].certified:
            yield note(NONE_DIFFERS, domain=domain)


def _of_method(report: ReportInput) -> Iterator[Note]:
    """What holds of every calibration."""
    yield note(CHANCE, confidence=asked_percent(report.confidence), risk=percent(1.0 - report.confidence, 0))
    yield note(SHARE)
    yield (
        note(BOUND, model=report.policy.model or report.policy.fingerprint)
        if report.policy.fingerprint
        else note(UNBOUND)
    )
    yield note(AGES)
