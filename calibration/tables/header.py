"""Which record of a table is its header, and how wide it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.messages.note import Note, note
from calibration.tables import rules
from calibration.tables.table import HeaderRules, Reading

_LOOKED_AT: Final = 20
"""Records among which the header is looked for: titles and remarks may be before it."""
_MOST_ALIKE: Final = 0.8


@dataclass(frozen=True)
class Header:
    """The names of the columns up to the last, on which row they are (0: none), and where the data begin.

    width: fields of the header's record, with nameless ones at its end. last: the line after which the data come.
    """

    names: tuple[str, ...]
    row: int
    last: int
    width: int
    notes: tuple[Note, ...] = ()


def find_header(
    sample: Sequence[tuple[int, Sequence[object]]], header: HeaderRules, reading: Reading, *, apart: bool = True
) -> Header | None:
    """The header among the first records, given with the lines on which they end; None where all are blank.

    A record that the caller knows is it; without one the first record is, unless it is a title above a table or
    the caller can lay out the file without a header. apart: whether the format itself keeps cells apart, so that
    one cell in a row is surely one.
    """
    filled = [(line, written(cells)) for line, cells in sample if any(written(cells))]
    if not filled:
        return None
    if reading.no_header:
        return _without(filled[0], header, noted=False)
    for line, cells in filled[:_LOOKED_AT]:
        if header.knows(cells):
            return _at(line, cells, filled)
    layout = _layout(filled[0][1], header)
    if layout is not None:
        return _without(filled[0], header, noted=True)
    line, cells = filled[titles([cells for _, cells in filled], apart)]
    return _at(line, cells, filled)


def written(cells: Sequence[object]) -> list[str]:
    """The cells of a header as texts without blanks around them."""
    return ["" if cell is None else str(cell).strip().lstrip("\ufeff") for cell in cells]


def _at(line: int, cells: Sequence[str], filled: Sequence[tuple[int, Sequence[str]]]) -> Header:
    before = [at for at, _ in filled if at < line]
    notes = (note(rules.NOTE_ROWS_BEFORE, rows=", ".join(map(str, before))),) if before else ()
    return Header(trimmed(cells), line, line, len(cells), notes)


def _without(first: tuple[int, Sequence[str]], header: HeaderRules, *, noted: bool) -> Header:
    line, cells = first
    names = _layout(cells, header) or tuple(f"#{at}" for at in range(1, len(trimmed(cells)) + 1))
    notes = (note(rules.NOTE_HEADERLESS, columns=", ".join(names)),) if noted else ()
    return Header(names, 0, line - 1, len(cells), notes)


def _layout(cells: Sequence[str], header: HeaderRules) -> tuple[str, ...] | None:
    return header.layout(cells) or header.layout(trimmed(cells))


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells up to the last that is filled."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def titles(records: Sequence[Sequence[str]], apart: bool) -> int:
    """How many records at the start are titles or remarks: one cell each, above a table of several columns.

    In a delimited file a remark begins with #, or other cells of its row are there and blank: a text without the
    delimiter, above texts with one, is the header of a single column.
    """
    widths = [len(trimmed(cells)) for cells in records]
    for at in range(min(len(widths) - 1, _LOOKED_AT)):
        cells = records[at]
        if widths[at] > 1 or not (apart or len(cells) > 1 or cells[0].startswith(("#", "//"))):
            return at
        rest = widths[at + 1 :]
        usual = max(set(rest), key=rest.count)
        if usual > 1 and rest[0] == usual and rest.count(usual) >= _MOST_ALIKE * len(rest):
            return at + 1
    return 0
