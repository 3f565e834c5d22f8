"""How many more labels a target takes in a domain, by the labels there are.

`labels_needed` says how many labels a threshold takes whose precision is known. Here it is estimated (`candidate`),
at the threshold that takes the fewest. Certifying searches over thresholds, which costs labels too: with
SEARCH_COST times as many, the power asked for was reached on simulated pools and on LCQMC (docs/method.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from calibration import advice
from calibration.advice import Advice
from calibration.candidate import FEWEST_ABOVE, Candidate, Goal, find_candidate
from calibration.certificate import INSUFFICIENT, Certificate
from calibration.certify import clopper_pearson_lower
from calibration.columns import DOMAIN, PURPOSE, PURPOSE_REVIEW, SAME, SCORE, THRESHOLD_TIERS, UNRELATED
from calibration.curve import quantise
from calibration.errors import N_, BadArgument
from calibration.figures import about
from calibration.intervals import Proportion
from calibration.notes import note, percent
from calibration.pairs import positives
from calibration.power import POWER, check_power, labels_needed, power_curve
from calibration.simultaneous import kmin

__all__ = ["SEARCH_COST", "advise", "advise_domain", "labels_needed", "power_curve"]

SEARCH_COST: Final = 1.5
"""Labels for the search over thresholds, as a multiple of those for one threshold chosen beforehand."""
PILOT: Final = 50
"""Fewer labels than this say too little about where precision is high."""


def advise_domain(
    scored: pd.DataFrame, certificates: Mapping[str, Certificate], power: float = POWER, seed: int = 0
) -> dict[str, Advice]:
    """`advise` for each tier of one domain that has a certificate."""
    return {tier: advise(scored, found, tier, power, seed) for tier, found in certificates.items()}


def advise(
    scored: pd.DataFrame, certificate: Certificate, tier: str = SAME, power: float = POWER, seed: int = 0
) -> Advice:
    """How many more labels should certify what `certificate` was asked for, with chance `power`.

    scored: the scored rows of one domain, labels included; those with purpose=review are left out. certificate:
    what they certify now, with its target and its confidence. tier: the one it speaks of; `unrelated` is
    mirrored: the precision of being below `same`, under a threshold. Raises BadArgument.
    """
    if tier not in (*THRESHOLD_TIERS, UNRELATED):
        raise BadArgument("tier", N_("same, related, weak or unrelated"), tier)
    target, confidence = certificate.precision, certificate.confidence
    rows = scored[scored[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in scored.columns else scored
    sign = -1.0 if tier == UNRELATED else 1.0
    labels = 1.0 - positives(rows, SAME) if tier == UNRELATED else positives(rows, tier)
    usable = np.isfinite(labels) & np.isfinite(rows[SCORE].to_numpy(dtype=np.float64))
    rows, labels = rows[usable], labels[usable]
    scores, n = sign * quantise(rows[SCORE]), len(rows)
    domain = str(rows[DOMAIN].iloc[0]) if n and DOMAIN in rows.columns else ""
    asked = Advice(domain, tier, advice.CERTIFIED, target, confidence, power, n)
    if certificate.certified:
        said = note(advice.SAY_CERTIFIED, precision=percent(target), n=f"{n:,}")
        return replace(asked, more=0, more_above=0, more_range=(0, 0), notes=(said,))
    if target >= 1.0:
        reason = note(advice.SAY_ONE)
        return replace(asked, verdict=advice.OUT_OF_REACH, notes=(reason,))
    check_power(target, confidence, power)
    found = find_candidate(rows, scores, labels, Goal(target, confidence, power), seed) if n >= PILOT else None
    if found is None:
        more = max(PILOT - n, kmin(target, 1.0 - confidence) - n, FEWEST_ABOVE)
        said = note(advice.SAY_TOO_FEW, n=f"{n:,}", more=f"{more:,}")
        return replace(asked, verdict=advice.TOO_FEW, more=more, notes=(said,))
    fresh = certificate.status != INSUFFICIENT
    return _judge(replace(asked, fresh=fresh), found)


def _judge(asked: Advice, found: Candidate) -> Advice:
    """The verdict on a candidate, with numbers and sentences."""
    mirrored = asked.tier == UNRELATED
    shown = round(-found.threshold + 1e-6, 6) if mirrored else found.threshold
    known = replace(
        asked, threshold=shown, precision=found.hits, share=found.accepted, planned_precision=found.planned
    )
    words = {
        "precision": percent(asked.target),
        "estimate": f"{found.planned:.1%}",
        "threshold": f"{shown:.6g}",
        "n": f"{asked.n:,}",
    }
    above = _above(known, found.planned)
    if math.isfinite(above):
        return _label_more(known, found, int(above), words)
    highest = max(highest_precision(counted, asked.confidence) for counted in (found.top, found.hits))
    if highest < asked.target:
        words |= {"estimate": f"{found.top.value:.1%}", "share": percent(found.top.n / asked.n)}
        said = note(advice.SAY_OUT_OF_REACH, **words)
        return replace(known, verdict=advice.OUT_OF_REACH, fresh=False, notes=(said,))
    more = 2 * max(asked.n, PILOT)
    said = note(advice.SAY_UNCLEAR, more=about(more), **words)
    return replace(known, verdict=advice.UNCLEAR, more=more, fresh=True, notes=(said,))


def highest_precision(top: Proportion, confidence: float) -> float:
    """One-sided Clopper-Pearson upper bound: one minus the lower bound of the share that is wrong."""
    return 1.0 - clopper_pearson_lower(top.n, top.hits, 1.0 - confidence)


def _label_more(known: Advice, found: Candidate, above: int, words: Mapping[str, object]) -> Advice:
    """The numbers of labels, at the estimate and at the ends of its interval."""
    share = found.accepted.value
    counted = 0 if known.fresh else known.n

    def more(needed: float) -> float:
        return max(math.ceil(needed / share) - counted, 1) if math.isfinite(needed) else math.inf

    few, many = more(_above(known, found.hits.high)), more(_above(known, found.hits.low))
    drawn = int(more(above))
    notes = [note(advice.SAY_LABEL_MORE, more=about(drawn), power=percent(known.power), **words)]
    other = advice.SAY_BELOW_CEILING if known.tier == UNRELATED else advice.SAY_ABOVE_FLOOR
    notes.append(note(other, more=about(above), threshold=words["threshold"], share=percent(share)))
    if known.fresh:
        notes.append(note(advice.SAY_FRESH, n=f"{known.n:,}"))
    return replace(
        known,
        verdict=advice.LABEL_MORE,
        labels_above=above,
        more=drawn,
        more_above=None if known.tier == UNRELATED else above,
        more_range=(min(few, drawn), max(many, drawn)),
        notes=tuple(notes),
    )


def _above(asked: Advice, precision: float) -> float:
    """Labels at or above the threshold for `precision` there, the search included; inf where none will do."""
    if precision <= asked.target:
        return math.inf
    try:
        needed = labels_needed(asked.target, precision, asked.confidence, asked.power)
    except BadArgument:  # so near to the target that it makes no difference
        return math.inf
    return math.ceil(SEARCH_COST * needed)
