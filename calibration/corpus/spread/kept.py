"""Results of steps in a folder, so that a job goes on where an earlier run of it ended."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.atomic_file import write_whole
from calibration.corpus.parts import JobFolder
from calibration.corpus.spread.workers import Arrays

_ENDING: Final = ".npz"


class Kept(JobFolder):
    """The results of one job's steps, each a file. Another job's are cleared away."""

    def __init__(self, folder: Path, job: Mapping[str, Any]) -> None:
        super().__init__(folder, job)
        self.before = sum(1 for _ in folder.glob(f"*{_ENDING}"))

    def get(self, step: str) -> Arrays | None:
        """A step's result; None where it is not there, or not whole."""
        path = self.folder / (step + _ENDING)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                return tuple(found[name] for name in sorted(found.files))
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return None

    def keep(self, step: str, found: Arrays) -> None:
        """Write a result, all of it or nothing."""
        buffer = io.BytesIO()
        np.savez(buffer, **{f"{at:02d}": array for at, array in enumerate(found)})  # type: ignore[arg-type]
        write_whole(self.folder / (step + _ENDING), buffer.getvalue())
