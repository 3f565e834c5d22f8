"""What a calibration found, as one would tell a colleague."""

from __future__ import annotations

from calibration.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.columns import SAME, THRESHOLD_TIERS, UNRELATED
from calibration.evaluate import DomainEvaluation
from dashboard.components.calibration_run import Outcome, asked_confidence
from dashboard.components.tiers import badge, percent, threshold
from dashboard.i18n import escaped, t


def sentences(outcome: Outcome, domain: str) -> list[str]:
    """What was found, as one would tell a colleague."""
    certificates, judged = outcome.run.fits[domain].certificates, outcome.found[domain]
    sure = asked_confidence(outcome.run)
    told = [_told(tier, certificates[tier], judged, sure) for tier in THRESHOLD_TIERS if tier in certificates]
    if UNRELATED in certificates:
        told.append(_told_below(certificates[UNRELATED], domain))
    return told


def _told(tier: str, certificate: Certificate, judged: DomainEvaluation, confidence: float) -> str:
    """One tier in a sentence."""
    asked = {
        "domain": f"**{escaped(judged.domain)}**",
        "tier": badge(tier),
        "precision": percent(certificate.precision, 0),
        "n": f"{certificate.n:,}",
    }
    if certificate.status == CERTIFIED:
        found = judged.tier(tier)
        sure = {
            "threshold": threshold(certificate.threshold),
            "confidence": percent(confidence, 0),
            "caught": percent(found.recall.value, 0) if found is not None else "–",
        }
        if tier == SAME:
            return t(
                "In {domain}, pairs at **{threshold}** or above are {tier} at least {precision} of the time "
                "(confidence {confidence}, from {n} labels); this catches {caught} of them.",
                **sure,
                **asked,
            )
        return t(
            "In {domain}, pairs at **{threshold}** or above are at least {tier} at least {precision} of the time "
            "(confidence {confidence}, from {n} labels); this catches {caught} of them.",
            **sure,
            **asked,
        )
    if certificate.status == INSUFFICIENT:
        return t(
            "In {domain}, {n} labels are too few to promise {precision} for {tier}: even without a single error it "
            "takes {needed}. Add labelled pairs, or ask for less precision or confidence.",
            needed=f"{certificate.labels_needed or 0:,}",
            **asked,
        )
    return t(
        "In {domain}, no threshold keeps {tier} at {precision}: wrong pairs score as high as right ones. Look at "
        "the highest-scoring wrong pairs on the distribution page for labels to correct, promise less, or use a "
        "stronger model.",
        **asked,
    )


def _told_below(certificate: Certificate, domain: str) -> str:
    """The mirrored promise of labels that only say same or not."""
    if not certificate.certified:
        return t(
            "In {domain}, no score is so low that {precision} of the pairs below it are sure to differ: what is "
            "not certified to mean the same needs a person.",
            domain=f"**{escaped(domain)}**",
            precision=percent(certificate.precision, 0),
        )
    return t(
        "In {domain}, pairs below **{threshold}** do not mean the same at least {precision} of the time; what lies "
        "between needs a person.",
        domain=f"**{escaped(domain)}**",
        threshold=threshold(certificate.threshold, below=True),
        precision=percent(certificate.precision, 0),
    )
