"""A remark next to a result: a message template with its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from calibration.columns import SHOWN_NAMES, shown_tier
from calibration.messages import catalogues as i18n

Dress = Callable[[str, str], str]

TIERS_NAMED: Final = ("tier", "upper")
"""Values that are keys of tiers, which have a name in every language."""
MESSAGES: Final = ("expected", "how", "lacking", "metric", "swapped")
"""Values that are messages themselves."""


@dataclass(frozen=True)
class Note:
    """Something that a reader of a result should know. `str(note)` is English, `explain` the reader's language.

    binary: it speaks of a domain with binary labels, whose tiers people read in other words (`shown_tier`).
    """

    message: str
    params: tuple[tuple[str, str], ...] = ()
    binary: bool = False

    def __str__(self) -> str:
        return self.message.format(**dict(self.params))

    def explain(self, locale: str, dress: Dress | None = None) -> str:
        """The remark in `locale`; `dress(name, value)` says how each value is shown, else tiers are named."""
        shown = {name: dress(name, value) if dress else _named(name, value, locale) for name, value in self.shown()}
        return i18n.translate(self.message, locale).format(**shown)

    def shown(self) -> tuple[tuple[str, str], ...]:
        """The values with tiers as people read them."""
        return tuple(
            (name, shown_tier(value, self.binary) if name in TIERS_NAMED else value) for name, value in self.params
        )

    def to_json(self) -> dict[str, Any]:
        """The remark for a program: its template, which does not change with the values, and the values."""
        return {"message": str(self), "template": self.message, "params": dict(self.params)}


def _named(name: str, value: str, locale: str) -> str:
    if name in TIERS_NAMED:
        return i18n.translate(SHOWN_NAMES.get(value, value), locale)
    return i18n.translate(value, locale) if name in MESSAGES else value


def note(message: str, **params: object) -> Note:
    """A note with its values as text; `binary`, where given, is that of the note.

    >>> str(note("{n} labels", n=3))
    '3 labels'
    """
    binary = bool(params.pop("binary", False))
    return Note(message, tuple((name, str(value)) for name, value in params.items()), binary)


def short_percent(share: float) -> str:
    """A share in [0, 1] as a note says it: in whole percents, but never as none or all where it is neither.

    >>> short_percent(0.3125), short_percent(0.0004), short_percent(0.9996), short_percent(1.0)
    ('31%', '0.04%', '99.96%', '100%')
    """
    if 0.0 < share < 0.01:
        return f"{100 * share:.1g}%"
    if 0.99 < share < 1.0:
        return f"{100 - float(f'{100 * (1 - share):.1g}'):.10g}%"
    return f"{share:.0%}"
