"""Vectors on disk by key, in one SQLite file that many threads and processes share.

Losing a vector only costs time, so whatever goes wrong with the file is logged and worked around: a damaged
file is set aside and a new one begun; a full or read-only disk means less caching or none.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from calibration.encoding.batching import Batch, Indices, Vectors
from calibration.encoding.vector_file import (
    BUSY,
    BUSY_SECONDS,
    DAMAGED,
    EVICTED_AT_LEAST,
    SIDES,
    WRITE_ONLY,
    Handle,
    Owner,
    connect,
    evict,
    insert,
    is_damaged,
    used_bytes,
)
from calibration.settings import cache_bytes

log = logging.getLogger(__name__)

KEYS_A_QUERY: Final = 500
NORM_TOLERANCE: Final = 1e-3
ON_DISK: Final = np.dtype("<f4")

T = TypeVar("T")


class VectorCache:
    """L2-normalised float32 vectors of length `dim` in the SQLite file at `path`, by 16-byte keys.

    `owner` is the model that they are of. The file holds `limit` bytes at most (SIMTIER_CACHE_BYTES unless
    given): beyond that the vectors written longest ago go.
    """

    def __init__(self, path: Path, dim: int, owner: Owner | None = None, limit: int | None = None) -> None:
        self.path = path
        self.limit = cache_bytes() if limit is None else limit
        self._owner = owner
        self._dim = dim
        self._local = threading.local()
        self._open: weakref.WeakSet[Handle] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._generation = 0
        self._readable = self._writable = True

    def read(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors that are there and whole; entries that are not are as if they were missing."""
        found: dict[bytes, NDArray[np.float32]] = {}
        self.find(keys, lambda at, rows: found.update(zip([keys[k] for k in at.tolist()], rows, strict=True)))
        return found

    def find(self, keys: Sequence[bytes], use: Callable[[Indices, Vectors], None]) -> None:
        """The same in portions, while they are in the processor's cache: `use` gets positions in `keys`, which are
        distinct, and their vectors, some of them twice where the file has to be reopened.
        """

        def hand_over(db: sqlite3.Connection) -> None:
            for places, vectors in self._rows(db, keys):
                use(places, vectors)

        if self._readable:
            self._try(hand_over, None)

    def write(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep `vectors`, (n, dim), under `keys`, all in one transaction."""
        if not self._writable:
            return
        rows = [(key, vector.astype(ON_DISK).tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        self._try(lambda db: self._insert(db, rows), None)

    def remove(self, keys: Sequence[bytes]) -> None:
        """Forget what is kept under `keys`."""
        self._try(lambda db: db.executemany("DELETE FROM vectors WHERE k = ?", [(key,) for key in keys]), None)

    def _insert(self, db: sqlite3.Connection, rows: list[tuple[bytes, bytes]]) -> None:
        insert(db, rows, self._owner)
        if used_bytes(db) > self.limit:
            removed = evict(db, max(EVICTED_AT_LEAST, 2 * len(rows)))
            log.info("%s: full, %d vectors written longest ago are removed", self.path, removed)

    def close(self) -> None:
        """Close the connections of all threads; the cache opens again on use."""
        with self._lock:
            self._generation += 1
            handles = list(self._open)
        for handle in handles:
            handle.close()

    def _rows(self, db: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[Batch]:
        damaged, place = 0, {key: at for at, key in enumerate(keys)}
        for start in range(0, len(keys), KEYS_A_QUERY):
            part = keys[start : start + KEYS_A_QUERY]
            marks = ",".join("?" * len(part))
            found = db.execute(f"SELECT k, v FROM vectors WHERE k IN ({marks})", part).fetchall()  # noqa: S608
            whole = [(key, blob) for key, blob in found if _is_blob(blob, self._dim)]
            matrix = np.frombuffer(b"".join(blob for _, blob in whole), ON_DISK).reshape(-1, self._dim)
            places, sound = np.array([place[key] for key, _ in whole], np.intp), are_sound(matrix)
            damaged += len(found) - int(sound.sum())
            yield (places, matrix) if sound.all() else (places[sound], matrix[sound])
        if damaged:
            log.warning("%s: %d damaged vectors are computed again", self.path, damaged)

    def _try(self, action: Callable[[sqlite3.Connection], T], otherwise: T, again: bool = True) -> T:
        """The action's result, or `otherwise` where the file cannot serve it."""
        try:
            return action(self._connection())
        except (sqlite3.Error, OSError) as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if isinstance(error, sqlite3.ProgrammingError) and again:  # closed by another thread
                return self._try(action, otherwise, again=False)
            if code in DAMAGED and again and self._set_aside():
                return self._try(action, otherwise, again=False)
            self._give_up(error, code)
            return otherwise

    def _give_up(self, error: Exception, code: int) -> None:
        if code in BUSY:
            log.warning("%s: busy, some vectors are not cached (%s)", self.path, error)
            return
        log.warning("%s: cannot be used, so vectors are not cached (%s)", self.path, error)
        self._writable = False
        self._readable = self._readable and code in WRITE_ONLY

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection; a forked child and a closed or replaced cache open a new one."""
        stamp = (os.getpid(), self._generation)
        handle: Handle | None = getattr(self._local, "handle", None)
        if handle is None or handle.stamp != stamp:
            handle = Handle(connect(self.path), stamp)
            self._local.handle = handle
            with self._lock:
                self._open.add(handle)
        return handle.connection

    def _set_aside(self) -> bool:
        """Rename a damaged file, unless somebody else did already; whether a new try makes sense."""
        self._generation += 1  # every thread reopens the file; none is cut off in the middle
        return set_aside(self.path)


def set_aside(path: Path) -> bool:
    """Rename a damaged file, so that a new one begins; False where it is damaged and cannot be renamed."""
    try:
        with FileLock(f"{path}.lock", timeout=BUSY_SECONDS):
            if not is_damaged(path):
                return True
            aside = f"{path}.damaged-{time.time_ns()}"
            log.warning("%s: damaged, set aside as %s; a new cache begins", path, aside)
            for side in SIDES:
                with suppress(FileNotFoundError):
                    os.replace(f"{path}{side}", f"{aside}{side}")
    except OSError as error:
        log.warning("%s: damaged and cannot be set aside (%s)", path, error)
        return False
    return True


def are_sound(matrix: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which rows of (n, dim) are finite and of length 1."""
    with np.errstate(all="ignore"):  # a damaged entry may hold any numbers
        # Without the copy that np.linalg.norm makes.
        return np.asarray(np.abs(np.sqrt(np.einsum("ij,ij->i", matrix, matrix)) - 1) < NORM_TOLERANCE)


def _is_blob(blob: object, dim: int) -> bool:
    return isinstance(blob, bytes) and len(blob) == dim * ON_DISK.itemsize
