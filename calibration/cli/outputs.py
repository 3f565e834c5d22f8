"""Output files of pairs: the format follows from the file name and is checked before any long work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pandas as pd

from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.pairs import FORMATS, write_pairs

ENDINGS: Final = " ".join(f".{name}" for name in FORMATS)
REPORT_ENDINGS: Final = (".html", ".htm")


def check_output(output: str) -> None:
    """Raise BadArgument unless `output` ends like a format that can be written, in a folder that is there."""
    path = Path(output)
    if path.suffix.lower().lstrip(".") not in FORMATS:
        raise BadArgument("-o", note(N_("a file ending in {endings}"), endings=ENDINGS), output)
    check_place("-o", output)


def check_place(option: str, output: str | None) -> None:
    """Raise BadArgument before any work where no file can be written at `output`; None is fine."""
    if output is None:
        return
    path = Path(output).absolute()
    if path.is_dir():
        raise BadArgument(option, N_("a file, not a folder"), output)
    if not path.parent.is_dir():
        raise BadArgument(option, N_("a file in a folder that exists"), output)
    if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise BadArgument(option, N_("a file that may be written"), output)


def check_report(path: str) -> None:
    """Raise BadArgument unless `path` ends in .html, in a folder that is there."""
    if Path(path).suffix.lower() not in REPORT_ENDINGS:
        raise BadArgument("--report", N_("a file ending in .html"), path)
    check_place("--report", path)


def write_output(frame: pd.DataFrame, output: str) -> None:
    """Write the pairs."""
    check_output(output)
    write_pairs(frame, output)
