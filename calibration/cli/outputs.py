"""Where commands write pairs: the file's ending says the format, checked before any long work."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from calibration.errors import N_, BadArgument
from calibration.notes import note
from calibration.pairs import FORMATS, write_pairs

ENDINGS: Final = " ".join(f".{name}" for name in FORMATS)
REPORT_ENDINGS: Final = (".html", ".htm")


def check_output(output: str) -> None:
    """Raise BadArgument unless `output` ends like a format that can be written, in a folder that is there."""
    path = Path(output)
    if path.suffix.lower().lstrip(".") not in FORMATS:
        raise BadArgument("-o", note(N_("a file ending in {endings}"), endings=ENDINGS), output)
    if not path.parent.is_dir():
        raise BadArgument("-o", N_("a file in a folder that exists"), output)


def check_report(path: str) -> None:
    """Raise BadArgument unless `path` ends in .html, in a folder that is there."""
    if Path(path).suffix.lower() not in REPORT_ENDINGS:
        raise BadArgument("--report", N_("a file ending in .html"), path)
    if not Path(path).parent.is_dir():
        raise BadArgument("--report", N_("a file in a folder that exists"), path)


def write_output(frame: pd.DataFrame, output: str) -> None:
    """Write the pairs."""
    check_output(output)
    write_pairs(frame, output)
