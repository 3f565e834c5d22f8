"""Put the sample data and the documentation's pages into wheels: they are no packages, and a checkout has them."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py

SAMPLES = Path("datasets")
DOCS = Path("docs")
PAGES = ("", "how-to", "zh")
"""Folders of pages that the Settings page shows."""


def taken() -> Iterator[tuple[Path, Path]]:
    """Every file, and where it goes below the packages' folder."""
    for path in SAMPLES.rglob("*"):
        if path.is_file():
            yield path, Path("calibration", "samples") / path.relative_to(SAMPLES)
    for folder in PAGES:
        for path in (DOCS / folder).glob("*.md"):
            yield path, Path("dashboard", "docs") / path.relative_to(DOCS)


class BuildWithFiles(build_py):
    """The packages, the sample data as `calibration/samples` and the pages as `dashboard/docs`."""

    def run(self) -> None:
        """Build; an editable install has the checkout."""
        super().run()
        if not self.editable_mode:
            for source, target in taken():
                place = Path(self.build_lib) / target
                place.parent.mkdir(parents=True, exist_ok=True)
                copyfile(source, place)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Every file that was written, so that an installer removes these too."""
        made = [str(Path(self.build_lib) / target) for _, target in taken()]
        return [*super().get_outputs(include_bytecode), *made]


setup(cmdclass={"build_py": BuildWithFiles})
