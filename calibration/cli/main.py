"""Parse arguments, run the command, and turn each of our errors into one line and an exit code."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from calibration.cli.parser import MODULE, build_parser, named_command
from calibration.cli.terminal import say
from calibration.errors import N_, Cancelled, SimTierError, StoreError
from calibration.messages.catalogues import explain, from_environment
from calibration.settings import refuse_former_names

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
INSTALLED: Final = "simtier"
"""The command that installing the package makes."""


def main(arguments: Sequence[str] | None = None, prog: str = MODULE) -> int:
    """Run one command; returns 0 ok, 1 store trouble, 2 bad input (one line on stderr says what), 3 refused by the
    gate, 130 interrupted.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        refuse_former_names(given)
        options = build_parser(named_command(given), prog).parse_args(given)
        result = options.run(options)
        for line in getattr(options, "files_said", ()):
            _say(line, OK)
        if options.json:
            read = {"files": options.files_read} if hasattr(options, "files_read") else {}
            print(json.dumps({**result.to_json(), **read}, ensure_ascii=False, allow_nan=False))  # noqa: T201
        else:
            print(result.to_text())  # noqa: T201
        sys.stdout.flush()
        return getattr(result, "exit_code", OK)
    except SimTierError as error:
        return _fail(explain(error, from_environment()), error)
    except KeyboardInterrupt:
        return _say(say(N_("interrupted")), INTERRUPTED)
    except BrokenPipeError:
        _close_stdout()
        return OK


def _fail(message: str, error: SimTierError) -> int:
    if isinstance(error, Cancelled):
        return _say(message, INTERRUPTED)
    return _say(message, FAILED if isinstance(error, StoreError) else BAD_INPUT)


def _say(message: str, code: int) -> int:
    line = " ".join(message.split())
    print(f"simtier: {line}", file=sys.stderr)  # noqa: T201
    return code


def _close_stdout() -> None:
    """The reader (say `head`) went away: keep the interpreter from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """Entry point of the installed `simtier` command."""
    sys.exit(main(prog=INSTALLED))
