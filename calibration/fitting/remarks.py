"""Remarks on a domain's fit: reduced effective sample size, and precision that falls at high scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from calibration.certificates.certificate import Certificate
from calibration.columns import SAME, is_binary
from calibration.errors import N_
from calibration.fitting.sample import DomainSample
from calibration.fitting.top_score_check import check_top
from calibration.messages.note import Note, note
from calibration.stats.threshold_counts import Ints

NOTED: Final = 1.05
"""Design effects below this are not worth a sentence."""
SHARED: Final = N_(
    "Labels whose pairs share a text tend to be right or wrong together, so they count for less: the {n} "
    "labels for {tier} count as about {worth} (design effect {deff})."
)
TAKEN_IN_FULL: Final = N_(
    "Pairs share texts, but every label was counted in full, as requested: the certificates may promise too much."
)

GUARDED: Final = N_(
    "Guards ({guards}) keep {held} of the {n} labelled pairs from {tier}, whatever their score; {same} of them are "
    "labelled {tier}."
)


def guard_notes(sample: DomainSample) -> tuple[Note, ...]:
    """What the guards of a domain do on its labels; nothing without guards."""
    if sample.held is None:
        return ()
    same = int((sample.labels[SAME][sample.held] == 1.0).sum())
    counts = {"held": int(sample.held.sum()), "n": sample.n, "same": same}
    return (note(GUARDED, binary=is_binary(sample.kinds), guards=", ".join(sample.guards), tier=SAME, **counts),)


def shared_notes(certificates: Mapping[str, Certificate], texts: Ints | None, clustered: bool) -> tuple[Note, ...]:
    """That labels which share texts count for less, for the tier where that weighs most; or that they do not.

    texts: (n, 2) codes of each pair's texts; None where there are no texts.
    """
    if texts is None or np.bincount(texts.ravel(), minlength=1).max() <= 1:
        return ()
    if not clustered:
        return (note(TAKEN_IN_FULL),)
    tier, most = max(certificates.items(), key=lambda item: item[1].deff)
    if most.deff < NOTED:
        return ()
    n = round(most.effective * most.deff)
    said = {"n": f"{n:,}", "tier": tier, "worth": f"{most.effective:,.0f}", "deff": f"{most.deff:.1f}"}
    return (note(SHARED, binary=is_binary((), certificates), **said),)


def top_notes(sample: DomainSample) -> tuple[Note, ...]:
    """A warning where the highest-scoring pairs of one domain are wrong more often than those below them."""
    known = sample.judged(SAME)
    found = check_top(known.scores, known.labels[SAME], known.groups).note
    return () if found is None else (found,)
