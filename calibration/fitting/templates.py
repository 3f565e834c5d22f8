"""The sentences about certificates of each risk, as templates; see `calibration.fitting.sentences`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from calibration.certificates.certificate import Certificate
from calibration.columns import UNRELATED
from calibration.errors import N_
from calibration.messages.note import Note, note
from calibration.stats.formatting import asked_percent, limit, percent


@dataclass(frozen=True)
class Templates:
    """The sentences about certificates of one risk.

    too_few, not_provable, none: why there is none. same, least: a tier that has one. below, below_not_provable,
    none_below: the mirrored certificate.
    """

    too_few: str
    not_provable: str
    none: str
    same: str
    least: str
    below: str
    below_not_provable: str
    none_below: str


PRECISION: Final = Templates(
    too_few=N_(
        "{domain}: {n} labels are too few to guarantee {precision} for {tier}. Even without a single error it"
        " takes at least {needed}. Label more pairs, or lower the target or the confidence."
    ),
    not_provable=N_(
        "{domain}: {precision} for {tier} is not provable yet. The labels do not rule it out at {above} or "
        "above. Draw about {needed} new labels at random from there, for which about {live} live pairs have "
        "to be looked through."
    ),
    none=N_(
        "{domain}: {precision} for {tier} is out of reach. At every threshold with enough labels, the labels "
        "rule it out (confidence {sure}). Check the highest-scoring wrong pairs for labels to correct, lower "
        "the target, or use a stronger model."
    ),
    same=N_(
        "{domain}: at least {precision} of the pairs at {threshold} or above are {tier} (confidence "
        "{confidence}, {n} labels). This finds {caught} of all such pairs."
    ),
    least=N_(
        "{domain}: at least {precision} of the pairs at {threshold} or above are {tier} or better (confidence"
        " {confidence}, {n} labels). This finds {caught} of all such pairs."
    ),
    below=N_(
        "{domain}: at least {precision} of the pairs below {threshold} do not mean the same; a person checks "
        "what lies between."
    ),
    below_not_provable=N_(
        "{domain}: it is not provable yet that {precision} of the pairs below some score do not mean the "
        "same. About {needed} more labels drawn at random from all pairs would do; until then a person checks"
        " these pairs."
    ),
    none_below=N_(
        "{domain}: no score is low enough for {precision} of the pairs below it to differ; the labels rule it"
        " out. A person checks what is not certified to mean the same."
    ),
)
RATE: Final = Templates(
    too_few=N_(
        "{domain}: {n} labelled pairs below {tier} are too few to guarantee that at most {rate} of them reach"
        " it. Even without a single error it takes {needed}."
    ),
    not_provable=N_(
        "{domain}: it is not provable yet that at most {rate} of the pairs below {tier} reach some threshold."
        " About {needed} more such labels would do, for which about {live} live pairs have to be looked "
        "through."
    ),
    none=N_(
        "{domain}: a false positive rate of {rate} for {tier} is out of reach (confidence {sure}): too many "
        "pairs below {tier} share the very highest score."
    ),
    same=N_(
        "{domain}: of the pairs that do not mean the same, at most {rate} score {threshold} or above and "
        "become {tier} (confidence {confidence}, {n} such labels). This finds {caught} of the pairs that do "
        "mean the same."
    ),
    least=N_(
        "{domain}: of the pairs below {tier}, at most {rate} score {threshold} or above (confidence "
        "{confidence}, {n} such labels). This finds {caught} of the pairs that are {tier} or better."
    ),
    below=N_(
        "{domain}: of the pairs that mean the same, at most {rate} score below {threshold} and are ignored; a"
        " person checks what lies between."
    ),
    below_not_provable=N_(
        "{domain}: it is not provable yet for any score that at most {rate} of the pairs that mean the same "
        "are below it. About {needed} more such labels would do; until then a person checks these pairs."
    ),
    none_below=N_(
        "{domain}: no score is so low that at most {rate} of the pairs that mean the same are below it; the "
        "labels rule it out. A person checks what is not merged."
    ),
)

BINARY_PRECISION: Final = replace(
    PRECISION,
    too_few=N_(
        "{domain}: {n} labels are too few to guarantee that {precision} of the merged pairs mean the same. Even "
        "without a single error it takes at least {needed}. Label more pairs, or lower the target or the "
        "confidence."
    ),
    not_provable=N_(
        "{domain}: it is not provable yet that {precision} of the merged pairs mean the same. The labels do not "
        "rule it out at {above} or above. Draw about {needed} new labels at random from there, for which about "
        "{live} live pairs have to be looked through."
    ),
    none=N_(
        "{domain}: that {precision} of the merged pairs mean the same is out of reach. At every threshold with "
        "enough labels, the labels rule it out (confidence {sure}). Check the highest-scoring wrong pairs for "
        "labels to correct, lower the target, or use a stronger model."
    ),
    same=N_(
        "{domain}: {tier} from {threshold} on: at least {precision} of these pairs mean the same (confidence "
        "{confidence}, {n} labels). This finds {caught} of all pairs that mean the same."
    ),
)
BINARY_RATE: Final = replace(
    RATE,
    too_few=N_(
        "{domain}: {n} labelled pairs that do not mean the same are too few to guarantee that at most {rate} of "
        "them are merged. Even without a single error it takes {needed}."
    ),
    not_provable=N_(
        "{domain}: it is not provable yet that at most {rate} of the pairs that do not mean the same are merged. "
        "About {needed} more such labels would do, for which about {live} live pairs have to be looked through."
    ),
    none=N_(
        "{domain}: merging at most {rate} of the pairs that do not mean the same is out of reach (confidence "
        "{sure}): too many of them share the very highest score."
    ),
    same=N_(
        "{domain}: {tier} from {threshold} on: at most {rate} of the pairs that do not mean the same score so high "
        "(confidence {confidence}, {n} such labels). This finds {caught} of the pairs that do mean the same."
    ),
)
"""The same where labels only say same or not, so that people read other words than the tiers'."""

CERTIFIED_BY: Final = N_("{n} pairs, {wrong} wrong, precision {lower}")
CERTIFIED_RATE: Final = N_("{wrong} of {n} negatives get in, false positive rate {most}")
CERTIFIED_IGNORED: Final = N_("{wrong} of {n} positives are ignored, false negative rate {most}")


def templates_of(certificate: Certificate, binary: bool) -> tuple[Templates, dict[str, str]]:
    """The sentences for the risk of a certificate, and what was asked for: the target and the labels it counts."""
    if certificate.fpr is not None:
        return BINARY_RATE if binary else RATE, {
            "rate": f"{100 * certificate.fpr:g}%",
            "n": f"{certificate.negatives:,}",
        }
    asked = {"precision": asked_percent(certificate.precision), "n": f"{certificate.n:,}"}
    return BINARY_PRECISION if binary else PRECISION, asked


def counts_of(tier: str, certificate: Certificate) -> Note:
    """The labels behind a guarantee and the bound that they give."""
    wrong = f"{certificate.false_positives:,}"
    if certificate.fpr is not None:
        most = limit("≤", percent(certificate.fpr_upper, 2))
        template = CERTIFIED_IGNORED if tier == UNRELATED else CERTIFIED_RATE
        return note(template, wrong=wrong, n=f"{certificate.negatives:,}", most=most)
    lower = limit("≥", percent(certificate.precision_lower))
    return note(CERTIFIED_BY, n=f"{certificate.n_above:,}", wrong=wrong, lower=lower)
