"""One text to its swaps: each rule proposes, and what `pair_tags` marks decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from calibration.errors import N_
from calibration.text.cleaning import clean
from calibration.text.differences import DATES, ENTITIES, NEAR_DUPLICATE, NEGATION, NUMBERS, OPPOSITES, pair_tags
from calibration.text.swaps import measures, moments, names, polarity, roles

POLARITY: Final = "polarity"
NUMBER: Final = "number"
UNIT: Final = "unit"
DATE: Final = "date"
NAME: Final = "name"
ROLE: Final = "role"
KINDS: Final = {
    POLARITY: N_("polarity"),
    NUMBER: N_("number"),
    UNIT: N_("unit"),
    DATE: N_("date"),
    NAME: N_("name"),
    ROLE: N_("role"),
}
"""Every kind, and its name for people."""
LONGEST: Final = 80
"""A longer text says so much that one swapped word may not change what it means as a whole."""

_MEANT: Final = frozenset((NEGATION, OPPOSITES, NUMBERS, DATES, ENTITIES))
_RULES: Final[dict[str, tuple[Callable[[str], Iterator[str]], frozenset[str]]]] = {
    POLARITY: (polarity.swapped, frozenset((NEGATION, OPPOSITES))),
    NUMBER: (measures.other_numbers, frozenset((NUMBERS,))),
    UNIT: (measures.other_units, frozenset((NUMBERS,))),
    DATE: (moments.swapped, frozenset((DATES,))),
    NAME: (names.swapped, frozenset((ENTITIES,))),
    ROLE: (roles.swapped, frozenset()),
}
"""The rule of each kind, and the tags of which the pair must have one where the rule itself is not exact."""


@dataclass(frozen=True)
class Swap:
    """`text` differs from the text that it was made of in one thing, of `kind`."""

    kind: str
    text: str


def swaps(text: str) -> Iterator[Swap]:
    """What surely means something else than `text`: one swap of a kind at most, in the order of KINDS."""
    cleaned = clean(text)
    if not cleaned or len(cleaned) > LONGEST:
        return
    for kind, (rule, tags) in _RULES.items():
        found = next((other for other in rule(cleaned) if _differs(kind, cleaned, other, tags)), None)
        if found is not None:
            yield Swap(kind, found)


def _differs(kind: str, text: str, other: str, tags: frozenset[str]) -> bool:
    """Whether the differences agree: the pair has a tag of the kind, and none that speaks of another."""
    found = set(pair_tags(text, other))
    if NEAR_DUPLICATE in found or other == text:
        return False
    if kind in (NAME, ROLE, POLARITY):  # their lists of words are exact, and tags know only some of the words
        return found & _MEANT <= tags or kind == ROLE
    return bool(found & tags) and found & _MEANT <= tags
