"""What a calibration does not say, and what would help: the part of a report that is read too late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from calibration.certificate import INSUFFICIENT, NOT_CERTIFIABLE
from calibration.columns import DOMAIN, PURPOSE, PURPOSE_REVIEW, THRESHOLD_TIERS, UNRELATED
from calibration.drawn import draw_notes, fits_of
from calibration.errors import N_
from calibration.figures import percent
from calibration.notes import Note, note
from calibration.policy import MANUAL
from calibration.report.content import ReportInput
from calibration.words import ON_SAMPLES

CANNOT_TELL: Final = N_(
    "In {domain}, the labels cannot tell {tier} from the tiers below it. Label pairs by the four tiers "
    "to certify it."
)
TOO_FEW: Final = N_(
    "In {domain}, {tier} is not certified: there are {n} labels, and it takes at least {needed} drawn at random."
)
NOT_KEPT: Final = N_(
    "In {domain}, {tier} is not certified: no threshold keeps the target on these labels. Correct wrong labels, "
    "promise less, or use a stronger model."
)
NONE_DIFFERS: Final = N_(
    "In {domain}, nothing is certified to differ: what is not certified to mean the same needs a person."
)
BY_HAND: Final = N_("In {domain}, the threshold of {tier} rests on no certificate.")
CHANCE: Final = N_(
    "A promise at confidence {confidence} is broken by at most {risk} of the sets of labels that could have been "
    "drawn. Nobody can see from the labels whether this one is among them; fresh labels show it."
)
SHARE: Final = N_(
    "Precision depends on how common each tier is. Where live pairs have another share of it than these labels, "
    "precision is another one too."
)
BOUND: Final = N_(
    "The thresholds are for scores of the model {model} on texts cleaned the same way. Another model, or other "
    "cleaning, needs a calibration of its own."
)
UNBOUND: Final = N_(
    "The policy is bound to no model: nobody has recorded what made its scores, so nothing ensures that other "
    "scores are of the same kind."
)
REVIEWED: Final = N_("{n} pairs were picked for review, not drawn at random; they enter no certificate.")
AGES: Final = N_("What users write changes. Compare live scores with these from time to time, and calibrate again.")


def limits(report: ReportInput) -> list[Note]:
    """Every limit that applies, the gravest first."""
    return [*_of_data(report), *_of_tiers(report), *_of_method(report)]


def _of_data(report: ReportInput) -> Iterator[Note]:
    if report.sample:
        yield note(ON_SAMPLES)
    yield from draw_notes(report.draw, fits_of(report.policy.settings))
    scored = report.scored
    reviewed = int((scored[PURPOSE] == PURPOSE_REVIEW).sum()) if PURPOSE in scored.columns else 0
    if reviewed:
        yield note(REVIEWED, n=f"{reviewed:,}")
    for domain in sorted(set(report.policy.domains) & set(scored[DOMAIN])):
        yield from report.notes.get(domain, ())


def _of_tiers(report: ReportInput) -> Iterator[Note]:
    """What has no certificate, domain by domain."""
    for domain, fitted in report.policy.domains.items():
        for tier in THRESHOLD_TIERS:
            found, named = fitted.certificates.get(tier), {"domain": domain, "tier": tier}
            mirrored = UNRELATED in fitted.certificates and fitted.thresholds.get(tier) is not None
            if found is None and not mirrored:
                yield note(CANNOT_TELL, **named)
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
    yield note(CHANCE, confidence=percent(report.confidence, 0), risk=percent(1.0 - report.confidence, 0))
    yield note(SHARE)
    yield (
        note(BOUND, model=report.policy.model or report.policy.fingerprint)
        if report.policy.fingerprint
        else note(UNBOUND)
    )
    yield note(AGES)
