"""Write files atomically: readers see the old content or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from calibration.errors import FileUnreadable


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, readable by all, in a folder that is there. Raises OSError and leaves nothing."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)  # mkstemp lets its owner alone read
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def save_text(path: str | Path, text: str) -> None:
    """Write what a user asked for at `path`, in UTF-8. Raises FileUnreadable, with the cause."""
    try:
        write_whole(Path(path), text.encode())
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
