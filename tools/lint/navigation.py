"""How pages lead to each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.lint.problem import Problem
from tools.lint.sources import DASHBOARD, python_files

HELPER: Final = DASHBOARD / "components" / "frame" / "navigation.py"


def check() -> Iterator[Problem]:
    """All rules of this module on the repository."""
    for path in python_files(DASHBOARD):
        if path != HELPER:
            yield from switches(path)


def switches(path: Path) -> Iterator[Problem]:
    """NAV001: a page is switched past the helper, which keeps language and presentation in the address."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if "switch_page(" in line:
            yield Problem(path, number, "NAV001", f"go to pages by {HELPER.relative_to(DASHBOARD.parent)}")
