"""Parse, run, and turn every error of ours into one clear line and an exit code."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from calibration.cli.lines import say
from calibration.cli.parser import build_parser
from calibration.errors import N_, Cancelled, SimTierError, StoreError
from calibration.i18n import explain, from_environment

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 ok, 2 bad input (one line on stderr says what), 1 store trouble, 130 interrupted."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    options = build_parser().parse_args(arguments)
    try:
        result = options.run(options)
        if options.json:
            print(json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False))  # noqa: T201
        else:
            print(result.to_text())  # noqa: T201
        sys.stdout.flush()
    except SimTierError as error:
        return _fail(explain(error, from_environment()), error)
    except KeyboardInterrupt:
        return _say(say(N_("interrupted")), INTERRUPTED)
    except BrokenPipeError:
        _close_stdout()
        return OK
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
    sys.exit(main())
