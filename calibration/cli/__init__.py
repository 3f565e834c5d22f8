"""The command line: `python -m calibration COMMAND`. Results on stdout, everything else on stderr."""

from calibration.cli.main import main

__all__ = ["main"]
