"""Order the thresholds of one domain, same >= related >= weak, after certifying them one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from calibration.certificates.certificate import Certificate
from calibration.columns import LOWEST_SCORE, RELATED, SAME, THRESHOLD_TIERS, UNRELATED, is_binary
from calibration.errors import N_
from calibration.messages.note import Note, note
from calibration.stats.formatting import EXACT
from calibration.stats.formatting import threshold as shown

CROSSING: Final = N_(
    "{tier} could be certified only from {threshold} up, where pairs are {upper} already (from {ceiling} up). The "
    "promise for {upper} does not imply the one for {tier}, so {tier} stays empty."
)
OVERLAP: Final = N_(
    "Pairs from {ceiling} up are certified as {upper}, and pairs below {threshold} as {tier}: the promises meet, "
    "and nothing is left for a person to check."
)


def in_order(certificates: Mapping[str, Certificate]) -> tuple[dict[str, float | None], tuple[Note, ...]]:
    """Thresholds by tier, None where a tier is not available, and what there is to say of them.

    A lower tier found above an upper one starts at the upper one's threshold where that certificate implies its
    own (see `implies`); else the two cross, the lower tier stays empty, and a note says so.
    """
    found: dict[str, float | None] = dict.fromkeys(THRESHOLD_TIERS)
    notes: list[Note] = []
    ceiling, upper = np.inf, SAME
    for tier in THRESHOLD_TIERS:
        certificate = certificates.get(tier)
        if certificate is None or not certificate.certified:
            continue
        if certificate.threshold <= ceiling:
            ceiling, upper = certificate.threshold, tier
        elif not implies(certificates[upper], certificate):
            notes.append(_order_note(CROSSING, tier, certificate.threshold, upper, ceiling))
            continue
        found[tier] = float(ceiling)
    if UNRELATED in certificates:
        below = certificates[UNRELATED]
        found[RELATED] = float(min(ceiling, below.threshold)) if below.certified else LOWEST_SCORE
        if below.certified and below.threshold > ceiling:
            notes.append(_order_note(OVERLAP, UNRELATED, below.threshold, upper, ceiling))
    return found, tuple(notes)


def implies(upper: Certificate, lower: Certificate) -> bool:
    """Whether an upper tier's certificate is one for a lower tier too.

    Pairs that are at least `same` are at least `related`: so it is where both promise precision, the lower one no
    more, on the same labels (labels of some kinds know the upper tier only). A low false positive rate among pairs
    below `same` says nothing about those below `related` alone; a promise with guards says nothing about the pairs
    that they hold back.
    """
    precise = upper.fpr is None and lower.fpr is None and not upper.guards
    return precise and upper.n == lower.n and lower.precision <= upper.precision


def _order_note(message: str, tier: str, threshold: float, upper: str, ceiling: float) -> Note:
    return note(
        message,
        binary=is_binary((), (tier,)),
        tier=tier,
        threshold=shown(threshold, digits=EXACT),
        upper=upper,
        ceiling=shown(ceiling, digits=EXACT),
    )
