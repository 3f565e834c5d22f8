"""The lines of one table inside a zip, with their number and hash."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from calibration.errors import N_, BackupDamaged


def write_lines(archive: zipfile.ZipFile, name: str, given: Iterable[bytes]) -> dict[str, Any]:
    """Write lines as the member `name`; returns their `rows` and `sha256`."""
    found, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        for line in given:
            member.write(line)
            found.update(line)
            count += 1
    return {"rows": count, "sha256": found.hexdigest()}


def checked_lines(path: Path, archive: zipfile.ZipFile, name: str, entry: dict[str, Any]) -> Iterator[bytes]:
    """The lines of a table; the last comes only after all of them were found to be those of the manifest's `entry`.

    :raises BackupDamaged: they are not.
    """
    found, count = hashlib.sha256(), 0
    held: bytes | None = None
    try:
        with archive.open(f"{name}.jsonl") as member:
            for line in member:
                found.update(line)
                count += 1
                if held is not None:
                    yield held
                held = line
    except (KeyError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise BackupDamaged(str(path), f"{name}: {error}") from error
    if (count, found.hexdigest()) != (entry["rows"], entry["sha256"]):
        raise BackupDamaged(str(path), N_("its content does not match its manifest"))
    if held is not None:
        yield held
