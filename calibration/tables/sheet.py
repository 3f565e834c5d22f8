"""The cells of one worksheet, row by row, each by its column: far cells take no room for what is before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from calibration.tables.cells import ErrorCell
from calibration.tables.limits import Limits
from calibration.tables.xml_parts import Part, parser_of, unescaped

_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Za-z0-9$]+):([A-Za-z0-9$]+)[\"']")
_MOST_MERGED: Final = 100_000
_LAST_ROW: Final = 1_048_576
_CHARACTERS: Final = 1 << 20
Span = tuple[int, int, int, int]
"""Top, left, bottom and right of merged cells; rows from 1, columns from 0."""


@dataclass(frozen=True)
class Cells:
    """What cells are read with: shared strings, styles of dates, limits, the file's name, and merged cells."""

    strings: Sequence[str]
    dates: frozenset[int]
    limits: Limits
    file: str
    from_1904: bool = False
    merged: tuple[Span, ...] = ()


def sheet_rows(part: Part, cells: Cells) -> Iterator[tuple[int, dict[int, object]]]:
    """Each row that has a cell: its line, and its cells by column, from 0. Raises TooLarge."""
    reader = _Reader(cells)
    parser = parser_of(reader.start, reader.end, reader.text)
    merges = _Merges(cells)
    for chunk in part.chunks():
        parser.Parse(chunk, False)
        ready, reader.rows = reader.rows, []
        for line, row in ready:
            yield line, merges.filled(line, row)
    parser.Parse(b"", True)
    for line, row in reader.rows:
        yield line, merges.filled(line, row)


class _Reader:
    """Collects rows as the parser goes; a row's cells by column, from 0."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rows: list[tuple[int, dict[int, object]]] = []
        self._row: dict[int, object] = {}
        self._line = self._column = self._seen_rows = self._seen_cells = 0
        self._kind, self._style, self._value, self._size = "", 0, list[str](), 0
        self._inside, self._phonetic = "", 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin(attributes)
        elif name == "row":
            self._line = int(attributes.get("r") or self._line + 1)
            self._row, self._column = {}, -1
            self._seen_rows += 1
            self._cells.limits.check_rows(self._cells.file, self._seen_rows)
            if not 1 <= self._line <= _LAST_ROW:
                raise ValueError("a row beyond the last")
        elif name == "rPh":
            self._phonetic += 1
        elif name in ("v", "t"):
            self._inside = name

    def _begin(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = column_of(reference) if reference else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s") or 0)
        self._value, self._size = [], 0
        self._seen_cells += 1
        if self._seen_cells % 4096 == 0:
            self._cells.limits.check_cells(self._cells.file, self._seen_cells)

    def text(self, data: str) -> None:
        if self._inside and not self._phonetic:
            self._size += len(data)
            if self._size > _CHARACTERS:
                raise ValueError("a cell of more characters than any program writes")
            self._value.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._inside = ""
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "c":
            found = self._cell("".join(self._value)) if self._value else None
            if found is not None:
                self._row[self._column] = found
        elif name == "row" and self._row:
            self.rows.append((self._line, self._row))

    def _cell(self, value: str) -> object:
        if self._kind == "s":
            return self._cells.strings[int(value)]
        if self._kind in ("str", "inlineStr", "d"):
            return unescaped(value)
        if self._kind == "b":
            return value.strip() in ("1", "true")
        if self._kind == "e":
            return ErrorCell(value)
        number = float(value)
        if self._style in self._cells.dates:
            return _date(number, self._cells.from_1904)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _date(number: float, from_1904: bool) -> object:
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    try:
        found = first + timedelta(days=number)
    except OverflowError:
        return number
    return found.date() if found == datetime(found.year, found.month, found.day) else found


class _Merges:
    """Gives every cell of a merged range the value of its first."""

    def __init__(self, cells: Cells) -> None:
        self._waiting = sorted(cells.merged)
        self._active: list[tuple[Span, object]] = []
        self._most = cells.limits.columns

    def filled(self, line: int, row: dict[int, object]) -> dict[int, object]:
        while self._waiting and self._waiting[0][0] <= line:
            span = self._waiting.pop(0)
            if span[0] == line and span[1] in row:
                self._active.append((span, row[span[1]]))
        if self._active:
            self._active = [item for item in self._active if item[0][2] >= line]
            for (_, left, _, right), value in self._active:
                for column in range(left, min(right, self._most) + 1):
                    row.setdefault(column, value)
        return row


def merged_ranges(part: Part) -> tuple[Span, ...]:
    """The merged cells of a sheet, which follow its rows in the file; found without parsing."""
    found: list[Span] = []
    rest = b""
    for chunk in part.chunks():
        rest += chunk
        end = 0
        for match in _MERGED.finditer(rest):
            top, bottom = _place(match[1].decode("ascii")), _place(match[2].decode("ascii"))
            found.append((*top, *bottom))
            end = match.end()
        if len(found) > _MOST_MERGED:
            return ()
        rest = rest[max(end, len(rest) - 256) :]
    return tuple(found)


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError("a reference")
    return int(match[2]), column_of(match[1])


def column_of(reference: str) -> int:
    """The number of a column, from 0, by a reference to a cell of it.

    >>> column_of("A1"), column_of("XFD7")
    (0, 16383)
    """
    number = 0
    for character in reference:
        if not character.isalpha():
            break
        number = 26 * number + ord(character.upper()) - 64
    if not 1 <= number <= 16_384:
        raise ValueError("a column beyond the last")
    return number - 1
