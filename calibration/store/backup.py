"""Back up the whole store: a portable zip, or a copy of the SQLite file.

The zip holds a table a file, as lines of JSON, and a manifest with the schema's revision, the rows and the SHA-256
of each. Both are read back before they get their name, so a backup that is there is whole.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, text

from calibration.errors import N_, BackupDamaged, BadArgument, FileUnreadable
from calibration.store.database import Database
from calibration.store.dump import TABLES, lines
from calibration.store.lines_file import checked_lines, write_lines

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
COPIES: Final = (".sqlite", ".sqlite3", ".db")


@dataclass(frozen=True)
class Backup:
    """A backup that was written or checked. rows: by table. revision: of its schema."""

    path: str
    revision: str
    rows: dict[str, int]


def write_backup(database: Database, path: Path) -> Backup:
    """Write the store into `path` (.zip, or .sqlite for a SQLite store), all of it or nothing.

    :raises FileUnreadable: it cannot be written there.
    :raises BadArgument: another ending, or a copy of a file is asked of PostgreSQL.
    """
    if path.suffix.lower() == ".zip":
        with database.read() as connection:
            return write_zip(connection, path)
    if path.suffix.lower() not in COPIES or database.engine.dialect.name != "sqlite":
        raise BadArgument("OUT", N_("a file ending in .zip, or in .sqlite where the store is SQLite"), str(path))
    with _appearing(path) as temporary:
        source = sqlite3.connect(str(database.url.database))
        target = sqlite3.connect(temporary)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            source.close()
            target.close()
        found = check_copy(temporary)
    return Backup(str(path), found.revision, found.rows)


def write_zip(connection: Connection, path: Path) -> Backup:
    """The portable backup of what `connection` sees."""
    manifest: dict[str, Any] = {"format": FORMAT, "revision": revision_of(connection), "tables": {}}
    with _appearing(path) as temporary:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for table in TABLES:
                entry = write_lines(archive, f"{table.name}.jsonl", lines(connection, table))
                manifest["tables"][table.name] = entry | {"columns": [column.name for column in table.columns]}
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        check_zip(temporary)
    rows = {name: entry["rows"] for name, entry in manifest["tables"].items()}
    return Backup(str(path), manifest["revision"], rows)


def check_zip(path: Path) -> tuple[dict[str, Any], Backup]:
    """The manifest of a zip whose every line is as it was written.

    :raises BackupDamaged: it is no backup, or not whole.
    """
    with opened(path) as archive:
        manifest = _manifest(path, archive)
        for name, entry in manifest["tables"].items():
            for _ in checked_lines(path, archive, name, entry):
                pass
    rows = {name: int(entry["rows"]) for name, entry in manifest["tables"].items()}
    return manifest, Backup(str(path), manifest["revision"], rows)


def check_copy(path: Path) -> Backup:
    """What a SQLite file holds, if it is a whole store.

    :raises BackupDamaged: it is not.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise BackupDamaged(str(path), verdict)
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            known = [table.name for table in TABLES if table.name in names]
            count = "SELECT count(*) FROM "  # names of our own tables only
            rows = {name: int(connection.execute(count + name).fetchone()[0]) for name in known}
        finally:
            connection.close()
    except (sqlite3.Error, TypeError) as error:
        raise BackupDamaged(str(path), str(error)) from error
    return Backup(str(path), str(revision), rows)


def revision_of(connection: Connection) -> str:
    """The schema's revision."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip for reading.

    :raises FileUnreadable, BackupDamaged: it is not there, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:  # the last: an unknown compression
        raise BackupDamaged(str(path), str(error)) from error


def _manifest(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        whole = manifest["format"] == FORMAT and isinstance(manifest["revision"], str)
        for name, entry in manifest["tables"].items():
            whole &= isinstance(name, str) and isinstance(entry["rows"], int) and isinstance(entry["sha256"], str)
            whole &= all(isinstance(column, str) for column in entry["columns"])
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise BackupDamaged(str(path), N_("it has no manifest of this format")) from error
    if not whole:
        raise BackupDamaged(str(path), N_("it has no manifest of this format"))
    return manifest


@contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """A temporary file that takes the name `path` once it is whole and on the disk."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            yield Path(name)
            with open(name, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
