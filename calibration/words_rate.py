"""What a certified false positive rate promises, as one would tell a colleague; see `calibration.words`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from calibration.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.columns import SAME
from calibration.errors import N_
from calibration.figures import DASH, threshold
from calibration.notes import Note, note, percent

if TYPE_CHECKING:
    from calibration.evaluate import DomainEvaluation

FEW_REACH_SAME: Final = N_(
    "In {domain}, of the pairs that do not mean the same at most {rate} score {threshold} or above and are taken "
    "for {tier} (confidence {confidence}, from {n} such labels); this catches {caught} of those that do."
)
FEW_REACH: Final = N_(
    "In {domain}, of the pairs that are less than {tier} at most {rate} score {threshold} or above (confidence "
    "{confidence}, from {n} such labels); this catches {caught} of those that are at least {tier}."
)
TOO_FEW: Final = N_(
    "In {domain}, {n} labelled pairs that are less than {tier} are too few to promise that at most {rate} of them "
    "reach it: even without a single error it takes {needed}."
)
NO_THRESHOLD: Final = N_(
    "In {domain}, no threshold keeps all but {rate} of the pairs that are less than {tier} out: too many of them "
    "share the very highest score."
)
FEW_IGNORED: Final = N_(
    "In {domain}, of the pairs that mean the same at most {rate} score below {threshold} and are ignored; what "
    "lies between needs a person."
)
NONE_IGNORED: Final = N_(
    "In {domain}, no score is so low that at most {rate} of the pairs that mean the same are sure to lie below it: "
    "what is not taken for the same needs a person."
)


def told(tier: str, certificate: Certificate, judged: DomainEvaluation, confidence: float) -> Note:
    """One tier in a sentence; judged, confidence: as for `calibration.words.promises`."""
    asked = {
        "domain": judged.domain,
        "tier": tier,
        "rate": f"{100 * (certificate.fpr or 0.0):g}%",
        "n": f"{certificate.negatives:,}",
    }
    if certificate.status == INSUFFICIENT:
        return note(TOO_FEW, needed=f"{certificate.labels_needed or 0:,}", **asked)
    if certificate.status != CERTIFIED:
        return note(NO_THRESHOLD, **asked)
    found = judged.tier(tier)
    return note(
        FEW_REACH_SAME if tier == SAME else FEW_REACH,
        threshold=threshold(certificate.threshold),
        confidence=percent(confidence),
        caught=percent(found.recall.value) if found is not None and found.recall.n else DASH,
        **asked,
    )


def told_below(certificate: Certificate, domain: str) -> Note:
    """The mirrored promise, a false negative rate: how few of the pairs that mean the same are ignored."""
    asked = {"domain": domain, "rate": f"{100 * (certificate.fpr or 0.0):g}%"}
    if not certificate.certified:
        return note(NONE_IGNORED, **asked)
    return note(FEW_IGNORED, threshold=threshold(certificate.threshold, below=True), **asked)
