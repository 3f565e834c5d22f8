"""Every command by name; the module of a command is imported when it is chosen, so that `--help` starts quickly."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

import calibration
from calibration.cli.help import Help
from calibration.cli.terminal import say
from calibration.cli.usage import localised
from calibration.errors import N_

MODULE: Final = "python -m calibration"
"""The command line without an installed `simtier`."""
COMMANDS: Final = {
    "score": "add a similarity score to labelled pairs",
    "fit": "fit a policy: thresholds per domain",
    "background": "start without labels: thresholds that few random pairs of your texts reach",
    "suggest": "the thresholds that cost least: a suggestion, not certified",
    "plan": "draw pairs to label at random from an unlabelled file",
    "review": "pick pairs to recheck: likely label errors, and pairs near thresholds",
    "judge": "a language model labels pairs, audited by people's labels",
    "budget": "how many labels a target needs",
    "evaluate": "judge a policy on labelled pairs",
    "compare": "compare two policies on the same labelled pairs",
    "recheck": "can a policy be used with another arithmetic of its model, or another server?",
    "gate": "check whether a policy can be published; exit code 0 passes, 3 refuses",
    "ablate": "which cleaning steps and scoring options help on these pairs",
    "stress": "pairs of your texts with one thing swapped: which models and policies keep them apart",
    "watch": "does the promise of the policy in use still hold?",
    "drift": "have live scores drifted?",
    "dedup": "which rows of a file mean the same, and which to keep",
    "match": "answer queries with the entries of a FAQ",
    "embed": "vectors of a file of any size: .npy, Parquet, FAISS, Milvus",
    "search": "search in such vectors",
    "estimate": "how long a corpus takes, here or on a cluster, and what it needs",
    "backup": "back up the whole store",
    "restore": "restore a backup",
    "keys": "manage who may use the HTTP API",
    "cache": "the vectors on disk: count, clear, verify",
    "models": "list models; show a model's card and speed",
    "decide": "the tier of two texts",
    "export": "convert a threshold for another package: redisvl, GPTCache, ...",
    "card": "the promises of a policy and their evidence, as Markdown with front matter",
    "samples": "copy the sample data, to try commands on",
    "serve": "serve the dashboard and the HTTP API",
    "completion": "print a script that completes commands and options in a shell",
}
"""What each command does. `calibration.cli.NAME` has its `add_arguments(parser)` and its EXAMPLES."""
TRY: Final = N_("examples:")


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text before it; helps in the reader's language."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"formatter_class": Help, **given})

    def error(self, message: str) -> NoReturn:
        """End with exit code 2 and that line."""
        line = say(N_("{command}: {wrong} (see {command} --help)"), command=self.prog, wrong=localised(message))
        self.exit(2, f"{line}\n")


class _Version(argparse.Action):
    """`--version`: looked up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Print it and end."""
        print(f"simtier {calibration.__version__}")  # noqa: T201
        parser.exit()


def named_command(arguments: Sequence[str]) -> str:
    """The command that arguments name; an empty text where they name none."""
    return next((argument for argument in arguments if not argument.startswith("-")), "")


def build_parser(chosen: str | None = None, prog: str = MODULE) -> argparse.ArgumentParser:
    """The command line: with the arguments of every command, or of the `chosen` one alone."""
    parser = OneLineParser(prog=prog, description="Calibrate similarity thresholds per domain.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    jobs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = jobs.add_parser(name, help=purpose, description=purpose)
        if chosen in (None, name):
            module = import_module(f"calibration.cli.{name}")
            module.add_arguments(command)
            _show_examples(command, prog, module.EXAMPLES)
    return parser


def _show_examples(parser: argparse.ArgumentParser, prog: str, examples: Sequence[str]) -> None:
    """Put examples below the help of a command, and below that of each of its sub-commands those of its own."""
    parser.epilog = "\n".join([say(TRY), *(f"  {prog} {example}" for example in examples)])
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                words = f"{below.prog.removeprefix(prog).strip()} "
                own = [example for example in examples if f"{example} ".startswith(words)]
                if own:
                    _show_examples(below, prog, own)
