"""`restore FILE`: replace the contents of the store with a backup."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.store_options import add_store, store_of
from calibration.cli.stored_rows import counted
from calibration.cli.terminal import say
from calibration.errors import N_
from calibration.settings import data_dir
from calibration.store import Restored, open_store

EXAMPLES: Final = ("restore simtier.zip", "restore simtier.zip --yes --database store.sqlite")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `restore`."""
    add_json(parser)
    parser.add_argument("file", metavar="FILE", help="what `backup` wrote")
    parser.add_argument("--yes", action="store_true", help="replace what the store holds, after backing it up")
    add_store(parser)
    parser.set_defaults(run=restore)


def restore(options: argparse.Namespace) -> RestoreResult:
    """Check a backup, then put it in place of what the store holds."""
    url = store_of(options)
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    with open_store(url) as store:
        safety = data_dir() / "backups" / f"before-restore-{moment}.zip"
        return RestoreResult(store.restore(Path(options.file), safety, replace=options.yes))


@dataclass(frozen=True)
class RestoreResult:
    """`restore`."""

    found: Restored

    def to_json(self) -> dict[str, Any]:
        """What was brought back, and where the former content is."""
        backup = self.found.backup
        return {"file": backup.path, "schema": backup.revision, "rows": backup.rows, "safety": self.found.safety}

    def to_text(self) -> str:
        """One or two lines."""
        lines = [counted(self.found.backup), say(N_("restored from {file}"), file=self.found.backup.path)]
        if self.found.safety:
            lines.append(say(N_("previous contents were saved to {file}"), file=self.found.safety))
        return "\n".join(lines)
