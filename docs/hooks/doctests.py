"""Docstrings as Markdown: their examples are code, and arguments that stand one a line are a list."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

EXAMPLE = re.compile(r"^>>> .*\n(?:(?!\n|$).*\n?)*", re.MULTILINE)
ARGUMENT = re.compile(r"^(?:[a-z_]\w*(?:, )?)+: ")


def listed(paragraph: str) -> str:
    """A paragraph whose lines begin with names of arguments, as a list."""
    lines = paragraph.splitlines()
    if sum(bool(ARGUMENT.match(line)) for line in lines) < 2 or not ARGUMENT.match(lines[0]):
        return paragraph
    return "\n".join(f"- {line}" if ARGUMENT.match(line) else f"  {line.strip()}" for line in lines)


def as_markdown(text: str) -> str:
    """The whole docstring."""
    fenced = EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text)
    return "\n\n".join(part if "```" in part else listed(part) for part in fenced.split("\n\n"))


class Doctests(Extension):
    """What mkdocstrings loads."""

    def on_instance(self, *, obj: Object, **_: Any) -> None:
        """Every object that has a docstring."""
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)
