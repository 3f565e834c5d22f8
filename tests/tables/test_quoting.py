"""Quotation marks, delimiters, ragged lines and encodings at random: no row merges with another or vanishes.

The reference is what each file was made of: every row carries marks of its own, so that a reader that merges,
shifts or loses rows shows it. SIMTIER_TABLES sets how many files are made.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from calibration.tables.read import open_table
from calibration.tables.table import AnyHeader, Row

TABLES = int(os.environ.get("SIMTIER_TABLES", "300"))
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
WORDS = st.text(st.sampled_from("怎么还款额度abc 1"), max_size=6)
WRITERS = ("minimal", "all", "plain")


@dataclass(frozen=True)
class Line:
    """A row of a made file: its cells, and its fault: none, a stray mark, or another number of fields."""

    cells: tuple[str, ...]
    fault: str
    quoted: bool
    lines: int


def written(cells: tuple[str, ...], writer: str, delimiter: str) -> str:
    """A record as a writer of that kind writes it."""
    special = ('"', delimiter, "\n")
    must = [writer == "all" or (writer == "minimal" and any(mark in cell for mark in special)) for cell in cells]
    shown = [
        '"' + cell.replace('"', '""') + '"' if quote else cell for cell, quote in zip(cells, must, strict=True)
    ]
    return delimiter.join(shown)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str, list[Line], str]:
    """A file's text, its delimiter and writer, and the rows that it was made of."""
    delimiter, writer = draw(st.sampled_from(",\t;|")), draw(st.sampled_from(WRITERS))
    width, count = draw(st.integers(2, 4)), draw(st.integers(1, 8))
    rows, lines = [delimiter.join(f"列name{at}" for at in range(width))], []
    for number in range(count):
        cells = [f"r{number}c{at}{draw(WORDS).strip()}" for at in range(width)]
        fault = draw(st.sampled_from(["", "", "", "", "stray", "ragged"]))
        at = draw(st.integers(0, width - 1))
        if fault == "ragged":
            cells = cells[:-1] if draw(st.booleans()) and width > 2 else [*cells, f"r{number}more"]
            made = written(tuple(cells), "plain" if writer == "plain" else writer, delimiter)
        elif fault == "stray":
            where = draw(st.sampled_from(["before", "behind", "inside"]))
            cells[at] = {"before": f'"{cells[at]}', "behind": f'{cells[at]}"', "inside": f'r{number}"{cells[at]}'}[
                where
            ]
            made = delimiter.join(cells)
        else:
            if writer != "plain":
                inner = draw(st.sampled_from(["", "", '"', delimiter, "\n", f"x{delimiter}y"]))
                cells[at] = f"{cells[at]}{inner}z" if inner else cells[at]
            made = written(tuple(cells), writer, delimiter)
        lines.append(Line(tuple(cells), fault, '"' in made, made.count("\n") + 1))
        rows.append(made)
    return "\n".join(rows) + draw(st.sampled_from(["\n", ""])), delimiter, lines, writer


def marks(cells: object) -> set[int]:
    """The numbers of the rows whose marks stand in cells."""

    return {int(number) for number in re.findall(r"r(\d+)(?:c\d|more|\")", " ".join(map(str, cells)))}  # type: ignore[call-overload]


@pytest.mark.slow
@settings(max_examples=TABLES, deadline=None)
@given(made=files(), encoding=st.sampled_from(ENCODINGS))
def test_rows_never_merge_or_vanish_unnamed(made: tuple[str, str, list[Line], str], encoding: str) -> None:
    text, _, lines, writer = made
    note(repr(text))
    table = open_table(text.encode(encoding), AnyHeader("列name1"), name="t.csv")
    items = list(table)
    rows = {item.line: item for item in items if isinstance(item, Row)}
    named = {item.row for item in items if not isinstance(item, Row)}
    for row in rows.values():
        assert len(marks(row.cells)) == 1, f"rows have merged: {row}"
    start = 2
    for number, line in enumerate(lines):
        span = set(range(start, start + line.lines))
        at_its_place = start in rows and marks(rows[start].cells) == {number}
        assert at_its_place or span & named, f"row {number} is neither read nor named"
        if not any(each.fault for each in lines) and writer != "plain":
            assert list(rows[start].cells) == list(line.cells)
        start += line.lines
    assert len(rows) <= len(lines)
