"""`estimate` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calibration.capacity.constants import Constants
from calibration.cli.main import main

MACHINE = Constants(model="m", dim=1000, encode=0.01, tokens=10.0, pair=2e-8, number=3e-11, write=1e8)


@pytest.fixture
def constants(tmp_path: Path) -> str:
    MACHINE.save(tmp_path / "here.json")
    return str(tmp_path / "here.json")


def test_the_table_has_every_stage_and_says_what_it_rests_on(
    constants: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["estimate", "--texts", "1e6", "--cores", "4", "--constants", constants]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[1:5]] == [
        "encode texts",
        "write vectors",
        "compare exactly",
        "total",
    ]
    assert "6.9" in lines[3]  # 5e11 pairs of 50 ns
    assert "50.00 ns a pair" in lines[5]
    assert "1, of 4 cores" in lines[6]


def test_json_has_hours_and_bytes(constants: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["estimate", "--texts", "1e8", "--dim", "500", "--engine", "ray", "--nodes", "8", "--cores", "16"]
    assert main([*asked, "--memory", "64", "--within", "1e6", "--constants", constants, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["corpus"]["pairs"] == pytest.approx(1e8 * 1e6 / 2, rel=1e-5)
    compare = found["stages"][2]
    assert compare["core_hours"] == pytest.approx(found["corpus"]["pairs"] * 3.5e-8 / 3600)
    assert compare["hours"]["low"] <= compare["hours"]["median"] <= compare["hours"]["high"]
    assert found["stages"][1]["disk_bytes"] == 1e8 * 500 * 4
    assert found["total"]["sent_bytes"] > 1e8 * 500 * 4


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--texts", "0"], "texts"),
        (["--texts", "1e6", "--nodes", "2"], "--nodes: must be 1 without --engine ray"),
        (["--texts", "1e6", "--dim", "0"], "dim"),
        (["--texts", "1e6", "--memory", "0.00001"], "memory"),
        (["--texts", "1e6", "--save-constants", "x.json"], "--save-constants: must be given without --constants"),
    ],
)
def test_wrong_settings_are_named(
    constants: str, asked: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["estimate", *asked, "--constants", constants]) == 2
    line = capsys.readouterr().err.strip()
    assert told in line
    assert "\n" not in line
