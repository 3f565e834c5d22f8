"""What a job that is spread needs besides its texts."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.workers import Cost, Workers


@dataclass(frozen=True)
class Spread:
    """Who does it, and where results of steps are until all are there; None: nowhere. cost: what it takes.

    block: texts a block; None: by their number.
    """

    workers: Workers
    folder: Path | None = None
    cost: Cost = field(default_factory=Cost)
    block: int | None = None

    def end(self) -> None:
        """What was found is written: nothing that it was made of is needed any more."""
        self.workers.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def kept(self, job: Mapping[str, Any]) -> Kept | None:
        """What an earlier run of the same job has done."""
        return None if self.folder is None else Kept(self.folder, {**job, "block": self.block})


def digest(parts: Iterable[str]) -> str:
    """Names texts and keys in their order."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        found.update(f"{len(part)}\0{part}".encode())
    return found.hexdigest()
