"""A text with what tells it apart from another marked: numbers and dates, negation, names."""

from __future__ import annotations

from typing import Final

from calibration.text.differences import DATES, ENTITIES, NEGATION, NUMBERS, OPPOSITES
from calibration.text.differences.spans import differing
from dashboard.components.review.cases.names import tag_name
from dashboard.i18n import escaped, t

COLORS: Final = {NUMBERS: "orange", DATES: "orange", NEGATION: "red", OPPOSITES: "red", ENTITIES: "blue"}


def marked(text: str, other: str) -> tuple[str, tuple[str, ...]]:
    """`text` as Markdown with its differing parts marked, and the tags of the marks."""
    parts, at, tags = [], 0, []
    for span in differing(text, other):
        parts.append(escaped(text[at : span.start]))
        parts.append(f":{COLORS[span.tag]}-background[**{escaped(text[span.start : span.end])}**]")
        tags.append(span.tag)
        at = span.end
    return "".join([*parts, escaped(text[at:])]), tuple(dict.fromkeys(tags))


def explained_tags(tags: tuple[str, ...]) -> str:
    """The marks in words, each in the colour of its mark; empty where there is none."""
    names = (f":{COLORS[tag]}-badge[{tag_name(tag)}]" for tag in tags)
    return t("Differs: {what}", what=" ".join(names)) if tags else ""
