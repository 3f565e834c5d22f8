"""The files that the rules read: Python sources, catalogues and the messages marked in the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT: Final = Path(__file__).resolve().parents[2]
DASHBOARD: Final = ROOT / "dashboard"
LIBRARY: Final = ROOT / "calibration"
PACKAGES: Final = (DASHBOARD, LIBRARY)
MARKERS: Final = {"t": 1, "tn": 2, "N_": 1}
"""The functions that mark a message, and how many forms each takes."""


@dataclass(frozen=True)
class Marked:
    """A message as a source marks it; forms: one, or singular and plural."""

    path: Path
    line: int
    forms: tuple[str, ...]


def python_files(folder: Path) -> list[Path]:
    """The Python sources below a folder, in a fixed order."""
    return sorted(folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def function_name(node: ast.AST) -> str:
    """The name of the function that a call calls, without what stands before the dot; "" for other nodes."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def marked(folder: Path) -> Iterator[Marked]:
    """Every message that the sources below `folder` mark.

    Read from the syntax tree, because Babel's extractor looks into f-strings only since Python 3.12.
    """
    for path in python_files(folder):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            wanted = MARKERS.get(node.func.id, 0)
            forms = [one.value for one in node.args[:wanted] if isinstance(one, ast.Constant)]
            if wanted and len(forms) == wanted:
                yield Marked(path, node.lineno, tuple(map(str, forms)))


def catalogue_path(package: str) -> Path:
    """The Chinese catalogue of `dashboard` or `calibration`."""
    return ROOT / package / "locales" / "zh_CN.po"


@cache
def catalogue(package: str) -> Catalog:
    """The Chinese catalogue, read."""
    with catalogue_path(package).open("rb") as file:
        return read_po(file, locale="zh_CN")


def msgids(text: str) -> list[str]:
    """Every msgid of a .po file, repeated ones too: what Babel reads keeps only the last."""
    blocks = re.findall(r"^msgid ((?:\".*\"\n)+)", text, re.MULTILINE)
    return ["".join(ast.literal_eval(line) for line in block.splitlines()) for block in blocks]
