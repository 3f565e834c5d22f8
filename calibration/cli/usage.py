"""Messages of argparse about wrong arguments, in the language of the terminal."""

from __future__ import annotations

import re
from typing import Final

from calibration.cli.terminal import say
from calibration.errors import N_

PART: Final = "wrong"
"""A field that holds another of these messages."""
TEMPLATES: Final = (
    N_("argument {name}: {wrong}"),
    N_("the following arguments are required: {names}"),
    N_("unrecognized arguments: {names}"),
    N_("one of the arguments {names} is required"),
    N_("not allowed with argument {name}"),
    N_("invalid choice: {value} (choose from {choices})"),
    N_("invalid {kind} value: {value}"),
    N_("ambiguous option: {option} could match {matches}"),
    N_("expected one argument"),
    N_("expected at least one argument"),
)
"""As argparse words them. Its own translations would need a compiled catalogue under its own domain."""
FIELD: Final = re.compile(r"\\\{(\w+)\\\}")
ANYTHING: Final = r"(?P<\1>.*?)"


def localised(message: str) -> str:
    """`message` of argparse in the language of the terminal; one that is not known here as it is.

    >>> localised("argument -k: invalid int value: 'x'")
    "argument -k: invalid int value: 'x'"
    """
    for template in TEMPLATES:
        found = re.fullmatch(FIELD.sub(ANYTHING, re.escape(template)), message, re.DOTALL)
        if found:
            fields = {
                name: localised(value) if name == PART else value for name, value in found.groupdict().items()
            }
            return say(template, **fields)
    return message
