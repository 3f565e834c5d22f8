"""A remark beside a result: a message template of the catalogues and its values, said in either language."""

from __future__ import annotations

from dataclasses import dataclass

from calibration import i18n


@dataclass(frozen=True)
class Note:
    """Something that a reader of a result should know. `str(note)` is English, `explain` the reader's language."""

    message: str
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.message.format(**dict(self.params))

    def explain(self, locale: str) -> str:
        """The remark in `locale`."""
        return i18n.translate(self.message, locale).format(**dict(self.params))


def note(message: str, **params: object) -> Note:
    """A note with its values as text.

    >>> str(note("{n} labels", n=3))
    '3 labels'
    """
    return Note(message, tuple((name, str(value)) for name, value in params.items()))


def percent(share: float) -> str:
    """A share in [0, 1] as a note says it.

    >>> percent(0.3125), percent(0.0004)
    ('31%', '0.04%')
    """
    return f"{share:.0%}" if share >= 0.01 or share == 0.0 else f"{100 * share:.1g}%"
