"""Connections to SQLite or PostgreSQL, and their errors.

SQLite runs in WAL mode, so readers never wait. `synchronous` is FULL: NORMAL would already outlive a killed
process, but could lose the last commits to a power cut, and what people label by hand is worth one fsync.

Parameters stay out of the messages of errors: they are users' texts, and messages end up in logs.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError

from calibration.errors import N_, BadArgument, StoreUnavailable

BUSY_SECONDS: Final = 60.0
"""How long a writer waits for its turn; the longest one in front of it is an upload of a million rows."""

POSTGRES: Final = {"connect_timeout": 5}
"""A host that swallows packets would otherwise hold a thread for minutes."""
WRITES: Final = "simtier_writes"
BACKENDS: Final = ("sqlite", "postgresql")
URL_RULE: Final = N_("a path, or an SQLAlchemy URL of SQLite or PostgreSQL")


def database_url(url_or_path: str | Path) -> URL:
    """The URL of `url_or_path`: a plain path is a SQLite file, whose folder is made on demand.

    :raises BadArgument: it is no URL of either, or a SQLite database in memory, which would be lost.
    :raises StoreUnavailable: the folder cannot be made.
    """
    given = str(url_or_path)
    try:
        url = make_url(given) if "://" in given else URL.create("sqlite", database=given)
    except (ArgumentError, ValueError) as error:
        raise BadArgument("database", URL_RULE, N_("(hidden, it may hold a password)")) from error
    if url.get_backend_name() not in BACKENDS:
        raise BadArgument("database", URL_RULE, url.get_backend_name())
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise BadArgument("database", N_("a file, not memory"), given)
        with explained(url):
            _make_private(Path(str(url.database)))
    return url


def _make_private(path: Path) -> None:
    """Make the file where it is missing, for its owner alone; SQLite gives its -wal and -shm the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        if os.name == "posix" and path.stat().st_uid == os.getuid() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def make_engine(url: URL, *, foreign_keys: bool = True) -> Engine:
    """An engine for `url`; `foreign_keys` off is for migrations, which rebuild tables that others refer to.

    :raises BadArgument: no such driver.
    :raises StoreUnavailable: the driver is not installed.
    """
    if url.get_backend_name() != "sqlite":
        try:
            with explained(url):
                return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=POSTGRES)
        except ArgumentError as error:
            raise BadArgument("database", URL_RULE, url.drivername) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `begin` below decides how
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A write transaction takes the lock at once: one that reads first and asks later fails if another wrote.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def use_wal(engine: Engine) -> None:
    """Put a SQLite file into WAL mode for good; other processes may be doing the same at this moment."""
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # SQLite does not wait its busy timeout for a change of mode, so we do.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            connection.close()


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what the database cannot do now into StoreUnavailable; our own mistakes pass through as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except (DBAPIError, sqlite3.Error, OSError, ImportError) as error:
        reason = str(getattr(error, "orig", error)).strip()
        raise StoreUnavailable(url.render_as_string(hide_password=True), reason) from error
