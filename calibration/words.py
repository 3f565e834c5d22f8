"""What a calibration found, as one would tell a colleague: the same sentences on pages, in reports and files.

A sentence is a `Note` whose values are plain: `domain` as the user typed it, `tier` by its key. Whoever shows it
dresses them (see `Note.explain`), for Markdown, HTML or a terminal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from calibration import words_rate
from calibration.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.certify import AUTO, FST, SCP, STEPWISE
from calibration.columns import (
    BINARY,
    GRADED,
    LABEL_MAX,
    LOWEST_SCORE,
    SAME,
    THRESHOLD_TIERS,
    TIER,
    TIER_NAMES,
    TIERS,
    UNRELATED,
)
from calibration.errors import N_
from calibration.figures import DASH, limit, percent, threshold
from calibration.fit import CLAIM_ALL, CLAIM_DOMAIN, CLAIM_TIER
from calibration.i18n import translate
from calibration.notes import Note, note

if TYPE_CHECKING:
    from calibration.evaluate import DomainEvaluation

IS_SAME: Final = N_(
    "In {domain}, pairs at {threshold} or above are {tier} at least {precision} of the time (confidence "
    "{confidence}, from {n} labels); this catches {caught} of them."
)
IS_AT_LEAST: Final = N_(
    "In {domain}, pairs at {threshold} or above are at least {tier} at least {precision} of the time (confidence "
    "{confidence}, from {n} labels); this catches {caught} of them."
)
TOO_FEW: Final = N_(
    "In {domain}, {n} labels are too few to promise {precision} for {tier}: even without a single error it takes "
    "{needed}. Add labelled pairs, or ask for less precision or confidence."
)
NO_THRESHOLD: Final = N_(
    "In {domain}, no threshold keeps {tier} at {precision}: wrong pairs score as high as right ones. Look at the "
    "highest-scoring wrong pairs on the distribution page for labels to correct, promise less, or use a stronger "
    "model."
)
DIFFERS: Final = N_(
    "In {domain}, pairs below {threshold} do not mean the same at least {precision} of the time; what lies between "
    "needs a person."
)
NONE_DIFFERS: Final = N_(
    "In {domain}, no score is so low that {precision} of the pairs below it are sure to differ: what is not "
    "certified to mean the same needs a person."
)
PRECISION: Final = words_rate.Sentences(TOO_FEW, NO_THRESHOLD, IS_SAME, IS_AT_LEAST, DIFFERS, NONE_DIFFERS)

CERTIFIED_BY: Final = N_("{n} pairs, {wrong} wrong, precision {lower}")
CERTIFIED_RATE: Final = N_("{wrong} of {n} negatives get in, false positive rate {most}")
CERTIFIED_IGNORED: Final = N_("{wrong} of {n} positives are ignored, false negative rate {most}")
NEEDS: Final = N_("needs at least {needed} labels")
POSITIVE: Final = N_("{positives} of {n} labels are positive")
CANNOT_TELL: Final = N_("labels cannot tell")
STATUS_NAMES: Final = {
    CERTIFIED: N_("certified"),
    INSUFFICIENT: N_("too few labels"),
    NOT_CERTIFIABLE: N_("not certifiable"),
}
ON_SAMPLES: Final = N_(
    "This rests on sample data, which was written for this project: the certificates illustrate the method and "
    "promise nothing about your users' texts."
)

METHOD_NAMES: Final = {
    AUTO: N_("Automatic: the stepwise method"),
    STEPWISE: N_("Stepwise: catches most, at any number of labels"),
    FST: N_("Fixed sequence: good for few labels"),
    SCP: N_("Simultaneous: good for many labels"),
}
CLAIM_NAMES: Final = {
    CLAIM_TIER: N_("each tier on its own"),
    CLAIM_DOMAIN: N_("all tiers of a domain together"),
    CLAIM_ALL: N_("all tiers of all domains together"),
}
MEANING: Final = (N_("different meaning"), N_("same meaning"))
"""The binary labels 0 and 1 in words."""
KIND_NAMES: Final = {
    BINARY: N_("two labels: same or not"),
    TIER: N_("four tiers"),
    GRADED: N_("grades from 0 to 5"),
}


def promises(certificates: Mapping[str, Certificate], judged: DomainEvaluation, confidence: float) -> list[Note]:
    """One sentence a certificate of a domain, high tiers first.

    judged: the thresholds on the labels that they rest on, for how much they catch. confidence: what was asked,
    in [0, 1]; single certificates may hold more, to hold together.
    """
    told = [_told(tier, certificates[tier], judged, confidence) for tier in THRESHOLD_TIERS if tier in certificates]
    if UNRELATED in certificates:
        told.append(_told_below(certificates[UNRELATED], judged.domain))
    return told


def _told(tier: str, certificate: Certificate, judged: DomainEvaluation, confidence: float) -> Note:
    """One tier in a sentence."""
    said, asked = _kind(certificate)
    asked |= {"domain": judged.domain, "tier": tier}
    if certificate.status == INSUFFICIENT:
        return note(said.too_few, needed=f"{certificate.labels_needed or 0:,}", **asked)
    if certificate.status != CERTIFIED:
        return note(said.none, **asked)
    found = judged.tier(tier)
    return note(
        said.same if tier == SAME else said.least,
        threshold=threshold(certificate.threshold),
        confidence=percent(confidence, 0),
        caught=percent(found.recall.value, 0) if found is not None else DASH,
        **asked,
    )


def _told_below(certificate: Certificate, domain: str) -> Note:
    """The mirrored promise of labels that only say same or not; of a rate: how few of the same are ignored."""
    said, asked = _kind(certificate)
    del asked["n"]
    if not certificate.certified:
        return note(said.none_below, domain=domain, **asked)
    return note(said.below, domain=domain, threshold=threshold(certificate.threshold, below=True), **asked)


def _kind(certificate: Certificate) -> tuple[words_rate.Sentences, dict[str, str]]:
    """The sentences for a certificate of its kind, and what was asked for."""
    if certificate.fpr is not None:
        return words_rate.RATE, words_rate.asked(certificate)
    return PRECISION, {"precision": percent(certificate.precision, 0), "n": f"{certificate.n:,}"}


def evidence(tier: str, certificate: Certificate | None) -> Note:
    """The numbers behind a tier's status; a dash where the labels cannot tell.

    The certificate of `unrelated` is mirrored: its positives are the pairs that differ.
    """
    if certificate is None:
        return note(DASH)
    wrong = f"{certificate.false_positives:,}"
    if certificate.status == CERTIFIED and certificate.fpr is not None:
        most = limit("≤", percent(certificate.fpr_upper, 2))
        counted = {"wrong": wrong, "n": f"{certificate.negatives:,}", "most": most}
        return note(CERTIFIED_IGNORED if tier == UNRELATED else CERTIFIED_RATE, **counted)
    if certificate.status == CERTIFIED:
        return note(
            CERTIFIED_BY,
            n=f"{certificate.n_above:,}",
            wrong=wrong,
            lower=limit("≥", percent(certificate.precision_lower)),
        )
    if certificate.labels_needed:
        return note(NEEDS, needed=f"{certificate.labels_needed:,}")
    positives = certificate.negatives if tier == UNRELATED else certificate.positives
    return note(POSITIVE, positives=f"{positives:,}", n=f"{certificate.n:,}")


def bound(tier: str, value: float | None) -> str:
    """A tier's threshold with its direction; a dash where there is none, or where it claims nothing.

    >>> bound("same", 0.9401), bound("unrelated", 0.5), bound("related", -1.0)
    ('≥\xa00.941', '<\xa00.500', '–')
    """
    if value is None or not math.isfinite(value) or value <= LOWEST_SCORE:
        return DASH
    return limit("<", threshold(value, below=True)) if tier == UNRELATED else limit("≥", threshold(value))


def tier_name(tier: str, locale: str) -> str:
    """A tier's name in `locale`."""
    return translate(TIER_NAMES[tier], locale)


def label_name(label: float, kind: str, locale: str) -> str:
    """A label in words, where its kind has words.

    >>> label_name(1, "binary", "en"), label_name(3, "tier", "en"), label_name(2.5, "graded", "en")
    ('same meaning', 'same', '2.5 / 5')
    """
    if kind == BINARY:
        return translate(MEANING[int(label >= 1)], locale)
    if kind == TIER:
        return tier_name(TIERS[len(TIERS) - 1 - int(label)], locale)
    return f"{label:g} / {LABEL_MAX[kind]:g}"


def expectation_name(expected: str, locale: str) -> str:
    """What a bad case should have been, in words: a tier, or only that the texts do not mean the same."""
    return tier_name(expected, locale) if expected in TIERS else translate(N_("not the same"), locale)


def kind_name(kind: str, locale: str) -> str:
    """A kind of label in words; an unknown kind as it is."""
    return translate(KIND_NAMES.get(kind, kind), locale)
