"""The one thing to do next for a domain, from its certificate and from what other targets would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calibration.certificates.certificate import INSUFFICIENT, Certificate
from calibration.columns import SAME
from calibration.errors import N_
from calibration.evaluation.decisions import Decisions
from calibration.fitting.sentences import LITTLE
from calibration.messages.note import Note, note
from calibration.policies.tiers import Thresholds
from calibration.stats.formatting import EXACT, about, percent, threshold

MERGE: Final = N_("Merge from {threshold} up and keep apart below {apart}; a person checks {person} of pairs.")
MERGE_ONLY: Final = N_("Merge from {threshold} up; a person checks the other {person} of pairs.")
MEET: Final = N_("Merge from {threshold} up and keep the rest apart; nothing is left for a person to check.")
NO_LINE: Final = N_("No threshold is needed: all {n} labelled pairs qualify.")
LITTLE_FOUND: Final = N_("Label more pairs: so far this finds only {caught} of the pairs that mean the same.")
LOWER_FINDS: Final = N_("Consider {lower}: it finds {caught} of the pairs that mean the same, this target {now}.")
LOWER: Final = N_("Consider {lower}, which is certified and finds {caught} of the pairs that mean the same.")
LABEL: Final = N_("Label at least {needed} pairs; there are {n}.")
LABEL_ABOVE: Final = N_("Label about {needed} pairs at {above} or above, found among about {live} live pairs.")
CHECK: Final = N_("Check the highest-scoring wrong pairs for labels to correct, or use a stronger model.")
FAR: Final = 10
"""More live pairs than this multiple of the labels is far: a lower target that is certified is named instead."""


def recommend(
    certificate: Certificate | None,
    thresholds: Thresholds,
    found: Decisions,
    others: Mapping[float, tuple[Certificate | None, Decisions]] | None = None,
) -> Note:
    """What to do next for a domain.

    Parameters
    ----------
    certificate : Certificate, optional
        Of `same`; None where the labels cannot tell.
    thresholds, found
        The domain's thresholds, and what they decide.
    others : mapping of target precision to certificate and decisions, optional
        What other targets would give on the same labels.
    """
    lower = _lower(certificate, others or {})
    if certificate is None:
        return note(CHECK)
    if certificate.certified:
        return _use(certificate, thresholds, found, lower)
    if certificate.status == INSUFFICIENT:
        if certificate.live_pairs is None:
            return note(LABEL, needed=f"{certificate.labels_needed or 0:,}", n=f"{certificate.n:,}")
        if lower is not None and certificate.live_pairs > FAR * certificate.n:
            return _named(LOWER, lower)
        return note(
            LABEL_ABOVE,
            needed=about(certificate.labels_needed or 0),
            above=threshold(certificate.draw_above, digits=EXACT),
            live=about(certificate.live_pairs),
        )
    return note(CHECK) if lower is None else _named(LOWER, lower)


def _use(
    certificate: Certificate, thresholds: Thresholds, found: Decisions, lower: tuple[float, Decisions] | None
) -> Note:
    if certificate.n_above == certificate.n:
        return note(NO_LINE, n=f"{certificate.n:,}")
    if found.recall.n and found.recall.value < LITTLE:
        now = percent(found.recall.value, 0)
        return note(LITTLE_FOUND, caught=now) if lower is None else _named(LOWER_FINDS, lower, now=now)
    same = thresholds.get(SAME)
    if found.line is not None and found.line == same:
        return note(MEET, threshold=threshold(same))
    said = {"threshold": threshold(same), "person": f"{found.shares[1]}%"}
    if found.line is None:
        return note(MERGE_ONLY, **said)
    return note(MERGE, apart=threshold(found.line, below=True), **said)


def _lower(
    certificate: Certificate | None, others: Mapping[float, tuple[Certificate | None, Decisions]]
) -> tuple[float, Decisions] | None:
    """The highest target below this one that is certified and finds more than a little."""
    asked = certificate.precision if certificate is not None else 1.0
    for target in sorted(others, reverse=True):
        other, found = others[target]
        if target < asked and other is not None and other.certified and found.recall.value >= LITTLE:
            return target, found
    return None


def _named(message: str, lower: tuple[float, Decisions], **more: str) -> Note:
    return note(message, lower=percent(lower[0], 0), caught=percent(lower[1].recall.value, 0), **more)
