"""How many more labels a false positive rate takes.

A false positive rate counts negatives alone, and thresholds are tested in their order, which costs nothing. So what
holds for one threshold chosen beforehand holds for the search too: with the chance that the test of a precision
1 - fpr passes where it is 1 - true_fpr, the threshold found is that one or a lower one.
"""

from __future__ import annotations

import math

from calibration.certificates.certificate import NOT_CERTIFIABLE, Certificate
from calibration.columns import SAME, UNRELATED
from calibration.labels import advice
from calibration.labels.advice import RateAdvice
from calibration.messages.note import note, short_percent
from calibration.stats.formatting import about, rate_percent
from calibration.stats.intervals import proportion
from calibration.stats.sample_size import negatives_needed


def rate_budget(
    domain: str, found: Certificate, fpr: float, tier: str, true_fpr: float, power: float
) -> RateAdvice:
    """What `found`, which was asked for a rate `fpr`, still lacks. true_fpr: of the threshold to be accepted."""
    needed = math.ceil(negatives_needed(fpr, true_fpr, found.confidence, power) * found.deff - 1e-9)
    counted = proportion(found.negatives, found.n, found.confidence)
    verdict, fresh = advice.ENOUGH, False
    more: int | None = 0
    if found.status == NOT_CERTIFIABLE:
        verdict, more = advice.OUT_OF_REACH, None
    elif found.negatives < needed:
        verdict, fresh = advice.LABEL_MORE, found.tested
        lacking = needed if fresh else needed - found.negatives
        more = math.ceil(lacking / counted.value) if found.negatives else None
    words = {"fpr": rate_percent(fpr), "true": rate_percent(true_fpr), "power": short_percent(power)}
    words |= {"tier": tier, "needed": f"{needed:,}", "there": f"{counted.hits:,}"}
    other = advice.SAY_FALSE_MERGES if tier == SAME else advice.SAY_FALSE_POSITIVES
    templates = advice.SAY_FALSE_NEGATIVES if tier == UNRELATED else other
    notes = [note(templates[verdict], **words)]
    if verdict == advice.LABEL_MORE:
        draw = {"share": short_percent(counted.value), "more": about(more or 0)}
        notes.append(note(advice.SAY_NO_SHARE) if more is None else note(advice.SAY_DRAW, **draw))
    if fresh:
        notes.append(note(advice.SAY_FRESH_RATE, n=f"{found.n:,}"))
    return RateAdvice(
        domain=domain,
        tier=tier,
        verdict=verdict,
        confidence=found.confidence,
        power=power,
        n=found.n,
        more=more,
        fresh=fresh,
        notes=tuple(notes),
        fpr=fpr,
        true_fpr=true_fpr,
        counted=counted,
        needed=needed,
    )
