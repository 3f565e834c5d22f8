"""Thresholds are shown by one rule, and never so that they take in what the exact ones leave out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.curve import quantise
from calibration.figures import EXACT, limit, threshold
from calibration.report.charts import _rules

ROOT = Path(__file__).resolve().parents[1]
NAMES = {"threshold", "ceiling", "floor", "CERTIFIED"}


@given(st.floats(-1, 1), st.floats(-1, 1), st.sampled_from([2, 3, EXACT]))
def test_what_is_shown_takes_in_nothing_more(value: float, score: float, digits: int) -> None:
    exact, found = float(quantise([value])[0]), float(quantise([score])[0])
    if float(threshold(exact, digits=digits)) <= found:
        assert exact <= found
    if found < float(threshold(exact, below=True, digits=digits)):
        assert found < exact


@given(st.floats(-1, 1))
def test_a_fitted_threshold_is_shown_exactly_where_there_is_room(value: float) -> None:
    exact = float(quantise([value])[0])
    assert float(threshold(exact, digits=EXACT)) == exact == float(threshold(exact, below=True, digits=EXACT))


def test_a_chart_names_a_threshold_as_sentences_do() -> None:
    rows = _rules({"same": 0.989406}, {"same": "same"}, (0.8, 1.0))
    assert [row["text"] for row in rows] == ["same 0.990"] == [f"same {threshold(0.989406)}"]


def formatted(file: Path) -> list[str]:
    """Where a threshold is written in decimals by another rule."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            names = {getattr(part, "attr", getattr(part, "id", "")) for part in ast.walk(node.value)}
            if names & NAMES and ast.unparse(node.format_spec).rstrip("'").endswith("f"):
                found.append(f"{file.name}:{node.lineno}")
    return found


@pytest.mark.parametrize("folder", ["calibration", "dashboard"])
def test_no_threshold_is_written_by_another_rule(folder: str) -> None:
    known = {"figures.py", "floors.py"}  # the rule itself, and a record that is read back
    files = [file for file in sorted((ROOT / folder).rglob("*.py")) if file.name not in known]
    assert [place for file in files for place in formatted(file)] == []


def test_another_rule_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text('a = f"{found.threshold:.3f}"\nb = f"{threshold(found.threshold)} {n:.2f}"\n')
    assert formatted(file) == ["a.py:1"]


PARTED = re.compile("[≥≤][ ]")
"""A sign that a line break may part from its number."""


def test_a_limit_is_never_parted_from_its_number() -> None:
    assert not PARTED.search(limit("≥", threshold(0.94)))
    written = [*(ROOT / "calibration").rglob("*.po"), *(ROOT / "dashboard").rglob("*.po")]
    written += [*(ROOT / "calibration" / "report").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
    assert len(written) > 100
    assert [file.name for file in written if PARTED.search(file.read_text("utf-8"))] == []
