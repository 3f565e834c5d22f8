"""Texts of the report in one language, with every value escaped for HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from calibration.fitting.names import tier_name
from calibration.messages.catalogues import translate
from calibration.messages.note import TIERS_NAMED, Note

LONGEST: Final = 300
"""So many characters of a user's text are shown."""


@dataclass(frozen=True)
class Voice:
    """Says messages of the library's catalogue in `locale`."""

    locale: str

    def say(self, message: str, /, **fields: object) -> Markup:
        """A message with its fields; what is no Markup yet is escaped."""
        return Markup(translate(message, self.locale)).format(**fields)  # noqa: S704 (our own text; format escapes)

    def note(self, line: Note) -> Markup:
        """A sentence of the library: tiers coloured, names and thresholds strong."""
        return self.say(line.message, **{name: self._dressed(name, value) for name, value in line.shown()})

    def tier(self, tier: str) -> Markup:
        """The name of a tier, or of what people read in its place, in its colour."""
        return Markup('<span class="tier {}">{}</span>').format(tier, tier_name(tier, self.locale))

    def listed(self, names: Iterable[str]) -> Markup:
        """Names one after another."""
        return self.say(", ").join(names)

    def _dressed(self, name: str, value: str) -> Markup:
        if name in TIERS_NAMED:
            return self.tier(value)
        return Markup("<strong>{}</strong>").format(value) if name in ("domain", "threshold") else escape(value)


def shown(text: object) -> str:
    """A user's text as a table shows it: without control characters, and not endless.

    >>> shown("a\\x00b"), len(shown("x" * 1000))
    ('a�b', 301)
    """
    seen = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    return seen if len(seen) <= LONGEST else f"{seen[:LONGEST]}…"
