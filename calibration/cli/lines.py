"""Certificates, metrics and estimates as lines for a person at a terminal."""

from __future__ import annotations

import math
from typing import Final

from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.cli.numbers import estimate_text
from calibration.cli.terminal import named, say
from calibration.columns import UNRELATED, shown_tier
from calibration.errors import N_
from calibration.evaluation.tier_metrics import TierMetrics
from calibration.fitting.remarks import NOTED
from calibration.stats.formatting import EXACT, about, end, threshold
from calibration.stats.intervals import Estimate, Proportion

ABOVE: Final = N_("{tier}: at or above {threshold}, {asked} ({there})")
BELOW: Final = N_("{tier}: below {threshold}, {asked} ({there})")
FEW: Final = N_("{tier}: {asked} needs at least {needed} labels, there are {there}")
NOT_PROVABLE: Final = N_(
    "{tier}: {asked} is not provable yet with {n} labels: draw about {needed} at random at {above} or above (about "
    "{live} live pairs to look through)"
)
NOT_PROVABLE_ANYWHERE: Final = N_(
    "{tier}: {asked} is not provable yet with {n} labels: draw about {needed} more at random"
)
NONE: Final = N_("{tier}: {asked} is out of reach: these {n} labels rule it out at every threshold")
PRECISION: Final = N_("precision {target} at confidence {confidence}")
FALSE_POSITIVES: Final = N_("false positive rate {target} at confidence {confidence}")
SHARED_TEXTS: Final = N_("{domain}: {n} pairs in {groups} groups of shared texts")
FALSE_NEGATIVES: Final = N_("false negative rate {target} at confidence {confidence}")


def certificate_line(tier: str, found: Certificate, binary: bool = False) -> str:
    """One line that says what a certificate promises, or why there is none."""
    fields = {"tier": named(shown_tier(tier, binary)), "asked": _asked(tier, found)}
    if found.status == CERTIFIED:
        below = tier == UNRELATED
        at = threshold(found.threshold, below=below, digits=EXACT)
        return say(BELOW if below else ABOVE, threshold=at, there=_there(tier, found, binary), **fields)
    if found.status == INSUFFICIENT and found.live_pairs is not None:
        fields |= {"n": str(found.n), "needed": about(found.labels_needed or 0)}
        if found.draw_above is None:
            return say(NOT_PROVABLE_ANYWHERE, **fields)
        above = threshold(found.draw_above, digits=EXACT)
        return say(NOT_PROVABLE, above=above, live=about(found.live_pairs), **fields)
    if found.status == INSUFFICIENT:
        there = str(found.n) if found.fpr is None else counted(tier, found.negatives, binary)
        return say(FEW, needed=found.labels_needed, there=there + _worth(found), **fields)
    return say(NONE, n=found.n, **fields)


def counted(tier: str, n: int | str, binary: bool) -> str:
    """The pairs that a rate counts: those that do not deserve the tier."""
    if tier == UNRELATED:
        return say(N_("{n} pairs that are the same"), n=n)
    if binary:
        return say(N_("{n} pairs that do not mean the same"), n=n)
    return say(N_("{n} pairs that are not {tier}"), n=n, tier=named(tier))


def nominal_lines(found: Estimate | None) -> list[str]:
    """Where the target is met on the labels: a threshold that promises nothing."""
    if found is None or not math.isfinite(found.value):
        return []
    at = threshold(found.value, digits=EXACT)
    interval = f"{at} [{end(found.low, EXACT)}, {end(found.high, EXACT)}] (n={found.n})"
    return ["    " + say(N_("empirical threshold, no guarantee: {interval}"), interval=interval)]


def metrics_text(metrics: TierMetrics) -> str:
    """Precision, recall and precision within the band."""
    return say(
        N_("precision {precision}, recall {recall}, in band {band}"),
        precision=share_text(metrics.precision),
        recall=share_text(metrics.recall),
        band=share_text(metrics.in_band),
    )


def share_text(share: Proportion) -> str:
    """A proportion with its interval and n in one line."""
    if not share.n:
        return "- (n=0)"
    worth = (
        say(N_(", equivalent to {n} independent ones"), n=f"{share.n / share.deff:.0f}")
        if share.deff >= NOTED
        else ""
    )
    return f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}] (n={share.n}{worth})"


def difference_text(found: Estimate, digits: int = 3) -> str:
    """A difference, signed, with its interval; a dash where it is not known."""
    if not math.isfinite(found.value):
        return "-"
    return f"{found.value:+.{digits}f} [{found.low:+.{digits}f}, {found.high:+.{digits}f}]"


def estimate_line(message: str, found: Estimate) -> str:
    """A message about an estimate, its field {estimate}."""
    return "  " + say(message, estimate=estimate_text(found))


def _asked(tier: str, found: Certificate) -> str:
    """The target and the confidence of a certificate."""
    if found.fpr is None:
        return say(PRECISION, target=f"{found.precision:g}", confidence=f"{found.confidence:g}")
    rate = FALSE_NEGATIVES if tier == UNRELATED else FALSE_POSITIVES
    return say(rate, target=f"{found.fpr:g}", confidence=f"{found.confidence:g}")


def _there(tier: str, found: Certificate, binary: bool) -> str:
    """What is on the certified side of the threshold."""
    if found.fpr is None:
        there = say(N_("{n} labels there, {wrong} wrong"), n=found.n_above, wrong=found.false_positives)
    else:
        of = counted(tier, found.negatives, binary)
        there = say(N_("{wrong} of {pairs} there"), wrong=found.false_positives, pairs=of)
    return there + _worth(found)


def _worth(found: Certificate) -> str:
    if found.deff < NOTED:
        return ""
    return say(N_(", equivalent to {n} independent ones"), n=f"{found.effective:.0f}")
