"""SHA-256 of files, cached by path, size and times so that a start does not read gigabytes."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from calibration.atomic_file import write_whole


class Digests:
    """File digests, remembered in a small JSON file at `memo`; None remembers nothing.

    A file counts as unchanged while its size, modification and change times stay; nothing can restore the
    last one. Losing the memo only costs time, so failures to read or write it are passed over.
    """

    def __init__(self, memo: Path | None = None) -> None:
        self._memo = memo
        self._known = self._load()

    def of(self, path: Path) -> str:
        """SHA-256 of the file's bytes, 64 hex digits; raises OSError where it cannot be read."""
        key, stamp = str(path.resolve()), _stamp(path)
        known = self._known.get(key)
        if isinstance(known, list) and known[:-1] == stamp:
            return str(known[-1])
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[key] = [*stamp, digest]
        self._save()
        return digest

    def _load(self) -> dict[str, object]:
        if self._memo is None:
            return {}
        try:
            known = json.loads(self._memo.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _save(self) -> None:
        if self._memo is None:
            return
        with contextlib.suppress(OSError):
            self._memo.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._memo, json.dumps({**self._load(), **self._known}).encode())


def _stamp(path: Path) -> list[object]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
