"""`samples`: list the sample data and copy it to try the commands on."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.terminal import say, written
from calibration.errors import N_, BadArgument
from calibration.pairs.samples import sample_folder

EXAMPLES: Final = ("samples", "samples -o samples")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `samples`."""
    add_json(parser)
    parser.add_argument("-o", "--output", metavar="FOLDER", help="copy the files there; it must not exist yet")
    parser.set_defaults(run=samples)


def samples(options: argparse.Namespace) -> SamplesResult:
    """List the files, or copy them."""
    folder = sample_folder()
    if options.output:
        target = Path(options.output)
        if target.exists():
            raise BadArgument("-o", N_("a folder that does not exist yet"), options.output)
        if not target.absolute().parent.is_dir():
            raise BadArgument("-o", N_("a folder inside one that exists"), options.output)
        folder = Path(copytree(folder, target))
    files = tuple(sorted(folder.rglob("*.csv")))
    return SamplesResult(files, options.output)


@dataclass(frozen=True)
class SamplesResult:
    """`samples`."""

    files: tuple[Path, ...]
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """Every file."""
        return {"output": self.output, "files": [str(path) for path in self.files]}

    def to_text(self) -> str:
        """A line a file."""
        lines = [str(path) for path in self.files]
        if self.output:
            return "\n".join([*lines, written(self.output)])
        return "\n".join(
            [*lines, say(N_("written for this product: certificates on them are only an illustration"))]
        )
