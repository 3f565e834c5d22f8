"""How many more labels a target needs, estimated from the labels at hand.

`labels_needed` says how many labels a threshold takes whose precision is known. Here it is estimated (`candidate`),
at the threshold that takes the fewest. Certifying searches over thresholds, which costs labels too: with
SEARCH_COST times as many, the power asked for was reached on simulated pools and on LCQMC (docs/method.md).

A false positive rate counts negatives alone, and thresholds are tested in their order, which costs nothing. So what
holds for one threshold chosen beforehand holds for the search too: with the chance that the test of a precision
1 - fpr passes where it is 1 - true_fpr, the threshold found is that one or a lower one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from calibration.certificates.certificate import NOT_CERTIFIABLE, Certificate
from calibration.certificates.verdict import above as labels_above
from calibration.columns import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PRECISION,
    SAME,
    THRESHOLD_TIERS,
    UNRELATED,
)
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings, fit_domains
from calibration.fitting.planning_threshold import FEWEST_ABOVE, PILOT, Candidate, Goal, find_candidate, more_labels
from calibration.fitting.sample import DomainSample, domain_samples
from calibration.labels import advice
from calibration.labels.advice import Advice, PrecisionAdvice, RateAdvice
from calibration.messages.note import note, percent
from calibration.stats.formatting import about
from calibration.stats.intervals import proportion
from calibration.stats.sample_size import POWER, check_power, negatives_needed
from calibration.stats.simultaneous_test import kmin
from calibration.stats.threshold_counts import mirrored


def label_budget(
    scored: pd.DataFrame,
    precision: float = DEFAULT_PRECISION,
    confidence: float = DEFAULT_CONFIDENCE,
    power: float = POWER,
) -> dict[str, dict[str, Advice]]:
    """How many more labels a precision takes, and where to draw them, by domain and tier.

    Parameters
    ----------
    scored : DataFrame of n rows
        Labelled, scored pairs as `score_pairs` returns them. Rows with `purpose` `review` are left out.
    precision : float in [0, 1], default 0.9
        The target.
    confidence : float in (0, 1), default 0.9
        Of all certificates of a domain together.
    power : float in (0, 1), default 0.8
        Chance that the labels advised will certify, if precision is what these labels estimate.

    Returns
    -------
    dict of str to dict of str to Advice
        By domain and tier: a verdict, the number of labels, where to draw them, and the sentences that say so.

    Raises
    ------
    BadArgument, ColumnsMissing, EmptyInput

    References
    ----------
    The number of labels is that of an exact one-sided binomial test (Clopper and Pearson 1934) with the power asked
    for, times SEARCH_COST for the search over thresholds; see docs/method.md.
    """
    samples = domain_samples(scored)
    fits = fit_domains(samples, FitSettings(precision, confidence))
    return {domain: advise_domain(samples[domain], fit.certificates, power) for domain, fit in fits.items()}


def advise_domain(
    scored: pd.DataFrame | DomainSample,
    certificates: Mapping[str, Certificate],
    power: float = POWER,
    seed: int = 0,
    true_fpr: float | None = None,
) -> dict[str, Advice]:
    """`advise` for each tier of one domain that has a certificate."""
    sample = DomainSample.of(scored)
    return {tier: advise(sample, found, tier, power, seed, true_fpr) for tier, found in certificates.items()}


def advise(
    scored: pd.DataFrame | DomainSample,
    certificate: Certificate,
    tier: str = SAME,
    power: float = POWER,
    seed: int = 0,
    true_fpr: float | None = None,
) -> Advice:
    """How many more labels should certify what `certificate` was asked for, with chance `power`.

    scored: the scored rows of one domain, labels included; those with purpose=review are left out. certificate:
    what they certify now, with its target and its confidence. tier: the one it speaks of; `unrelated` is
    mirrored: the precision of being below `same`, under a threshold. true_fpr: of a rate, that of the threshold to
    be accepted; half of the target unless given. Raises BadArgument.
    """
    if tier not in (*THRESHOLD_TIERS, UNRELATED):
        raise BadArgument("tier", N_("same, related, weak or unrelated"), tier)
    sample = DomainSample.of(scored).random
    if certificate.fpr is None:
        return _for_precision(sample, certificate, tier, power, seed)
    true = certificate.fpr / 2 if true_fpr is None else true_fpr
    return _for_rate(sample.domain, certificate, certificate.fpr, tier, true, power)


def _for_rate(domain: str, found: Certificate, fpr: float, tier: str, true_fpr: float, power: float) -> RateAdvice:
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
    words = {"fpr": advice.small(fpr), "true": advice.small(true_fpr), "power": percent(power)}
    words |= {"tier": tier, "needed": f"{needed:,}", "there": f"{counted.hits:,}"}
    other = advice.SAY_FALSE_MERGES if tier == SAME else advice.SAY_FALSE_POSITIVES
    templates = advice.SAY_FALSE_NEGATIVES if tier == UNRELATED else other
    notes = [note(templates[verdict], **words)]
    if verdict == advice.LABEL_MORE:
        draw = {"share": percent(counted.value), "more": about(more or 0)}
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


def _for_precision(
    sample: DomainSample, certificate: Certificate, tier: str, power: float, seed: int
) -> PrecisionAdvice:
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
        said = note(advice.SAY_CERTIFIED, precision=percent(target), n=f"{n:,}")
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
        "precision": percent(asked.target),
        "estimate": f"{found.planned:.1%}",
        "threshold": f"{shown:.6g}",
        "n": f"{asked.n:,}",
    }
    if excluded:
        words |= {"estimate": f"{found.top.value:.1%}", "share": percent(found.top.n / asked.n)}
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
    words = {**words, "power": percent(known.power), "share": percent(share)}
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
