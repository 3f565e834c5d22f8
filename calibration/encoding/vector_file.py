"""The SQLite file of a vector cache: connections, one table, and whether it is damaged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

BUSY_SECONDS: Final = 30.0
PAGE_BYTES: Final = 32768
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
WRITE_ONLY: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
"""Errors that stop writing but leave what is there readable."""
SIDES: Final = ("", "-wal", "-shm")
"""The files of one database, by what follows its name."""


class Handle:
    """A connection that closes with the thread that it belongs to."""

    def __init__(self, connection: sqlite3.Connection, stamp: tuple[int, int]) -> None:
        self.connection = connection
        self.stamp = stamp

    def close(self) -> None:
        """Close the connection, once or more."""
        # A connection that came over a fork belongs to the parent: closing it here would drop its locks.
        if self.stamp[0] == os.getpid():
            with suppress(sqlite3.Error):
                self.connection.close()

    __del__ = close


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the file at `path`, which is made where it is missing; usable from any one thread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("CREATE TABLE IF NOT EXISTS vectors (k BLOB PRIMARY KEY, v BLOB NOT NULL)")
    except BaseException:
        db.close()
        raise
    return db


def insert(db: sqlite3.Connection, rows: list[tuple[bytes, bytes]]) -> None:
    """Write (key, value) rows in one transaction; the last one of a key stays."""
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany("INSERT OR REPLACE INTO vectors (k, v) VALUES (?, ?)", rows)
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def is_damaged(path: Path) -> bool:
    """Whether SQLite finds the file damaged, all of it read."""
    try:
        db = connect(path)
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode & 0xFF in DAMAGED
    try:
        return bool(db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError:
        return True
    finally:
        db.close()
