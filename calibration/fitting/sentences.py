"""Sentences that explain a fit; the same on pages, in reports and in files.

A sentence is a `Note` whose values are plain: `domain` as the user typed it, `tier` by its key. The caller formats
them (see `Note.explain`) for Markdown, HTML or a terminal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from calibration.certificates.certificate import (
    CERTIFIED,
    INSUFFICIENT,
    Certificate,
)
from calibration.columns import (
    LOWEST_SCORE,
    SAME,
    THRESHOLD_TIERS,
    UNRELATED,
    shown_rows,
)
from calibration.errors import N_
from calibration.fitting.templates import counts_of, templates_of
from calibration.messages.note import Note, note
from calibration.stats.formatting import DASH, EXACT, about, asked_percent, limit, percent, threshold

if TYPE_CHECKING:
    from calibration.evaluation.tier_metrics import DomainEvaluation

FINDS_LITTLE: Final = N_("This is valid but of little use: it finds only {caught} of such pairs.")
TAKES_ALL: Final = N_(
    "No threshold is needed: all {n} labelled pairs qualify, so {tier} separates nothing in {domain}."
)
MERGES_ALL: Final = N_(
    "No threshold is needed: all {n} labelled pairs can merge, so scores tell nothing apart in {domain}."
)
ABOVE_FLOOR: Final = N_(
    "The labels were drawn at {floor} or above, so {caught} is the share of such pairs above {floor}; the share of "
    "all such pairs cannot be read from these labels."
)
LITTLE: Final = 0.1
"""A guarantee that finds less than this share of its pairs is said to be of little use."""
NEEDS: Final = N_("needs at least {needed} labels")
NEEDS_ABOVE: Final = N_("about {needed} labels at {above} or above")
POSITIVE: Final = N_("{positives} of {n} labels are positive")
CANNOT_TELL: Final = N_("not distinguished by labels")
ON_SAMPLES: Final = N_(
    "This rests on sample data, which was written for this project: the certificates illustrate the method and "
    "promise nothing about your users' texts."
)


def promises(certificates: Mapping[str, Certificate], judged: DomainEvaluation, confidence: float) -> list[Note]:
    """One sentence a certificate of a domain, high tiers first, each with the remark that its use needs.

    judged: the thresholds on the labels that they rest on, for how much they find. confidence: what was asked,
    in [0, 1]; single certificates may hold more, to hold together.
    """
    found = []
    for tier in THRESHOLD_TIERS:
        if tier in certificates:
            found.append(_sentence(tier, certificates[tier], judged, confidence))
            found.extend(_remarks(tier, certificates[tier], judged))
    if UNRELATED in certificates:
        found.append(_sentence_below(certificates[UNRELATED], judged.domain))
    return found


def _sentence(tier: str, certificate: Certificate, judged: DomainEvaluation, confidence: float) -> Note:
    """One tier in a sentence."""
    templates, asked = templates_of(certificate, judged.binary)
    asked |= {"domain": judged.domain, "tier": tier}
    if certificate.status != CERTIFIED:
        return _why_not(certificate, asked, templates.too_few, templates.not_provable, templates.none)
    found = judged.tier(tier)
    return note(
        templates.same if tier == SAME else templates.least,
        binary=judged.binary,
        threshold=threshold(certificate.threshold),
        confidence=asked_percent(confidence),
        caught=percent(found.recall.value, 0) if found is not None else DASH,
        **asked,
    )


def _why_not(certificate: Certificate, asked: dict[str, str], too_few: str, not_provable: str, none: str) -> Note:
    """The true reason why nothing is certified: too few labels, not provable yet, or out of reach."""
    if certificate.status != INSUFFICIENT:
        return note(none, sure=asked_percent(certificate.confidence), **asked)
    if certificate.live_pairs is None:
        return note(too_few, needed=f"{certificate.labels_needed or 0:,}", **asked)
    return note(
        not_provable,
        needed=about(certificate.labels_needed or 0),
        live=about(certificate.live_pairs),
        above=threshold(certificate.draw_above, digits=EXACT),
        **asked,
    )


def _remarks(tier: str, certificate: Certificate, judged: DomainEvaluation) -> list[Note]:
    """Whether a guarantee accepts nearly nothing or everything, and what its recall is counted on."""
    found = judged.tier(tier)
    if not certificate.certified or found is None:
        return []
    if certificate.n_above == certificate.n:
        takes_all = MERGES_ALL if judged.binary else TAKES_ALL
        return [note(takes_all, n=f"{certificate.n:,}", tier=tier, domain=judged.domain)]
    caught, remarks = percent(found.recall.value, 0), []
    if found.recall.value < LITTLE:
        remarks.append(note(FINDS_LITTLE, caught=caught))
    if judged.floor > LOWEST_SCORE:
        remarks.append(note(ABOVE_FLOOR, caught=caught, floor=threshold(judged.floor, digits=EXACT)))
    return remarks


def _sentence_below(certificate: Certificate, domain: str) -> Note:
    """The mirrored guarantee of labels that only say same or not; of a rate: how few of the same are ignored."""
    templates, asked = templates_of(certificate, binary=True)
    del asked["n"]
    asked["domain"] = domain
    if not certificate.certified:
        below = templates.below_not_provable
        return _why_not(certificate, asked, below, below, templates.none_below)
    return note(templates.below, threshold=threshold(certificate.threshold, below=True), **asked)


def evidence(tier: str, certificate: Certificate | None) -> Note:
    """The numbers behind a tier's status; a dash where the labels cannot tell.

    The certificate of `unrelated` is mirrored: its positives are the pairs that differ.
    """
    if certificate is None:
        return note(DASH)
    if certificate.certified:
        return counts_of(tier, certificate)
    if certificate.live_pairs is not None and certificate.draw_above is not None:
        above = threshold(certificate.draw_above, digits=EXACT)
        return note(NEEDS_ABOVE, needed=about(certificate.labels_needed or 0), above=above)
    if certificate.labels_needed:
        return note(NEEDS, needed=f"{certificate.labels_needed:,}")
    positives = certificate.negatives if tier == UNRELATED else certificate.positives
    return note(POSITIVE, positives=f"{positives:,}", n=f"{certificate.n:,}")


def certified_rows(certificates: Mapping[str, Certificate], binary: bool) -> list[str]:
    """The tiers whose certificates a table shows: those with a threshold, and the mirrored one if there is one."""
    upper = [tier for tier in shown_rows(binary) if tier != UNRELATED]
    return [*upper, *([UNRELATED] if UNRELATED in certificates else [])]


def bound(tier: str, value: float | None, *, meets: bool = False) -> str:
    """A tier's threshold with its direction; a dash where there is none, or where it claims nothing.

    meets: `unrelated` ends where another tier that is shown begins, so both show one number and no gap.

    >>> bound("same", 0.9401), bound("unrelated", 0.5), bound("related", -1.0)
    ('≥\xa00.941', '<\xa00.500', '–')
    >>> bound("unrelated", 0.9401), bound("unrelated", 0.9401, meets=True)
    ('<\xa00.940', '<\xa00.941')
    """
    if value is None or not math.isfinite(value) or value <= LOWEST_SCORE:
        return DASH
    if tier == UNRELATED:
        return limit("<", threshold(value, below=not meets))
    return limit("≥", threshold(value))


def row_bound(tier: str, judged: DomainEvaluation) -> str:
    """`bound` of a tier in a table of all that `judged` shows."""
    found = {metrics.tier: metrics.threshold for _, metrics in judged.shown()}
    others = {value for name, value in found.items() if name != UNRELATED}
    return bound(tier, found.get(tier), meets=found.get(UNRELATED) in others)
