"""Inspect, clear and verify a vector cache."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from calibration.encoding.vector_cache import ON_DISK, are_sound, set_aside
from calibration.encoding.vector_file import connect, is_damaged, transaction, used_bytes
from calibration.errors import CacheUnusable

_ROWS_A_STEP: Final = 2000


@dataclass(frozen=True)
class CacheEntries:
    """The vectors of one model; fingerprint, name and dim are None where an earlier version wrote them."""

    fingerprint: str | None
    name: str | None
    dim: int | None
    entries: int


@dataclass(frozen=True)
class CacheContent:
    """A cache's file: `used` bytes hold something, `size` bytes are on disk."""

    path: Path
    used: int
    size: int
    models: tuple[CacheEntries, ...]

    @property
    def entries(self) -> int:
        """All vectors."""
        return sum(model.entries for model in self.models)


@dataclass(frozen=True)
class CacheCheck:
    """Of `checked` rows, those `removed` were no vectors of length 1; `set_aside`: the file itself was damaged."""

    checked: int
    removed: int
    set_aside: bool = False


def content(path: Path) -> CacheContent:
    """What the cache at `path` holds; an absent file holds nothing. Raises CacheUnusable."""
    if not path.exists():
        return CacheContent(path, 0, 0, ())
    with _opened(path) as db:
        counted = db.execute(
            "SELECT f, name, dim, n FROM (SELECT m, COUNT(*) AS n FROM vectors GROUP BY m) "
            "LEFT JOIN models USING (m) ORDER BY n DESC"
        ).fetchall()
        return CacheContent(path, used_bytes(db), path.stat().st_size, tuple(CacheEntries(*row) for row in counted))


def clear(path: Path, fingerprints: tuple[str, ...] | None = None) -> int:
    """Remove the vectors of these models, or all; give the room back; returns how many. Raises CacheUnusable."""
    if not path.exists():
        return 0
    with _opened(path) as db:
        with transaction(db):
            if fingerprints is None:
                removed = db.execute("DELETE FROM vectors").rowcount
            else:
                own = "m = (SELECT m FROM models WHERE f = ?)"
                rows = (db.execute(f"DELETE FROM vectors WHERE {own}", (f,)).rowcount for f in fingerprints)  # noqa: S608
                removed = sum(rows)
        with suppress(sqlite3.OperationalError):  # somebody reads: the room is used again all the same
            db.execute("VACUUM")
    return removed


def check(path: Path) -> CacheCheck:
    """Read every row, and remove those that are no vectors of length 1; a damaged file is set aside.

    Raises CacheUnusable.
    """
    if not path.exists():
        return CacheCheck(0, 0)
    if is_damaged(path):
        if not set_aside(path):
            raise CacheUnusable(str(path), "damaged")
        return CacheCheck(0, 0, set_aside=True)
    with _opened(path) as db:
        checked, last, bad = 0, 0, []
        while rows := _step(db, last):  # by steps, so that the whole file is never in memory
            last = rows[-1][0]
            checked += len(rows)
            bad += [rowid for rowid, blob, dim in rows if not _is_vector(blob, dim)]
        with transaction(db):
            db.executemany("DELETE FROM vectors WHERE rowid = ?", [(rowid,) for rowid in bad])
    return CacheCheck(checked, len(bad))


def _step(db: sqlite3.Connection, after: int) -> list[tuple[int, object, int | None]]:
    return db.execute(
        "SELECT vectors.rowid, v, dim FROM vectors LEFT JOIN models USING (m) "
        "WHERE vectors.rowid > ? ORDER BY vectors.rowid LIMIT ?",
        (after, _ROWS_A_STEP),
    ).fetchall()


def _is_vector(blob: object, dim: int | None) -> bool:
    if not isinstance(blob, bytes) or not blob or len(blob) % ON_DISK.itemsize:
        return False
    if dim is not None and len(blob) != dim * ON_DISK.itemsize:
        return False
    return bool(are_sound(np.frombuffer(blob, ON_DISK)[None])[0])


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        db = connect(path)
    except (sqlite3.Error, OSError) as error:
        raise CacheUnusable(str(path), str(error)) from error
    try:
        yield db
    except sqlite3.Error as error:
        raise CacheUnusable(str(path), str(error)) from error
    finally:
        db.close()
