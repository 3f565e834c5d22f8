"""What can be wrong with a file or a row, and what is worth a note: every message once, and how to say it.

Templates are English and marked for the catalogues; `explain_rule` and `explain_note` translate them, and
`calibration.i18n.describe` a whole problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from calibration import i18n
from calibration.columns import PairProblem
from calibration.errors import N_

NO_COLUMN: Final = "-"
"""In place of a column where a rule is about the whole row."""

# Rows, whatever the format.
BLANK_TEXT: Final = N_("must not be blank")
TEXT_TOO_LONG: Final = N_("must have at most {limit} characters, has {size}")
NOT_TEXT: Final = N_("must be text")
HALF_CHARACTER: Final = N_("holds half a character (a lone surrogate)")
LABEL_MISSING: Final = N_("has no label")
LABEL_UNKNOWN: Final = N_("is not a label: use 0/1, 0 to 3, 0 to 5, or the name of a tier")
LABEL_RANGE: Final = N_("must lie between 0 and {limit} for labels of kind {kind}")
LABEL_WHOLE: Final = N_("must be a whole number for labels of kind {kind}")
KIND_UNKNOWN: Final = N_("must be binary, tier or graded")
SCORE_NUMBER: Final = N_("must be a number")
PURPOSE_UNKNOWN: Final = N_("must be calibrate or review")

# Rows of text files.
FIELD_COUNT: Final = N_("has {count} fields instead of {expected}")
QUOTE_BROKEN: Final = N_("has a quotation mark that is never closed, or text right after a closing one")
FIELD_TOO_LONG: Final = N_("has a field of more than {limit} characters")
NOT_DECODABLE: Final = N_("holds bytes that are not {encoding}")
JSON_INVALID: Final = N_("is not valid JSON")
JSON_NOT_OBJECT: Final = N_("is not a JSON object")
HEADER_TWICE: Final = N_("stands twice in the header; the first is used")

# Whole files.
NOT_FOUND: Final = N_("there is no such file")
NOT_A_FILE: Final = N_("it is a folder")
NOT_PERMITTED: Final = N_("no permission to read it")
NOT_TEXT_FILE: Final = N_("it is a binary file, not a table of pairs")
ARCHIVE: Final = N_("it is a compressed archive; unpack it first")
PASSWORD: Final = N_("the workbook is protected by a password; save it without one")
OLD_EXCEL: Final = N_("it is an old or binary Excel workbook; save it as .xlsx")
WORKBOOK_DAMAGED: Final = N_("the Excel workbook is damaged")
PARQUET_DAMAGED: Final = N_("the Parquet file is damaged")
NO_ENCODING: Final = N_("its text is neither UTF-8, UTF-16 nor GB18030; save it as UTF-8")

# Notes.
NOTE_LATER_SHEETS: Final = N_("only the first sheet, {used}, was read; left out: {others}")
NOTE_DROPPED_COLUMNS: Final = N_("columns left out: {columns}")
NOTE_UNNAMED_CELLS: Final = N_("cells right of the header were left out in {count} rows")
NOTE_HEADERLESS: Final = N_("the file has no header; its columns were read as {columns}")
NOTE_OTHER_FORMAT: Final = N_("by its content the file is {actual}, not {named}")
NOTE_SCORE_AS_LABEL: Final = N_("column {column} was read as the label, as there is no other")
NOTE_DOMAIN_OVERRIDDEN: Final = N_("column {column} was left out, as the domain {domain} was given")
NOTE_GRADED_FEW: Final = N_("labels were read as graded because of {count} of {total} rows; the others are 0 or 1")
NOTE_TIER_NUMBERS: Final = N_(
    "labels 0 to 3 were read as tiers; if they are degrees of similarity, choose the kind graded"
)
NOTE_GRADED_NAME: Final = N_("column {column} names a degree of similarity, so its labels were read as graded")
NOTE_BINARY_NAME: Final = N_("column {column} holds only 0 and 1, so its labels were read as binary")
NOTE_GRADED_LOW: Final = N_(
    "no label is above 1, but graded labels run from 0 to 5; multiply by 5 if they run to 1"
)


@dataclass(frozen=True)
class PairsNote:
    """Something that the reader decided or left out, to be shown beside the result."""

    message: str
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.message.format(**dict(self.params))


def note(message: str, **params: object) -> PairsNote:
    """A note with its values as text."""
    return PairsNote(message, tuple((name, str(value)) for name, value in params.items()))


def explain_note(item: PairsNote, locale: str) -> str:
    """`item` in the reader's language."""
    return i18n.translate(item.message, locale).format(**dict(item.params))


def explain_rule(problem: PairProblem, locale: str) -> str:
    """The rule that `problem` breaks, in the reader's language, with its values filled in."""
    return i18n.translate(problem.rule, locale).format(**dict(problem.params))
