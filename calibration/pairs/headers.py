"""Recognise columns: which of the user's columns is which of ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration import columns
from calibration.errors import ColumnUnknown
from calibration.pairs.header_names import (
    ALIASES,
    AMBIGUOUS,
    INFERENCE,
    LOOSE,
    SCORE_AS_LABEL,
    SIMILARITY_NAMES,
    TEXT_PAIRS,
)
from calibration.pairs.label_names import simplified
from calibration.pairs.labels import is_label

_NUMBERED: Final = re.compile(r"\(([0-9a-z])\)$")
_ASIDE: Final = re.compile(r"(\([^()]*\)|[?:*])+$")


def normalise(header: str) -> str:
    """A header without what people vary: case, width, blanks, `_` and `-`, traditional characters, and what they
    say about it in brackets.

    >>> normalise(" Sentence＿1 "), normalise("標籤（0/1）"), normalise("text(1)")
    ('sentence1', '标签', 'text1')
    """
    folded = re.sub(r"[\s_\-\u200b\ufeff]+", "", simplified(unicodedata.normalize("NFKC", header).casefold()))
    return _ASIDE.sub("", _NUMBERED.sub(r"\1", folded)) or folded


_PAIRS: Final = tuple((normalise(a), normalise(b)) for a, b in TEXT_PAIRS)
_NAMES: Final = {column: tuple(map(normalise, names)) for column, names in ALIASES.items()}
_AMBIGUOUS: Final = frozenset(map(normalise, AMBIGUOUS))
_SIMILARITY: Final = frozenset(map(normalise, SIMILARITY_NAMES))
_SCORE_AS_LABEL: Final = frozenset(map(normalise, SCORE_AS_LABEL))


@dataclass(frozen=True)
class Resolution:
    """Where each of our columns is (its index), and the indices of names that occur twice."""

    places: Mapping[str, int]
    twice: tuple[int, ...]

    def unused(self, headers: Sequence[str]) -> tuple[int, ...]:
        """Where the columns are that are none of ours."""
        used = {*self.places.values(), *self.twice}
        return tuple(place for place in range(len(headers)) if place not in used)


def resolve(headers: Sequence[str], given: Mapping[str, str] | None = None, file: str = "") -> Resolution:
    """Find our columns among `headers`; a column that is not there is not among the places.

    given: names of the user's for some of our columns. Raises ColumnUnknown for one that is not there.
    """
    chosen = {column: place_of(headers, name, file) for column, name in (given or {}).items()}
    first: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    for place, header in enumerate(map(normalise, headers)):
        if header in first:
            repeated.append((header, place))
        elif place not in chosen.values():
            first[header] = place
    places = {**_text_places(first, chosen), **chosen}
    for column, names in _NAMES.items():
        taken = set(places.values())
        found = [first[name] for name in names if name in first and first[name] not in taken]
        if found and column not in places:
            places[column] = found[0]
    twice = tuple(place for header, place in repeated if first.get(header) in places.values() and header)
    return Resolution(places, twice)


def place_of(headers: Sequence[str], name: str, file: str) -> int:
    """Where the column is that a user names, exactly, without regard to case and width, or by its number from 1.

    Raises ColumnUnknown.
    """
    if name in headers:
        return headers.index(name)
    folded = list(map(normalise, headers))
    if normalise(name) in folded:
        return folded.index(normalise(name))
    number = name.lstrip("#")
    if number.isascii() and number.isdigit() and 1 <= int(number) <= len(headers):
        return int(number) - 1
    raise ColumnUnknown(file, name, [header[:40] for header in headers[:20] if header])


def score_as_label(headers: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the score column may be the label: there is no other, and its name allows it."""
    place = places.get(columns.SCORE)
    return columns.LABEL not in places and place is not None and normalise(headers[place]) in _SCORE_AS_LABEL


def domain_as_label(headers: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the domain column may be the label: there is no other, and its name allows it."""
    place = places.get(columns.DOMAIN)
    return columns.LABEL not in places and place is not None and normalise(headers[place]) in _AMBIGUOUS


def is_inference(headers: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the texts are premises and hypotheses."""
    texts = (places.get(columns.TEXT_A), places.get(columns.TEXT_B))
    return any(place is not None and normalise(headers[place]) in INFERENCE for place in texts)


def is_degree(header: str) -> bool:
    """Whether a label's name says that it is a degree of similarity."""
    return normalise(header) in _SIMILARITY | _SCORE_AS_LABEL


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names both text columns; names that may be texts count only beside another of ours."""
    places = resolve(cells).places
    if not {columns.TEXT_A, columns.TEXT_B} <= places.keys():
        return False
    texts = {normalise(cells[places[column]]) for column in (columns.TEXT_A, columns.TEXT_B)}
    return len(places) > 2 or not texts & LOOSE


def headerless_columns(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Our names for the columns of a file without a header, by its first row; None if it is none of them.

    >>> headerless_columns(["怎么提额", "如何提额", "1"])
    ('text_a', 'text_b', 'label')
    >>> headerless_columns(["1", "怎么提额", "如何提额"])
    ('label', 'text_a', 'text_b')
    """
    layouts = (
        (columns.TEXT_A, columns.TEXT_B, columns.LABEL, columns.DOMAIN),
        (columns.ID, columns.TEXT_A, columns.TEXT_B, columns.LABEL, columns.DOMAIN),
        (columns.LABEL, columns.TEXT_A, columns.TEXT_B),
    )
    for layout in layouts:
        place = layout.index(columns.LABEL)
        if max(place + 1, 3) <= len(cells) <= len(layout) and is_label(cells[place]):
            texts = [cells[layout.index(column)] for column in (columns.TEXT_A, columns.TEXT_B)]
            if layout[0] == columns.LABEL and any(is_label(text) for text in texts):
                continue
            return layout[: len(cells)]
    return None


def _text_places(first: Mapping[str, int], chosen: Mapping[str, int]) -> dict[str, int]:
    """Where the two texts are: a pair of names that belong together, else any first and any second name."""
    fixed = {column: chosen[column] for column in (columns.TEXT_A, columns.TEXT_B) if column in chosen}
    if len(fixed) == 1:
        return _counterpart(first, fixed)
    for a, b in _PAIRS:
        if a in first and b in first:
            return {columns.TEXT_A: first[a], columns.TEXT_B: first[b]}
    strict = [(a, b) for a, b in _PAIRS if a not in LOOSE and b not in LOOSE]
    found_a = next((first[a] for a, _ in strict if a in first), None)
    found_b = next((first[b] for _, b in strict if b in first and first[b] != found_a), None)
    found = {columns.TEXT_A: found_a, columns.TEXT_B: found_b}
    return {column: place for column, place in found.items() if place is not None}


def _counterpart(first: Mapping[str, int], fixed: Mapping[str, int]) -> dict[str, int]:
    """The other text's place where the user names one of both."""
    missing = columns.TEXT_B if columns.TEXT_A in fixed else columns.TEXT_A
    side = int(missing == columns.TEXT_B)
    place = next((first[pair[side]] for pair in _PAIRS if pair[side] in first), None)
    return dict(fixed) if place is None else {**fixed, missing: place}
