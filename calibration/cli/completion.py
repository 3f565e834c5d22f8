"""`completion SHELL`: a script by which a shell completes commands, options and file names."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from calibration.cli.json_option import add_json

SHELLS: Final = ("bash", "zsh", "tcsh")
FILES: Final = frozenset(
    (
        *("against", "calibration", "candidate", "cases", "costs", "faq", "file", "junit", "labelled", "markdown"),
        *("output", "pairs", "policy", "policy_a", "policy_b", "pool", "queries", "report", "scored_b", "vectors"),
    )
)
FOLDERS: Final = frozenset(("data_dir", "folder"))
"""Arguments, by their names, that are paths."""
EXAMPLES: Final = ("completion bash", "completion zsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `completion`."""
    add_json(parser)
    parser.add_argument(
        "shell", choices=SHELLS, help="print the script of this shell, for its start-up file to read"
    )
    parser.set_defaults(run=completion)


def completion(options: argparse.Namespace) -> CompletionResult:
    """Make the script from all commands. It is static: completing starts no Python, and so takes no time."""
    import shtab

    from calibration.cli.main import INSTALLED
    from calibration.cli.parser import build_parser

    whole = build_parser(prog=INSTALLED)
    for action in _arguments(whole):
        if action.dest in FOLDERS or action.dest in FILES:
            action.complete = shtab.DIRECTORY if action.dest in FOLDERS else shtab.FILE  # type: ignore[attr-defined]
    return CompletionResult(options.shell, shtab.complete(whole, options.shell))


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of a parser and of its sub-commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _arguments(below)


@dataclass(frozen=True)
class CompletionResult:
    """`completion`."""

    shell: str
    script: str

    def to_json(self) -> dict[str, Any]:
        """The script as a text."""
        return {"shell": self.shell, "script": self.script}

    def to_text(self) -> str:
        """The script itself."""
        return self.script
