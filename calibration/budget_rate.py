"""How many labels a false positive rate takes: it is the negatives among them that count.

`certify_fpr` accepts a threshold where at most b_m of m negatives lie at or above it, b_m = max{b :
binom.cdf(b, m, fpr) <= delta}. If the rate there truly is r < fpr, it accepts with probability
binom.cdf(b_m, m, r): the test of a precision 1 - fpr where it is 1 - r, with negatives for labels. Thresholds are
tested in their order, which costs nothing, so what holds for one threshold chosen beforehand holds for the search
too: with that probability the threshold found is that one or a lower one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from calibration.certificate import INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.columns import UNRELATED
from calibration.errors import N_, BadArgument
from calibration.figures import about
from calibration.intervals import Proportion, proportion
from calibration.notes import Note, note, percent
from calibration.power import POWER, check_power, labels_needed

ENOUGH: Final = "enough"
MORE: Final = "label_more"
OUT_OF_REACH: Final = "out_of_reach"

_FALSE_POSITIVES: Final = {
    ENOUGH: N_(
        "For a false positive rate of {fpr}, {needed} pairs that are not {tier} accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}, which is enough."
    ),
    MORE: N_(
        "For a false positive rate of {fpr}, {needed} pairs that are not {tier} accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}."
    ),
    OUT_OF_REACH: N_(
        "No number of labels will do: too many pairs that are not {tier} share the very highest score. Correct "
        "wrong labels, allow a higher rate than {fpr}, or use a better model."
    ),
}
_FALSE_NEGATIVES: Final = {
    ENOUGH: N_(
        "For a false negative rate of {fpr}, {needed} pairs that are the same accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}, which is enough."
    ),
    MORE: N_(
        "For a false negative rate of {fpr}, {needed} pairs that are the same accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}."
    ),
    OUT_OF_REACH: N_(
        "No number of labels will do: too many pairs that are the same share the very lowest score. Correct wrong "
        "labels, allow a higher rate than {fpr}, or use a better model."
    ),
}
SAY_DRAW: Final = N_("Such pairs are {share} of the labels, so label about {more} more, drawn at random.")
SAY_FRESH: Final = N_(
    "Certify on the new ones alone: these {n} labels have been tested, and a second look is selection."
)
SAY_NO_SHARE: Final = N_("None of the labels is such a pair, so nobody can say how many to draw.")


def negatives_needed(
    fpr: float, true_fpr: float, confidence: float = 0.9, power: float = POWER, *, steady: bool = False
) -> int:
    """The smallest m for which m negatives accept a threshold whose true rate is `true_fpr`, with chance `power`.

    m = min{m : binom.cdf(b_m(1 - confidence), m, true_fpr) >= power}. true_fpr in [0, fpr), fpr in (0, 1);
    confidence and power in (0, 1). steady: the smallest m from which on that holds for every m. With a true rate
    of 0 these are the fewest negatives that certify anything. Raises BadArgument outside these ranges.

    >>> [negatives_needed(0.05, true) for true in (0.02, 0.01, 0.0)]
    [184, 77, 45]
    """
    if not 0.0 < fpr < 1.0:
        raise BadArgument("fpr", N_("above 0 and below 1"), fpr)
    if not 0.0 <= true_fpr < fpr:
        raise BadArgument("true_fpr", N_("from 0 to below the rate promised"), true_fpr)
    return labels_needed(round(1.0 - fpr, 12), round(1.0 - true_fpr, 12), confidence, power, steady=steady)


@dataclass(frozen=True)
class RateAdvice:
    """How many more labels a false positive rate takes; for `unrelated` a false negative one, of the positives.

    verdict: `enough`, `label_more`, or `out_of_reach` where counted pairs share the extreme score. fpr, confidence,
    power: what is asked; true_fpr: the rate of the threshold that shall be accepted. n: labels there are; counted:
    those that the rate counts, a share of n with its interval. needed: of these, in all, more where labels share
    texts. more: labels to draw at random, None where it cannot be said. fresh: they must certify alone.
    """

    domain: str
    tier: str
    verdict: str
    fpr: float
    true_fpr: float
    confidence: float
    power: float
    n: int
    counted: Proportion
    needed: int
    more: int | None = None
    fresh: bool = False
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.notes))

    def explain(self, locale: str) -> str:
        """The advice in `locale`, as sentences."""
        return ("" if locale.startswith("zh") else " ").join(note.explain(locale) for note in self.notes)

    def to_json(self) -> dict[str, Any]:
        """JSON data; `message` in English."""
        data = asdict(self) | {"message": str(self)}
        del data["notes"]
        data["counted"]["value"] = self.counted.value if self.counted.n else None
        return data


def advise_rates(
    domain: str, certificates: Mapping[str, Certificate], true_fpr: float | None = None, power: float = POWER
) -> dict[str, RateAdvice]:
    """The advice for each certificate of a domain that was asked for a rate; true_fpr: half of that unless given.

    Raises BadArgument.
    """
    return {tier: _advise(domain, tier, found, true_fpr, power) for tier, found in certificates.items()}


def _advise(domain: str, tier: str, found: Certificate, true_fpr: float | None, power: float) -> RateAdvice:
    if found.fpr is None:
        raise BadArgument("certificates", N_("of a false positive rate"), tier)
    true = found.fpr / 2 if true_fpr is None else true_fpr
    needed = math.ceil(negatives_needed(found.fpr, true, found.confidence, power) * found.deff - 1e-9)
    counted = proportion(found.negatives, found.n, found.confidence)
    asked = (found.fpr, true, found.confidence, power, found.n, counted, needed)
    if found.status == NOT_CERTIFIABLE:
        return _said(RateAdvice(domain, tier, OUT_OF_REACH, *asked))
    if found.negatives >= needed:
        return _said(RateAdvice(domain, tier, ENOUGH, *asked, more=0))
    fresh = found.status != INSUFFICIENT
    lacking = needed if fresh else needed - found.negatives
    more = math.ceil(lacking / counted.value) if found.negatives else None
    return _said(RateAdvice(domain, tier, MORE, *asked, more=more, fresh=fresh))


def _said(found: RateAdvice) -> RateAdvice:
    """The same with its sentences."""
    words = {"fpr": _rate(found.fpr), "true": _rate(found.true_fpr), "power": percent(found.power)}
    words |= {"tier": found.tier, "needed": f"{found.needed:,}", "there": f"{found.counted.hits:,}"}
    templates = _FALSE_NEGATIVES if found.tier == UNRELATED else _FALSE_POSITIVES
    notes = [note(templates[found.verdict], **words)]
    if found.verdict == MORE and found.more is None:
        notes.append(note(SAY_NO_SHARE))
    elif found.verdict == MORE:
        notes.append(note(SAY_DRAW, share=percent(found.counted.value), more=about(found.more or 0)))
    if found.fresh:
        notes.append(note(SAY_FRESH, n=f"{found.n:,}"))
    return replace(found, notes=tuple(notes))


def _rate(share: float) -> str:
    """A small rate: whole percents are too coarse for it.

    >>> _rate(0.025), _rate(0.0005)
    ('2.5%', '0.05%')
    """
    return f"{100 * share:.2g}%"


def check_rate(fpr: float, true_fpr: float | None, confidence: float, power: float) -> None:
    """Raise BadArgument where `negatives_needed` would."""
    check_power(0.5, confidence, power)
    negatives_needed(fpr, 0.0 if true_fpr is None else true_fpr, confidence, power)
