"""The SQLite file of a vector cache: connections, tables, size and damage."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

BUSY_SECONDS: Final = 30.0
PAGE_BYTES: Final = 32768
EVICTED_AT_LEAST: Final = 500
"""Rows that a write to a full file removes at least; few, so that no request waits for them."""
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
WRITE_ONLY: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
"""Errors that stop writing but leave what is there readable."""
SIDES: Final = ("", "-wal", "-shm")
"""The files of one database, by what follows its name."""


@dataclass(frozen=True)
class Owner:
    """The model that a row's vector is of."""

    fingerprint: str
    name: str
    dim: int


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
        _make_tables(db)
    except BaseException:
        db.close()
        raise
    return db


def _make_tables(db: sqlite3.Connection) -> None:
    """Make what is missing; files of earlier versions do not say which model (m) wrote a row."""
    if {row[1] for row in db.execute("PRAGMA table_info(vectors)")} >= {"k", "v", "m"}:
        return
    with transaction(db):
        db.execute("CREATE TABLE IF NOT EXISTS vectors (k BLOB PRIMARY KEY, v BLOB NOT NULL, m INTEGER)")
        if "m" not in {row[1] for row in db.execute("PRAGMA table_info(vectors)")}:
            db.execute("ALTER TABLE vectors ADD COLUMN m INTEGER")
        db.execute("CREATE INDEX IF NOT EXISTS vectors_of ON vectors (m)")
        db.execute(
            "CREATE TABLE IF NOT EXISTS models (m INTEGER PRIMARY KEY, f TEXT UNIQUE, name TEXT, dim INTEGER)"
        )


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All that is done inside, or nothing; waits until no other connection writes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def insert(db: sqlite3.Connection, rows: list[tuple[bytes, bytes]], owner: Owner | None = None) -> None:
    """Write (key, value) rows of the model `owner` in one transaction; the last one of a key stays."""
    with transaction(db):
        number = None
        if owner is not None:
            db.execute("INSERT OR IGNORE INTO models (f, name, dim) VALUES (?, ?, ?)", astuple(owner))
            number = db.execute("SELECT m FROM models WHERE f = ?", (owner.fingerprint,)).fetchone()[0]
        db.executemany(f"INSERT OR REPLACE INTO vectors (k, v, m) VALUES (?, ?, {number or 'NULL'})", rows)  # noqa: S608


def used_bytes(db: sqlite3.Connection) -> int:
    """What the file holds, without the pages that are free to be used again."""
    pages, free, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def evict(db: sqlite3.Connection, count: int) -> int:
    """Remove the `count` rows written longest ago; who reads meanwhile sees the file as it was when they began."""
    # Every write gives a row a higher number, so the lowest are the oldest.
    oldest = "SELECT rowid FROM vectors ORDER BY rowid LIMIT ?"
    with transaction(db):
        return db.execute(f"DELETE FROM vectors WHERE rowid IN ({oldest})", (count,)).rowcount  # noqa: S608


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
