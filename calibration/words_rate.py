"""What a certified false positive rate promises, as one would tell a colleague; see `calibration.words`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from calibration.certificate import Certificate
from calibration.errors import N_

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


@dataclass(frozen=True)
class Sentences:
    """What is said of certificates of one kind.

    too_few, none: why there is none. same, least: of a tier that has one. below, none_below: of the mirrored one.
    """

    too_few: str
    none: str
    same: str
    least: str
    below: str
    none_below: str


RATE: Final = Sentences(TOO_FEW, NO_THRESHOLD, FEW_REACH_SAME, FEW_REACH, FEW_IGNORED, NONE_IGNORED)


def asked(certificate: Certificate) -> dict[str, str]:
    """The rate that was asked for, and how many labels count for it."""
    return {"rate": f"{100 * (certificate.fpr or 0.0):g}%", "n": f"{certificate.negatives:,}"}
