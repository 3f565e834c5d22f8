"""What can be wrong with rows of pairs, and what their reader notes; see `calibration.tables.rules` for any table.

Templates are English and marked for the catalogues; `explain_rule` and `explain_note` translate them, and
`calibration.messages.catalogues.describe` a whole problem.
"""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from calibration.errors.rows import PairProblem
from calibration.messages import catalogues as i18n
from calibration.messages.note import Note

# Rows of pairs.
LABEL_MISSING: Final = N_("has no label")
LABEL_UNKNOWN: Final = N_("is not a label: use 0/1, 0 to 3, 0 to 5, or the name of a tier")
LABEL_BINARY: Final = N_("two-valued labels can only be 0 or 1")
LABEL_RANGE: Final = N_("labels of this kind must be between 0 and {limit}")
LABEL_WHOLE: Final = N_("labels of this kind must be whole numbers")
LABEL_DISAGREES: Final = N_("has labels of several people that differ")
KIND_UNKNOWN: Final = N_("must be binary, tier or graded")
SCORE_NUMBER: Final = N_("must be a number")
PURPOSE_UNKNOWN: Final = N_("must be calibrate or review")
NOT_TWO_TEXTS: Final = N_("must hold two texts")

# Whole files of pairs.
SCALE_INFERENCE: Final = N_(
    "labels of natural language inference often begin with 0 for entailment, the reverse of what is meant here; "
    "write 1 for texts that mean the same and 0 for others, or give their meaning with --label-scale"
)
SCALE_TEN: Final = N_("labels run from 0 to 10; divide them by 2 and use --label-scale 0-5")

# Notes.
NOTE_DROPPED_COLUMNS: Final = N_("columns left out: {columns}")
NOTE_SCORE_AS_LABEL: Final = N_("column {column} was read as the label, as there is no other")
NOTE_DOMAIN_OVERRIDDEN: Final = N_("column {column} was left out, as the domain {domain} was given")
NOTE_WRITTEN: Final = N_("cells of column {column} that are no text were written as one")
NOTE_TRIPLETS: Final = N_(
    "each text of {positive} was read as a pair with label 1, each of {negative} as one with label 0"
)
NOTE_TWO_TEXTS: Final = N_("column {column} was read as two texts")
NOTE_KIND_OF_MOST: Final = N_(
    "labels were read as {kind}, as {count} of {total} are; if that is wrong, give their meaning with --label-scale"
)
NOTE_TIER_NUMBERS: Final = N_(
    "labels 0 to 3 were read as tiers; if they are degrees of similarity, choose the kind graded"
)
NOTE_TIER_THREE: Final = N_(
    "labels 0, 1 and 2 were read as the tiers unrelated, weak and related; if they mean anything else, give "
    "their meaning with --label-scale"
)
NOTE_GRADED_NAME: Final = N_("column {column} names a degree of similarity, so its labels were read as graded")
NOTE_BINARY_NAME: Final = N_("column {column} holds only 0 and 1, so its labels were read as binary")
NOTE_GRADED_LOW: Final = N_(
    "no label is above 1, but graded labels run from 0 to 5; multiply by 5 if they run to 1"
)
NOTE_GRADED_SCALED: Final = N_(
    "labels of {column} run from 0 to 1, so they were multiplied by 5; if they run to 5, use --label-scale 0-5"
)
NOTE_HUNDRED: Final = N_("labels of {column} run from 0 to 100, so they were divided by 20")
NOTE_PERCENT: Final = N_("labels in per cent were divided by 20, as graded labels run from 0 to 5")
NOTE_GRADED_TIERS: Final = N_(
    "labels are degrees from 0 to 5: 4 and above counts as same, 3 and above as related, 1 and above as weak, "
    "below 1 as unrelated"
)
NOTE_SCORES_BEYOND: Final = N_("{count} scores are above 1 or below -1, where no cosine is")
NOTE_LABELS_ELSEWHERE: Final = N_("column {column} holds labels, and {label} holds none: say which column is which")
NOTE_MINUS: Final = N_("labels 1 and -1 were read as 1 and 0")
NOTE_ENTAILMENT: Final = N_(
    "entailment was read as 1, neutral and contradiction as 0; a text that follows from another need not mean the "
    "same"
)

PairsNote = Note
"""Something that the reader decided or left out, to be shown with the result."""


def explain_note(item: Note, locale: str) -> str:
    """`item` in the reader's language."""
    return item.explain(locale, as_given)


def as_given(_name: str, value: str) -> str:
    """A value as it is, as names of columns and sheets are the user's own."""
    return value


def explain_rule(problem: PairProblem, locale: str) -> str:
    """The rule that `problem` breaks, in the reader's language, with its values filled in."""
    return i18n.translate(problem.rule, locale).format(**dict(problem.params))
