"""Text for the terminal, in its language; JSON is the same in every language."""

from __future__ import annotations

from typing import Any, Final, Protocol
from unicodedata import category, east_asian_width

from calibration.columns import SHOWN_NAMES
from calibration.errors import N_
from calibration.messages.catalogues import from_environment, translate
from calibration.messages.note import Note

POLICY_WRITTEN: Final = N_("policy written to {file}")


class Result(Protocol):
    """What a command gives back."""

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""

    def to_text(self) -> str:
        """For a person at a terminal."""


def say(message: str, **fields: object) -> str:
    """`message` of the library's catalogue in the language of the terminal, its fields filled in."""
    return translate(message, from_environment()).format(**fields)


def translated(remark: object) -> str:
    """A remark in that language; what is no `Note` as it is."""
    return remark.explain(from_environment()) if isinstance(remark, Note) else str(remark)


def noted(remark: object) -> str:
    """A remark, marked as one."""
    return say(N_("note: {remark}"), remark=translated(remark))


def named(tier: str) -> str:
    """A tier, what people read in its place, or what else a threshold is for, by its name in that language."""
    return say(SHOWN_NAMES.get(tier, tier))


def written(output: str) -> str:
    """Where a result went."""
    return say(N_("written to {file}"), file=output)


def left_out(bad: int) -> list[str]:
    """A line about rows that broke a rule and were left out, where there were any."""
    return [say(N_("{n} bad rows left out"), n=f"{bad:,}")] if bad else []


def padded(text: str, width: int, right: bool = False) -> str:
    """`text` filled up with blanks to `width` columns of a terminal, where a Chinese character takes two.

    >>> padded("维度", 6) + "|", padded("dim", 6, right=True)
    ('维度  |', '   dim')
    """
    blanks = " " * max(0, width - columns(text))
    return blanks + text if right else text + blanks


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for an accent set on another.

    >>> columns("维度 dim"), columns("cafe\u0301"), columns("好👍\ufe0f")
    (8, 4, 4)
    """
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
