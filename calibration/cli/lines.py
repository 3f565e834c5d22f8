"""Lines of a command's result for a person, in the language of the terminal; JSON is the same in any language."""

from __future__ import annotations

import math
from typing import Final
from unicodedata import east_asian_width

from calibration.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.cli.numbers import estimate_text
from calibration.columns import TIER_NAMES, UNRELATED
from calibration.errors import N_
from calibration.evaluate import TierMetrics
from calibration.figures import EXACT, threshold
from calibration.fit_notes import NOTED
from calibration.i18n import from_environment, translate
from calibration.intervals import Estimate, Proportion
from calibration.notes import Note

ABOVE: Final = N_("{tier}: at or above {threshold}, {asked} ({there})")
BELOW: Final = N_("{tier}: below {threshold}, {asked} ({there})")
FEW: Final = N_("{tier}: {asked} needs at least {needed} labels, there are {there}")
NONE: Final = N_("{tier}: {asked} is not certifiable with these {n} labels and this model")
PRECISION: Final = N_("precision {target} at confidence {confidence}")
FALSE_POSITIVES: Final = N_("false positive rate {target} at confidence {confidence}")
SHARED_TEXTS: Final = N_("{domain}: {n} pairs in {groups} groups of shared texts")
FALSE_NEGATIVES: Final = N_("false negative rate {target} at confidence {confidence}")


def say(message: str, **fields: object) -> str:
    """`message` of the library's catalogue in the language of the terminal, its fields filled in."""
    return translate(message, from_environment()).format(**fields)


def told(remark: object) -> str:
    """A remark in that language; what is no `Note` as it is."""
    return remark.explain(from_environment()) if isinstance(remark, Note) else str(remark)


def noted(remark: object) -> str:
    """A remark, marked as one."""
    return say(N_("note: {remark}"), remark=told(remark))


def named(tier: str) -> str:
    """A tier, or what else a threshold is for, by its name in that language."""
    return say(TIER_NAMES.get(tier, tier))


def written(output: str) -> str:
    """Where a result went."""
    return say(N_("written to {file}"), file=output)


def left_out(bad: int) -> list[str]:
    """A line about rows that broke a rule and were left out, where there were any."""
    return [say(N_("{n} bad rows left out"), n=f"{bad:,}")] if bad else []


def padded(text: str, width: int, right: bool = False) -> str:
    """`text` filled up with blanks to `width` columns of a terminal, where a Chinese character takes two.

    >>> padded("维度", 6) + "|", padded("dim", 6, right=True)
    ('维度  |', '   dim')
    """
    blanks = " " * max(0, width - columns(text))
    return blanks + text if right else text + blanks


def columns(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> columns("维度 dim")
    8
    """
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def certificate_line(tier: str, found: Certificate) -> str:
    """One line that says what a certificate promises, or why there is none."""
    fields = {"tier": named(tier), "asked": _asked(tier, found)}
    if found.status == CERTIFIED:
        below = tier == UNRELATED
        at = threshold(found.threshold, below=below, digits=EXACT)
        return say(BELOW if below else ABOVE, threshold=at, there=_there(tier, found), **fields)
    if found.status == INSUFFICIENT:
        there = str(found.n) if found.fpr is None else counted(tier, found.negatives)
        return say(FEW, needed=found.labels_needed, there=there + _worth(found), **fields)
    return say(NONE, n=found.n, **fields)


def counted(tier: str, n: int | str) -> str:
    """The pairs that a rate counts: those that do not deserve the tier."""
    if tier == UNRELATED:
        return say(N_("{n} pairs that are the same"), n=n)
    return say(N_("{n} pairs that are not {tier}"), n=n, tier=named(tier))


def nominal_lines(found: Estimate | None) -> list[str]:
    """Where the target is met on the labels: a threshold that promises nothing."""
    if found is None or not math.isfinite(found.value):
        return []
    at = threshold(found.value, digits=EXACT)
    interval = f"{at} [{found.low:.6f}, {found.high:.6f}] (n={found.n})"
    return ["    " + say(N_("nominal, promises nothing: {interval}"), interval=interval)]


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
    worth = say(N_(", worth {n} independent"), n=f"{share.n / share.deff:.0f}") if share.deff >= NOTED else ""
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


def _there(tier: str, found: Certificate) -> str:
    """What lies on the certified side of the threshold."""
    if found.fpr is None:
        there = say(N_("{n} labels there, {wrong} wrong"), n=found.n_above, wrong=found.false_positives)
    else:
        of = counted(tier, found.negatives)
        there = say(N_("{wrong} of {pairs} there"), wrong=found.false_positives, pairs=of)
    return there + _worth(found)


def _worth(found: Certificate) -> str:
    if found.deff < NOTED:
        return ""
    return say(N_(", worth {n} independent ones"), n=f"{found.effective:.0f}")
