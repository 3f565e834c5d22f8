"""Two texts to the tags of their pair."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from calibration.text.cleaning import INVISIBLE_REMOVED, clean, explain_cleaning
from calibration.text.differences import dates, entities, negation, numbers, opposites
from calibration.text.differences.bare_text import bare

NEGATION: Final = "negation"
OPPOSITES: Final = "opposites"
NUMBERS: Final = "numbers"
DATES: Final = "dates"
ENTITIES: Final = "entities"
LENGTH_RATIO: Final = "length_ratio"
TRUNCATED: Final = "truncated"
INVISIBLE: Final = "invisible"
NEAR_DUPLICATE: Final = "near_duplicate"

TAG_NAMES: Final = {
    NEGATION: N_("negation"),
    OPPOSITES: N_("opposite actions"),
    NUMBERS: N_("differing numbers"),
    DATES: N_("differing dates"),
    ENTITIES: N_("differing names"),
    LENGTH_RATIO: N_("very different lengths"),
    TRUNCATED: N_("truncated"),
    INVISIBLE: N_("invisible characters"),
    NEAR_DUPLICATE: N_("near-duplicate"),
}
TAGS: Final = tuple(TAG_NAMES)
"""Every tag, in the order in which they are given."""

RATIO: Final = 4
LONG: Final = 20
"""Lengths differ much where the longer text has `RATIO` times the characters of the other, and `LONG` at least."""
SHORT: Final = 40
"""In longer texts two numbers may speak of different things, unless all else is the same."""


def pair_tags(text_a: str, text_b: str, *, truncated: bool = False) -> tuple[str, ...]:
    """The tags that surely apply, in the order of TAGS; which text comes first does not matter.

    truncated: the model read one of the texts in part, which only its tokenizer can tell.

    >>> pair_tags("花呗怎么还款？", "花呗，怎么还款")
    ('near_duplicate',)
    """
    a, b = clean(text_a), clean(text_b)
    (dates_a, rest_a), (dates_b, rest_b) = dates.dates(a), dates.dates(b)
    twins = bool(bare(a)) and bare(a) == bare(b)
    found = {
        NEGATION: negation.differs(a, b),
        OPPOSITES: opposites.differs(a, b),
        NUMBERS: _numbers_differ(rest_a, rest_b),
        DATES: dates.differ(dates_a, dates_b),
        ENTITIES: entities.differ(a, b),
        LENGTH_RATIO: _lengths_differ(len(a), len(b)),
        TRUNCATED: truncated,
        INVISIBLE: any(INVISIBLE_REMOVED in explain_cleaning(text).changes for text in (text_a, text_b)),
        NEAR_DUPLICATE: twins,
    }
    return tuple(tag for tag in TAGS if found[tag])


def _numbers_differ(a: str, b: str) -> bool:
    if max(len(a), len(b)) > SHORT and bare(numbers.without(a)) != bare(numbers.without(b)):
        return False
    return numbers.differ(numbers.quantities(a), numbers.quantities(b))


def _lengths_differ(one: int, other: int) -> bool:
    shorter, longer = sorted((one, other))
    return longer >= LONG and longer >= RATIO * max(1, shorter)
