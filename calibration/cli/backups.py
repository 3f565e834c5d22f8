"""`backup OUT` and `restore FILE`: the whole store in one file, and back."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from calibration.cli.lines import say
from calibration.errors import N_
from calibration.settings import DATA_DIR_VARIABLE, data_dir, database
from calibration.store import Backup, Restored, open_store

TABLES: Final = {
    "datasets": N_("datasets"),
    "dataset_counts": N_("counts of labels"),
    "pairs": N_("pairs"),
    "dataset_events": N_("versions of datasets"),
    "dataset_edits": N_("edits of pairs"),
    "labellings": N_("labellings"),
    "settlements": N_("settled labels"),
    "policies": N_("policies"),
    "publications": N_("publications"),
    "bad_cases": N_("bad cases"),
    "bad_case_tags": N_("tags of bad cases"),
    "case_filters": N_("saved filters"),
    "bad_case_history": N_("steps of bad cases"),
    "audit_events": N_("entries of the log"),
    "api_keys": N_("API keys"),
    "score_samples": N_("sampled scores"),
}
"""What the rows of a table are."""


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `backup`."""
    either = "where to write: .zip (any database takes it back), or .sqlite (a copy of a SQLite store)"
    parser.add_argument("output", metavar="OUT", help=either)
    add_store(parser)
    parser.set_defaults(run=backup)


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `restore`."""
    parser.add_argument("file", metavar="FILE", help="what `backup` wrote")
    parser.add_argument("--yes", action="store_true", help="replace what the store holds, after backing it up")
    add_store(parser)
    parser.set_defaults(run=restore)


def backup(options: argparse.Namespace) -> BackupResult:
    """Write the store into one file, and read it back."""
    with open_store(store_of(options)) as store:
        return BackupResult(store.backup(options.output))


def restore(options: argparse.Namespace) -> RestoreResult:
    """Check a backup, then put it in place of what the store holds."""
    url = store_of(options)
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    with open_store(url) as store:
        safety = data_dir() / "backups" / f"before-restore-{moment}.zip"
        return RestoreResult(store.restore(Path(options.file), safety, replace=options.yes))


def add_store(parser: argparse.ArgumentParser) -> None:
    """Options that say which store a command works on."""
    parser.add_argument("--database", help="path or URL of the store (default: SIMTIER_DATABASE_URL, else yours)")
    parser.add_argument("--data-dir", help="where the store lies (default: SIMTIER_DATA_DIR, else yours)")


def store_of(options: argparse.Namespace) -> str:
    """Path or URL of that store."""
    if options.data_dir:
        os.environ[DATA_DIR_VARIABLE] = options.data_dir
    return database(options.database)


@dataclass(frozen=True)
class BackupResult:
    """`backup`."""

    found: Backup

    def to_json(self) -> dict[str, Any]:
        """Where it is, and rows by table."""
        return {"output": self.found.path, "schema": self.found.revision, "rows": self.found.rows, "verified": True}

    def to_text(self) -> str:
        """Two lines."""
        where = say(N_("written to {file}, read back and found whole"), file=self.found.path)
        return f"{_counted(self.found)}\n{where}"


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
        lines = [_counted(self.found.backup), say(N_("restored from {file}"), file=self.found.backup.path)]
        if self.found.safety:
            lines.append(say(N_("what was there is in {file}"), file=self.found.safety))
        return "\n".join(lines)


def _counted(found: Backup) -> str:
    shown = [f"{rows:,} {say(TABLES.get(name, name))}" for name, rows in found.rows.items() if rows]
    return say(N_(", ")).join(shown) or say(N_("an empty store"))
