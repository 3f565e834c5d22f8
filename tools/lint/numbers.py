"""How thresholds and limits are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.lint.problem import Problem
from tools.lint.sources import DASHBOARD, LIBRARY, PACKAGES, python_files, tree

NAMES: Final = {"threshold", "ceiling", "floor", "CERTIFIED"}
KNOWN: Final = {LIBRARY / "stats" / "formatting.py", LIBRARY / "certificates" / "score_floor.py"}
"""The rule itself, and a record that is read back."""
PARTED: Final = re.compile("[≥≤][ ]")
"""A sign that a line break may part from its number."""


def check() -> Iterator[Problem]:
    """All rules of this module on the repository."""
    for folder in PACKAGES:
        for path in python_files(folder):
            if path not in KNOWN:
                yield from thresholds(path)
    shown = [path for folder in PACKAGES for path in sorted(folder.rglob("*.po"))]
    for path in (*shown, *python_files(LIBRARY / "report"), *python_files(DASHBOARD)):
        yield from limits(path)


def thresholds(path: Path) -> Iterator[Problem]:
    """NUM001: a threshold is rounded by a format, which may show it lower than it is."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            names = {getattr(part, "attr", getattr(part, "id", "")) for part in ast.walk(node.value)}
            if names & NAMES and ast.unparse(node.format_spec).rstrip("'").endswith("f"):
                yield Problem(path, node.lineno, "NUM001", "write thresholds with calibration.stats.formatting")


def limits(path: Path) -> Iterator[Problem]:
    """NUM002: a plain blank between a sign and its number."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if PARTED.search(line):
            yield Problem(path, number, "NUM002", "use a no-break space after the sign")
