"""Restore a backup: validate it, upgrade it aside, and put it in place in one transaction."""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from calibration.errors import N_, BackupDamaged, FileUnreadable, StoreError, StoreNotEmpty
from calibration.messages.note import note
from calibration.store.backup import Backup, check_copy, check_zip, opened, write_zip
from calibration.store.database import Database
from calibration.store.dump import TABLES, digest, is_empty, load, reflected, replace_all
from calibration.store.engine import WRITES, database_url, make_engine
from calibration.store.lines_file import checked_lines
from calibration.store.migrate import upgrade


@dataclass(frozen=True)
class Restored:
    """A backup that was brought back. safety: where the former content was saved; None where there was none."""

    backup: Backup
    safety: str | None


def restore(database: Database, path: Path, safety: Path, *, replace: bool = False) -> Restored:
    """Bring the backup `path` (zip or SQLite) back into `database`, whichever kind either is.

    replace: whether rows that are there may go; they are saved into the zip `safety` first.

    :raises FileUnreadable, BackupDamaged: the backup cannot be used; nothing is changed then.
    :raises StoreNotEmpty: there are rows, and `replace` is not given.
    :raises StoreNewer: a newer version of SimTier has written it.
    """
    with staged(path) as (url, backup):
        source_engine = make_engine(url)
        try:
            with source_engine.connect() as source, database.write("restore") as target:
                _alone(target)
                empty = is_empty(target)
                if not empty and not replace:
                    raise StoreNotEmpty(database.url.render_as_string(hide_password=True))
                saved = None if empty else write_zip(target, safety).path
                replace_all(source, target)
                if any(digest(source, table) != digest(target, table) for table in TABLES):
                    raise BackupDamaged(str(path), N_("its content does not match its manifest"))
        finally:
            source_engine.dispose()
    return Restored(backup, saved)


@contextmanager
def staged(path: Path) -> Iterator[tuple[URL, Backup]]:
    """The backup as a SQLite store of its own at the newest schema, gone at the end.

    :raises FileUnreadable, BackupDamaged, StoreNewer: as `restore`.
    """
    if not path.is_file():
        raise FileUnreadable(str(path), N_("there is no such file"))
    with tempfile.TemporaryDirectory(prefix="simtier-restore-") as folder:
        url = database_url(Path(folder) / "staged.sqlite")
        if zipfile.is_zipfile(path):
            backup = _unpack(path, url)
        else:
            backup = check_copy(path)
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(str(url.database))) as target:
                source.backup(target)
        upgrade(url)
        yield url, backup


def _unpack(path: Path, url: URL) -> Backup:
    """The zip's rows in tables of its own revision."""
    manifest, backup = check_zip(path)
    try:
        upgrade(url, backup.revision)
    except StoreError:
        raise
    except Exception as error:
        raise BackupDamaged(
            str(path), note(N_("schema {revision} cannot be set up"), revision=backup.revision)
        ) from error
    engine = make_engine(url, foreign_keys=False)
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection, opened(path) as archive:
            tables = reflected(connection).tables
            for name, entry in manifest["tables"].items():
                load(connection, tables[name], entry["columns"], checked_lines(path, archive, name, entry))
    except (KeyError, ValueError, TypeError, SQLAlchemyError) as error:
        raise BackupDamaged(str(path), str(error).splitlines()[0]) from error
    finally:
        engine.dispose()
    return backup


def _alone(connection: Connection) -> None:
    """Nobody else may write meanwhile; SQLite's lock says so already."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in TABLES)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
