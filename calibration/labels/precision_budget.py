"""How many more labels a precision takes.

`labels_needed` says how many labels a threshold takes whose precision is known. Here it is estimated (`candidate`),
at the threshold that takes the fewest. Certifying searches over thresholds, which costs labels too: with
SEARCH_COST times as many, the power asked for was reached on simulated pools and on LCQMC (docs/method.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from calibration.certificates.certificate import NOT_CERTIFIABLE, Certificate
from calibration.certificates.verdict import above as labels_above
from calibration.columns import UNRELATED
from calibration.fitting.planning_threshold import FEWEST_ABOVE, PILOT, Candidate, Goal, find_candidate, more_labels
from calibration.fitting.sample import DomainSample
from calibration.labels import advice
from calibration.labels.advice import PrecisionAdvice
from calibration.messages.note import note, short_percent
from calibration.stats.formatting import about, asked_percent
from calibration.stats.sample_size import check_power
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import mirrored


def precision_budget(
    sample: DomainSample, certificate: Certificate, tier: str, power: float, seed: int
) -> PrecisionAdvice:
    """What `certificate`, which was asked for a precision, still lacks. seed: of the folds of the estimate."""
    target, confidence = certificate.precision, certificate.confidence
    known = sample.judged(tier)
    n = known.n
    asked = PrecisionAdvice(
        domain=known.domain,
        tier=tier,
        verdict=advice.CERTIFIED,
        target=target,
        confidence=confidence,
        power=power,
        n=n,
    )
    if certificate.certified:
        said = note(advice.SAY_CERTIFIED, precision=asked_percent(target), n=f"{n:,}")
        return replace(asked, more=0, more_above=0, more_range=(0, 0), notes=(said,))
    if target >= 1.0:
        reason = note(advice.SAY_ONE)
        return replace(asked, verdict=advice.OUT_OF_REACH, notes=(reason,))
    check_power(target, confidence, power)
    found = find_candidate(known, tier, Goal(target, confidence, power), seed) if n >= PILOT else None
    if found is None:
        more = max(PILOT - n, kmin(target, 1.0 - confidence) - n, FEWEST_ABOVE)
        said = note(advice.SAY_TOO_FEW, n=f"{n:,}", more=f"{more:,}")
        return replace(asked, verdict=advice.TOO_FEW, more=more, notes=(said,))
    # Labels that could be tested and failed do not count again; too few to be tested at all, they do.
    fresh = certificate.tested
    return _judge(replace(asked, fresh=fresh), found, certificate.status == NOT_CERTIFIABLE)


def _judge(asked: PrecisionAdvice, found: Candidate, excluded: bool) -> PrecisionAdvice:
    """The verdict on a candidate, with numbers and sentences; excluded: the labels rule the target out."""
    below = asked.tier == UNRELATED
    shown = mirrored(found.threshold) if below else found.threshold
    known = replace(
        asked, threshold=shown, precision=found.hits, share=found.accepted, planned_precision=found.planned
    )
    words = {
        "precision": asked_percent(asked.target),
        "estimate": f"{found.planned:.1%}",
        "threshold": f"{shown:.6g}",
        "n": f"{asked.n:,}",
    }
    if excluded:
        words |= {"estimate": f"{found.top.value:.1%}", "share": short_percent(found.top.n / asked.n)}
        reason = note(advice.SAY_OUT_OF_REACH, **words)
        return replace(known, verdict=advice.OUT_OF_REACH, fresh=False, notes=(reason,))
    above = _above(known, found.planned)
    if math.isfinite(above):
        return _label_more(known, found, int(above), words)
    more = more_labels(found, asked.n, Goal(asked.target, asked.confidence, asked.power)).labels
    reason = note(advice.SAY_UNCLEAR, more=about(more), **words)
    return replace(known, verdict=advice.UNCLEAR, more=more, fresh=True, notes=(reason,))


def _label_more(
    known: PrecisionAdvice, found: Candidate, above: int, words: Mapping[str, object]
) -> PrecisionAdvice:
    """The numbers of labels, at the estimate and at the ends of its interval."""
    share = found.accepted.value
    counted = 0 if known.fresh else known.n

    def more(needed: float) -> float:
        return max(math.ceil(needed / share) - counted, 1) if math.isfinite(needed) else math.inf

    few, many = more(_above(known, found.hits.high)), more(_above(known, found.hits.low))
    drawn = int(more(above))
    words = {**words, "power": short_percent(known.power), "share": short_percent(share)}
    if known.tier == UNRELATED:
        notes = [note(advice.SAY_LABEL_MORE, more=about(drawn), **words)]
        notes.append(note(advice.SAY_BELOW_CEILING, more=about(above), **words))
    else:
        live = about(math.ceil(above / share))
        notes = [note(advice.SAY_ABOVE_FLOOR, more=about(above), live=live, **words)]
        notes.append(note(advice.SAY_FROM_ALL, more=about(drawn)))
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


def _above(asked: PrecisionAdvice, precision: float) -> float:
    """Labels at or above the threshold for `precision` there, the search included; inf where none will do."""
    if precision <= asked.target:
        return math.inf
    return labels_above(asked.target, precision, round(1.0 - asked.confidence, 12), asked.power)
