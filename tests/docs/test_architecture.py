"""The map of the code names places that exist."""

from __future__ import annotations

import re

import pytest

from tests.documented import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:calibration|dashboard|datasets|tools)(?:/[\w./-]+)?)`", PAGE)))
CHANGES = re.findall(r"^\| (?!to change|-|package)[^|]+ \| `[^|]+\|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("path", PATHS)
def test_a_named_place_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_map_is_worth_reading() -> None:
    assert len(CHANGES) >= 25
    assert len(PATHS) >= 50


def test_every_package_of_the_library_is_described() -> None:
    packages = {path.parent.name for path in (ROOT / "calibration").glob("*/__init__.py")}
    assert {name for name in packages if f"`calibration/{name}`" not in PAGE} == set()
