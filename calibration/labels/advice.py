"""The advice of `budget` for one tier of one domain: plain data and its sentences."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from calibration.errors import N_
from calibration.messages.note import Note
from calibration.stats.intervals import Proportion

CERTIFIED: Final = "certified"
LABEL_MORE: Final = "label_more"
TOO_FEW: Final = "too_few_to_tell"
UNCLEAR: Final = "unclear"
OUT_OF_REACH: Final = "out_of_reach"
ENOUGH: Final = "enough"
VERDICTS: Final = (CERTIFIED, LABEL_MORE, TOO_FEW, UNCLEAR, OUT_OF_REACH)

SAY_CERTIFIED: Final = N_("Precision {precision} is certified with these {n} labels; no more are needed for it.")
SAY_ABOVE_FLOOR: Final = N_(
    "Precision {precision} is not provable yet. Draw about {more} labels at random from the pairs at {threshold} "
    "or above, where precision is about {estimate}: they should certify it (chance {power}). These are {share} of "
    "all pairs, so about {live} live pairs have to be looked through."
)
SAY_FROM_ALL: Final = N_("Drawn at random from all pairs instead, it takes about {more} labels.")
SAY_LABEL_MORE: Final = N_(
    "Precision {precision} is not provable yet. About {more} labels drawn at random from all pairs should certify "
    "it (chance {power}): near the threshold {threshold} precision is about {estimate}."
)
SAY_BELOW_CEILING: Final = N_(
    "About {more} of them fall below {threshold}, where {share} of all pairs are and the certificate is made."
)
SAY_FRESH: Final = N_(
    "Certify on the new labels alone: these {n} have failed a test, and testing them again until it passes breaks "
    "the guarantee."
)
SAY_TOO_FEW: Final = N_(
    "{n} labels are too few to estimate how many are needed. Label {more} more drawn at random, then estimate "
    "again."
)
SAY_UNCLEAR: Final = N_(
    "Precision {precision} is not provable yet, and it is not clear whether it can be reached: at best it is "
    "about {estimate} near {threshold}. {n} labels are too few to be sure; {more} new ones drawn at random "
    "would show it."
)
SAY_ONE: Final = N_("No finite number of labels certifies a precision of 100%. Choose a lower target.")
SAY_OUT_OF_REACH: Final = N_(
    "Precision {precision} is out of reach with this model: the labels rule it out at every threshold, and of the "
    "{share} of pairs with the highest scores only about {estimate} are right. Choose a lower target, check the "
    "highest-scoring wrong pairs for labels to correct, or use a better model."
)


SAY_FALSE_POSITIVES: Final = {
    ENOUGH: N_(
        "For a false positive rate of {fpr}, {needed} pairs that are not {tier} accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}, which is enough."
    ),
    LABEL_MORE: N_(
        "For a false positive rate of {fpr}, {needed} pairs that are not {tier} accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}."
    ),
    OUT_OF_REACH: N_(
        "No number of labels will do: too many pairs that are not {tier} share the very highest score. Correct "
        "wrong labels, allow a higher rate than {fpr}, or use a better model."
    ),
}
SAY_FALSE_MERGES: Final = {
    ENOUGH: N_(
        "For a false positive rate of {fpr}, {needed} pairs that do not mean the same accept a threshold whose "
        "true rate is {true} with chance {power}. There are {there}, which is enough."
    ),
    LABEL_MORE: N_(
        "For a false positive rate of {fpr}, {needed} pairs that do not mean the same accept a threshold whose "
        "true rate is {true} with chance {power}. There are {there}."
    ),
    OUT_OF_REACH: N_(
        "No number of labels will do: too many pairs that do not mean the same share the very highest score. "
        "Correct wrong labels, allow a higher rate than {fpr}, or use a better model."
    ),
}
SAY_FALSE_NEGATIVES: Final = {
    ENOUGH: N_(
        "For a false negative rate of {fpr}, {needed} pairs that are the same accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}, which is enough."
    ),
    LABEL_MORE: N_(
        "For a false negative rate of {fpr}, {needed} pairs that are the same accept a threshold whose true rate "
        "is {true} with chance {power}. There are {there}."
    ),
    OUT_OF_REACH: N_(
        "No number of labels will do: too many pairs that are the same share the very lowest score. Correct wrong "
        "labels, allow a higher rate than {fpr}, or use a better model."
    ),
}
SAY_DRAW: Final = N_("Such pairs are {share} of the labels, so label about {more} more, drawn at random.")
SAY_FRESH_RATE: Final = N_(
    "Certify on the new labels alone: these {n} have been tested already, and testing them again would be "
    "selection."
)
SAY_NO_SHARE: Final = N_("None of the labels is such a pair, so the number to draw cannot be estimated.")


@dataclass(frozen=True, kw_only=True)
class Advice:
    """How many more labels a target takes.

    verdict: `certified` or, for a rate, `enough`; `label_more`; `too_few_to_tell`; `unclear`: the precision
        estimated does not exceed the target, but the labels do not rule it out; `out_of_reach`: they do at every
        threshold.
    confidence, power: what is asked; power: the chance that the labels advised will certify. n: labels there are.
    more: labels to draw at random from all pairs; None where no number can be given.
    fresh: the new labels must certify alone, because those there are were tried already.
    """

    domain: str
    tier: str
    verdict: str
    confidence: float
    power: float
    n: int
    more: int | None = None
    fresh: bool = False
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.notes))

    def explain(self, locale: str) -> str:
        """The advice in `locale`, as sentences."""
        return ("" if locale.startswith("zh") else " ").join(note.explain(locale) for note in self.notes)

    def to_json(self) -> dict[str, Any]:
        """JSON data; null where a number is infinite or not known, `message` in English."""
        data = asdict(self) | {"message": str(self)}
        del data["notes"]
        return data


@dataclass(frozen=True, kw_only=True)
class PrecisionAdvice(Advice):
    """How many more labels a precision takes.

    target: what is asked. threshold: the one that takes the fewest labels, by these; None where it cannot be told.
    precision: estimated at it out of fold, so that having chosen it does not flatter; Clopper-Pearson interval
        at `confidence`. share: of the labelled pairs accepted there, likewise.
    planned_precision: `precision` drawn to what a smooth curve expects there, the truth that the plan reckons with.
    labels_above: labels needed there in all. more_above: labels to draw at random from the accepted pairs instead,
        with the threshold as a floor; None where there is no such plan (the mirrored `unrelated`).
    more_range: `more` if the precision were at the ends of its interval, few first; inf where no number will do.
    """

    target: float
    threshold: float | None = None
    precision: Proportion | None = None
    share: Proportion | None = None
    planned_precision: float | None = None
    labels_above: int | None = None
    more_above: int | None = None
    more_range: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """The same."""
        data = super().to_json() | {"precision": _share_json(self.precision), "share": _share_json(self.share)}
        if self.more_range is not None:
            data["more_range"] = [None if math.isinf(end) else int(end) for end in self.more_range]
        return data


@dataclass(frozen=True, kw_only=True)
class RateAdvice(Advice):
    """How many more labels a false positive rate takes; for `unrelated` a false negative one, of the positives.

    fpr: what is asked; true_fpr: the rate of the threshold that shall be accepted. counted: the labels that the
    rate counts, a share of n with its interval. needed: of these, in all, more where labels share texts.
    """

    fpr: float
    true_fpr: float
    counted: Proportion
    needed: int

    def to_json(self) -> dict[str, Any]:
        """The same."""
        data = super().to_json()
        data["counted"]["value"] = self.counted.value if self.counted.n else None
        return data


def _share_json(share: Proportion | None) -> dict[str, Any] | None:
    if share is None:
        return None
    value = share.value if share.n else None
    return {"value": value, "low": share.low, "high": share.high, "n": share.n, "confidence": share.confidence}
