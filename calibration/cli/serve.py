"""`serve`: the dashboard and the HTTP API; the same as `python -m dashboard`.

The dashboard builds on this package, so it is looked up by name when the command is chosen.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.terminal import say
from calibration.errors import N_

EXAMPLES: Final = (
    "serve",
    "serve --port 8000 --data-dir /srv/simtier",
    "serve --model gte-large-zh --compute fast",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `serve`: the options of `python -m dashboard`."""
    add_json(parser)
    import_module("dashboard.options").add_arguments(parser)
    parser.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> ServeResult:
    """Serve until stopped."""
    chosen = import_module("dashboard.options").chosen(options)
    import_module("dashboard.server").serve(chosen)
    return ServeResult(chosen.url)


@dataclass(frozen=True)
class ServeResult:
    """`serve`, once it has been stopped."""

    url: str

    def to_json(self) -> dict[str, Any]:
        """Where it was."""
        return {"url": self.url, "stopped": True}

    def to_text(self) -> str:
        """One line."""
        return say(N_("stopped serving {url}"), url=self.url)
