"""The table of commands: every one has its module, its examples and `--json`; help loads none of them."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from calibration.cli.parser import COMMANDS, build_parser, named_command

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "pandas", "scipy", "sklearn", "torch", "pydantic", "sqlalchemy", "transformers", "streamlit")


def below(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of all commands, and of what follows them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield one
                yield from below(one)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_understood_and_is_in_the_help(name: str) -> None:
    examples: tuple[str, ...] = import_module(f"calibration.cli.{name}").EXAMPLES
    parser = build_parser(name, "simtier")
    command = next(one for one in below(parser) if one.prog == f"simtier {name}")
    assert examples
    for example in examples:
        assert f"  simtier {example}\n" in command.format_help()
        assert callable(parser.parse_args(shlex.split(example)).run)


def test_every_command_takes_json() -> None:
    whole = build_parser()
    ends = [one for one in below(whole) if not any(isinstance(a, argparse._SubParsersAction) for a in one._actions)]
    assert len(ends) > len(COMMANDS)
    assert [one.prog for one in ends if "--json" not in one._option_string_actions] == []


def test_one_module_a_command() -> None:
    for name in COMMANDS:
        assert {path.stem for path in (ROOT / "calibration" / "cli").glob("*.py")} >= {name}


def test_the_command_is_found_among_options() -> None:
    assert named_command(["-h"]) == ""
    assert named_command(["-h", "fit", "x.csv"]) == "fit"


def test_help_imports_nothing_heavy_and_no_command() -> None:
    code = (
        "import sys\nfrom calibration.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {(*HEAVY, *(f'calibration.cli.{name}' for name in COMMANDS))!r} "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
