"""The spans in which two texts differ in numbers, dates, negation or names.

Only what `pair_tags` is sure of is marked, so a mark never says more than a tag does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from calibration.text.differences import dates, entities, negation, numbers, opposites
from calibration.text.differences.bare_text import bare, folded
from calibration.text.differences.pair import DATES, ENTITIES, NEGATION, NUMBERS, OPPOSITES, pair_tags


@dataclass(frozen=True)
class Span:
    """The characters [start, end) of a text, and the tag that they account for."""

    start: int
    end: int
    tag: str


def differing(text: str, other: str) -> tuple[Span, ...]:
    """What in `text` makes the pair differ, from left to right and without overlaps; empty where nothing is sure.

    >>> [("信用卡分12期"[s.start : s.end], s.tag) for s in differing("信用卡分12期", "信用卡分三期")]
    [('12期', 'numbers')]
    >>> [("不支持退货"[s.start : s.end], s.tag) for s in differing("不支持退货", "支持退货")]
    [('不', 'negation')]
    >>> differing("支持退货", "不支持退货")
    ()
    """
    plain, told = folded(text), folded(other)
    if len(plain) != len(text):  # a letter that folds into two would move every mark
        return ()
    tags = pair_tags(text, other)
    finders = {NEGATION: _negations, OPPOSITES: _opposites, DATES: _dates, NUMBERS: _numbers, ENTITIES: _names}
    found = [
        Span(start, end, tag)
        for tag, find in finders.items()
        if tag in tags
        for start, end in find(plain, told)
        if start < end
    ]
    return tuple(_apart(sorted(found, key=lambda span: (span.start, -span.end))))


def _apart(spans: list[Span]) -> Iterator[Span]:
    """The first of spans that overlap."""
    end = 0
    for span in spans:
        if span.start >= end:
            yield span
            end = span.end


def _negations(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Negators that the other text has fewer of."""
    hidden = re.sub(negation._NO_NEGATION, lambda match: "\x00" * len(match[0]), text)
    hidden = re.sub(negation._A_NOT_A, lambda match: "\x00" * len(match[0]), hidden)
    theirs = re.sub(negation._NO_NEGATION, "", other)
    for pattern in (negation._NEGATOR, negation._NOT):
        for match in pattern.finditer(hidden):
            if hidden.count(match[0]) > theirs.count(match[0]):
                yield match.span()


def _opposites(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Words whose opposite the other text says."""
    for word in opposites.words(text, other):
        begin = text.find(word)
        yield begin, begin + len(word)


def _numbers(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Numbers with their units that the other text has not."""
    known = numbers.quantities(other)
    for match in numbers._NUMBER.finditer(text):
        if numbers.quantities(match[0]) - known:
            yield match.span()


def _dates(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Dates that the other text does not give so."""
    known = {match[0] for match in dates._PATTERN.finditer(other)}
    yield from (match.span() for match in dates._PATTERN.finditer(text) if match[0] not in known)


def _names(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Titles, quoted names, model numbers and Latin words that the other text does not say."""
    said = bare(other)
    for pattern in (entities._TITLE, entities._QUOTED, entities._MODEL, entities._GENERATION, entities._LATIN):
        yield from (match.span() for match in pattern.finditer(text) if bare(match[0]) not in said)
