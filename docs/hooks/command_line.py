"""The command line as Markdown, from its parser."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from unittest.mock import patch

INTRODUCTION = """\
# Command line

`simtier COMMAND`, or `python -m calibration COMMAND` where it is not installed. Results go to stdout, everything
else to stderr; `--json` prints one JSON object instead of text. The exit code is 0, or 2 for bad input, with a line
that says what is wrong; 1 where the store fails; 130 when interrupted. Errors are in the language of the terminal
(`LC_ALL`, `LC_MESSAGES`, `LANG`).

This page is made from the program's own parser.
"""


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def names(action: argparse.Action) -> str:
    """How an argument is written, with what follows it."""
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices is not None else None
    if not action.option_strings:
        shown = action.metavar or choices or action.dest
        return f"`{shown if isinstance(shown, str) else ' '.join(shown)}`"
    value = "" if action.nargs == 0 else f" {action.metavar or choices or action.dest.upper()}"
    return ", ".join(f"`{name}{value}`" for name in action.option_strings)


def meaning(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """What an argument does, as its help says."""
    shown = argparse.HelpFormatter(parser.prog)._expand_help(action) if action.help else ""
    return cell(shown) + (" **Required.**" if action.required and action.option_strings else "")


def usage(parser: argparse.ArgumentParser) -> str:
    """The command with what it cannot do without."""
    told = [a for a in parser._actions if a.required or (not a.option_strings and a.nargs in ("*", "?"))]
    shown = [
        names(action).split(", ")[0].strip("`") for action in sorted(told, key=lambda a: bool(a.option_strings))
    ]
    return " ".join([parser.prog, *shown, "[OPTIONS]"])


def table(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Arguments first, then options."""
    told = [a for a in parser._actions if not isinstance(a, argparse._HelpAction | argparse._SubParsersAction)]
    if told:
        yield "\n| argument | what it does |\n|---|---|"
        for action in sorted(told, key=lambda one: bool(one.option_strings)):
            yield f"| {names(action).replace('|', chr(92) + '|')} | {meaning(action, parser)} |"


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Every command below a parser: its words, what it is for, its own parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, below in action.choices.items():
                yield name, told.get(name, ""), below
                for words, more, deeper in commands(below):
                    yield f"{name} {words}", more, deeper


def sections(parser: argparse.ArgumentParser) -> Iterator[str]:
    """A section for every command."""
    for words, purpose, below in commands(parser):
        depth = "#" * (2 + words.count(" "))
        yield (
            f"\n{depth} `{words}`\n\n{purpose[:1].upper()}{purpose[1:]}.\n" if purpose else f"\n{depth} `{words}`\n"
        )
        if any(isinstance(action, argparse._SubParsersAction) for action in below._actions):
            continue
        yield f"```text\n{usage(below)}\n```"
        yield from table(below)
        if below.epilog:
            yield "\n```sh\n" + "\n".join(line.strip() for line in below.epilog.splitlines()[1:]) + "\n```"


def command_line_page() -> str:
    """The page of `simtier`, as it is without any SIMTIER_* variable."""
    with patch.dict(os.environ, {k: v for k, v in os.environ.items() if not k.startswith("SIMTIER_")}, clear=True):
        from calibration.cli.parser import build_parser

        return "\n".join([INTRODUCTION, *sections(build_parser(prog="simtier"))]) + "\n"
