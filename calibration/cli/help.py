"""`--help` in the language of the terminal, wrapped by the display width of its characters."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, Final

from calibration.cli.terminal import columns, say
from calibration.errors import N_
from calibration.messages.catalogues import from_environment, translate

USAGE: Final = N_("usage: ")
SECTIONS: Final = {"positional arguments": N_("positional arguments"), "options": N_("options")}
_PIECE: Final = re.compile(r"\s+|[^\s\u2e80-\uffff]+|.")
"""Where a line may end: at blanks, and beside every Chinese character."""


class Help(argparse.HelpFormatter):
    """Translates what argparse shows; the texts themselves are marked where the help of an option is looked up."""

    def __init__(self, prog: str, *args: Any, **given: Any) -> None:
        super().__init__(prog, *args, **given)
        self._width -= columns(say(USAGE)) - len(say(USAGE))  # it counts characters, not the columns they take

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """The usage, after a translated word."""
        super().add_usage(usage, actions, groups, say(USAGE) if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """A section under its translated heading."""
        super().start_section(say(SECTIONS[heading]) if heading in SECTIONS else heading)

    def add_text(self, text: str | None) -> None:
        """The description."""
        super().add_text(_translated(text))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return _translated(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = text.splitlines() if "\n" in text else wrapped(text, width)  # examples keep their lines
        return "\n".join(indent + line for line in lines)


def _translated(text: str | None) -> str | None:
    return translate(text, from_environment()) if text else text


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns.

    >>> wrapped("领域的 policy 文件", 8)
    ['领域的', 'policy', '文件']
    """
    lines = [""]
    for piece in _PIECE.findall(" ".join(text.split())):
        if columns(lines[-1] + piece) > width and lines[-1]:
            lines.append("")
        lines[-1] += "" if piece.isspace() and not lines[-1] else piece
    return [line.rstrip() for line in lines]
