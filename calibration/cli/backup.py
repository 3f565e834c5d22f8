"""`backup OUT`: the whole store in one file."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.store_options import add_store, store_of
from calibration.cli.stored_rows import counted
from calibration.cli.terminal import say
from calibration.errors import N_
from calibration.store import Backup, open_store

EXAMPLES: Final = ("backup simtier.zip", "backup copy.sqlite --data-dir /srv/simtier")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `backup`."""
    add_json(parser)
    either = "where to write: .zip (any database takes it back), or .sqlite (a copy of a SQLite store)"
    parser.add_argument("output", metavar="OUT", help=either)
    add_store(parser)
    parser.set_defaults(run=backup)


def backup(options: argparse.Namespace) -> BackupResult:
    """Write the store into one file, and read it back."""
    with open_store(store_of(options)) as store:
        return BackupResult(store.backup(options.output))


@dataclass(frozen=True)
class BackupResult:
    """`backup`."""

    found: Backup

    def to_json(self) -> dict[str, Any]:
        """Where it is, and rows by table."""
        return {"output": self.found.path, "schema": self.found.revision, "rows": self.found.rows, "verified": True}

    def to_text(self) -> str:
        """Two lines."""
        where = say(N_("written to {file}, read back and verified"), file=self.found.path)
        return f"{counted(self.found)}\n{where}"
