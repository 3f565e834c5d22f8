"""Where the sample data is: beside the sources in a checkout, inside the package once it is installed."""

from __future__ import annotations

from pathlib import Path

import calibration

IN_CHECKOUT, IN_PACKAGE = "datasets", "samples"


def sample_folder() -> Path:
    """The folder of the sample data: a folder a subject, with its files and a card that says how they were made."""
    package = Path(calibration.__file__).parent
    installed = package / IN_PACKAGE
    return installed if installed.is_dir() else package.parent / IN_CHECKOUT
