"""What `budget` says about one tier of one domain: plain data and the sentences it comes with."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from calibration.errors import N_
from calibration.intervals import Proportion
from calibration.notes import Note

CERTIFIED: Final = "certified"
LABEL_MORE: Final = "label_more"
TOO_FEW: Final = "too_few_to_tell"
UNCLEAR: Final = "unclear"
OUT_OF_REACH: Final = "out_of_reach"
VERDICTS: Final = (CERTIFIED, LABEL_MORE, TOO_FEW, UNCLEAR, OUT_OF_REACH)

SAY_CERTIFIED: Final = N_("Precision {precision} is certified with these {n} labels; no more are needed for it.")
SAY_LABEL_MORE: Final = N_(
    "About {more} more labels drawn at random should certify precision {precision} (chance {power}): near the "
    "threshold {threshold} precision is about {estimate}."
)
SAY_ABOVE_FLOOR: Final = N_(
    "Or about {more} labels, as a set of their own, drawn at random from the pairs at {threshold} or above, "
    "which are {share} of all pairs."
)
SAY_BELOW_CEILING: Final = N_(
    "About {more} of them fall below {threshold}, where {share} of all pairs lie and the certificate is made."
)
SAY_FRESH: Final = N_(
    "Certify on the new labels alone: these {n} have failed, and trying again until it works breaks the promise."
)
SAY_TOO_FEW: Final = N_(
    "{n} labels are too few to say how many it takes. Label {more} more drawn at random, then ask again."
)
SAY_UNCLEAR: Final = N_(
    "Precision {precision} seems out of reach: at best it is about {estimate} near {threshold}. With {n} labels "
    "this is not sure; {more} new ones drawn at random would tell."
)
SAY_ONE: Final = N_("No finite number of labels certifies a precision of 100%. Choose a lower target.")
SAY_OUT_OF_REACH: Final = N_(
    "No number of labels will do with this model: even of the {share} of pairs with the highest scores only about "
    "{estimate} are right, and the target is {precision}. Choose a lower target, or a better model."
)


@dataclass(frozen=True)
class Advice:
    """How many more labels a target takes.

    verdict: `certified`; `label_more`; `too_few_to_tell`; `unclear`: the precision estimated never exceeds the
        target, but may; `out_of_reach`: it never does, and even that of the
        pairs with the highest scores, where it is best, surely lies below (upper bound at `confidence`).
    target, confidence, power: what is asked; power: the chance that the labels advised will certify.
    n: labels there are. threshold: the one that takes the fewest labels, by these; None where it cannot be told.
    precision: estimated at it out of fold, so that having chosen it does not flatter; Clopper-Pearson interval
        at `confidence`. share: of the labelled pairs accepted there, likewise.
    planned_precision: `precision` drawn to what a smooth curve expects there, the truth that the plan reckons with.
    labels_above: labels needed there in all. more: labels to draw at random from all pairs. more_above: labels
        to draw at random from the accepted pairs instead, a sampling plan with the threshold as its floor; None
        where there is no such plan (the mirrored `unrelated`). each None where no number can be given.
    more_range: `more` if the precision were at the ends of its interval, few first; inf where no number will do.
    fresh: the new labels must certify alone, because those there are were tried already.
    """

    domain: str
    tier: str
    verdict: str
    target: float
    confidence: float
    power: float
    n: int
    threshold: float | None = None
    precision: Proportion | None = None
    share: Proportion | None = None
    planned_precision: float | None = None
    labels_above: int | None = None
    more: int | None = None
    more_above: int | None = None
    more_range: tuple[float, float] | None = None
    fresh: bool = False
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.notes))

    def explain(self, locale: str) -> str:
        """The advice in `locale`, as sentences."""
        return ("" if locale.startswith("zh") else " ").join(note.explain(locale) for note in self.notes)

    def to_json(self) -> dict[str, Any]:
        """JSON data; null where a number is infinite or not known, `message` in English."""
        data = asdict(self) | {"precision": _share_json(self.precision), "share": _share_json(self.share)}
        del data["notes"]
        if self.more_range is not None:
            data["more_range"] = [None if math.isinf(end) else int(end) for end in self.more_range]
        return data | {"message": str(self)}


def _share_json(share: Proportion | None) -> dict[str, Any] | None:
    if share is None:
        return None
    value = share.value if share.n else None
    return {"value": value, "low": share.low, "high": share.high, "n": share.n, "confidence": share.confidence}
