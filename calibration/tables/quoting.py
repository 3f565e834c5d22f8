"""Which quotation marks of a delimited file quote, and which belong to the texts: decided line by line.

A writer that quotes does so by rules (RFC 4180, or a backslash before marks); people and programs that do not know
them leave marks that are open, or closed in the middle of a text. So one and the same file may hold both. What a
mark means is settled by the number of fields that the header asks for: a reading of a line that gives this number
is preferred, and a record may run over several lines only where its first lines cannot be records of their own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

MARK: Final = '"'
PLAIN: Final = "plain"
"""Marks belong to the texts."""
QUOTED: Final = "quoted"
"""Marks quote; a line that breaks the rules is broken."""
MIXED: Final = "mixed"
"""Marks quote where that gives the right number of fields, and belong to the texts elsewhere."""
LINES: Final = 1000
"""Lines of one record at most."""
CHARACTERS: Final = csv.field_size_limit()

Variant = Literal["standard", "blanks", "backslash"]
_VARIANTS: Final[tuple[Variant, ...]] = ("standard", "blanks", "backslash")
_OPTIONS: Final[dict[Variant, dict[str, object]]] = {
    "standard": {},
    "blanks": {"skipinitialspace": True},
    "backslash": {"escapechar": "\\", "doublequote": False, "skipinitialspace": True},
}
_OPEN: Final = "open"
_BROKEN: Final = "broken"
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]+([.,][0-9]+)?%?\s*")


@dataclass(frozen=True)
class Shape:
    """What a record looks like: the delimiter, its number of fields, and the columns that hold numbers only.

    least: up to the last header with a name; most: with the nameless ones behind it. doubts: whether the caller
    knows that a record of so many fields is hardly one.
    """

    delimiter: str
    least: int
    most: int
    numeric: tuple[int, ...] = ()
    doubts: Callable[[Sequence[str]], bool] = lambda cells: False  # noqa: ARG005

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether a record has the right number of fields; blank ones at the end do not count."""
        return len(cells) >= self.least and not any(map(str.strip, cells[self.most :]))

    def is_record(self, cells: Sequence[str]) -> bool:
        """Whether a line may be a record of its own, by its number of fields and by its numbers."""
        numbers = (cells[at] for at in self.numeric if at < len(cells))
        return self.fits(cells) and all(map(_NUMBER.fullmatch, numbers)) and not self.doubts(cells)

    def split(self, line: str) -> list[str]:
        """The fields of a line whose marks belong to the texts."""
        return line.rstrip("\r\n").split(self.delimiter)


@dataclass(frozen=True)
class Span:
    """A quoted record: its cells, the number of lines that it takes, and whether its lines look like records.

    needed: whether the marks are needed to read it, so that they surely quote.
    """

    cells: list[str]
    lines: int
    suspicious: bool = False
    needed: bool = False


class Window:
    """Lines to come, of which as many are held as one record may take; `number` is that of the first."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.lines: list[str] = []
        self.number = 1

    def has(self, count: int) -> bool:
        """Hold so many lines; False where there are fewer."""
        while len(self.lines) < count:
            line = next(self._lines, None)
            if line is None:
                return False
            self.lines.append(line)
        return True

    def drop(self, count: int) -> None:
        """Go on after so many lines."""
        del self.lines[:count]
        self.number += count


def read_quoted(window: Window, shape: Shape) -> Span | None:
    """The record that begins with the first line, by the rules of quoting; None where it breaks them."""
    line, opened = window.lines[0], False
    for variant in _order(line, shape.delimiter):
        cells, state = _parse([line], shape.delimiter, variant)
        if cells is not None and shape.fits(cells):
            return Span(cells, 1, needed=_is_needed(line, cells, shape))
        opened |= state == _OPEN
    if opened:
        return _over_lines(window, shape)
    standard = _parse([line], shape.delimiter, "standard")[0]
    return None if standard is None else Span(standard, 1)


def _over_lines(window: Window, shape: Shape) -> Span | None:
    """A record that takes several lines; None where no mark closes it, or it has not the right number of fields."""
    characters = len(window.lines[0])
    for count in range(2, LINES + 1):
        if not window.has(count):
            return None
        characters += len(window.lines[count - 1])
        if characters > CHARACTERS:
            return None
        if MARK not in window.lines[count - 1]:
            continue
        lines = window.lines[:count]
        states = [_parse(lines, shape.delimiter, variant) for variant in _VARIANTS]
        for cells, _ in states:
            if cells is not None and shape.fits(cells):
                return Span(cells, count, _is_suspicious(lines, shape), needed=True)
        if all(state != _OPEN for _, state in states):
            return None
    return None


def _is_suspicious(lines: Sequence[str], shape: Shape) -> bool:
    """Whether a record over several lines looks like several records with stray marks.

    Its first and its last line may both be records of their own, or half of those between. (Of a true record one of
    both may: what is before the opening mark, or behind the closing one, is the rest of it.)
    """
    if shape.most == 1:
        return False
    alone = [shape.is_record(shape.split(line)) for line in lines]
    between = alone[1:-1]
    return (alone[0] and alone[-1]) or (bool(between) and 2 * sum(between) >= len(between))


def _order(line: str, delimiter: str) -> tuple[Variant, ...]:
    """The ways to read a line, the likeliest first: a blank between delimiter and mark makes the second one so."""
    spaced = re.search(rf"(?:^|{re.escape(delimiter)})[ ]+{MARK}", line)
    return ("blanks", "standard", "backslash") if spaced else _VARIANTS


def _parse(lines: Sequence[str], delimiter: str, variant: Variant) -> tuple[list[str] | None, str]:
    """The one record that `lines` are, else None and whether it is broken, or open at their end."""
    given: Iterable[str] = lines
    if variant == "backslash":
        if not any("\\" in line for line in lines):
            return None, _BROKEN
        null = re.compile(rf"(?:(?<=^)|(?<={re.escape(delimiter)}))\\N(?={re.escape(delimiter)}|\r|\n|$)")
        given = [null.sub(r"\\\\N", line) for line in lines]
    reader = csv.reader(given, delimiter=delimiter, strict=True, **_OPTIONS[variant])  # type: ignore[arg-type]
    try:
        cells = next(reader)
    except StopIteration:
        return None, _BROKEN
    except csv.Error as error:
        return None, _OPEN if "end of data" in str(error) else _BROKEN
    return (cells, "") if reader.line_num == len(lines) else (None, _BROKEN)


def _is_needed(line: str, cells: Sequence[str], shape: Shape) -> bool:
    """Whether the marks of a line surely quote: read as part of the texts they give another number of fields, a
    field has doubled ones, or every field is marked.
    """
    plain = shape.split(line)
    if not shape.fits(plain):
        return True
    marked = [cell.strip().startswith(MARK) and cell.strip().endswith(MARK) for cell in plain if cell.strip()]
    doubled = any(MARK in cell for cell in cells) and MARK * 2 in line
    return doubled or (len(marked) > 1 and all(marked))


def quoting_of(lines: Iterator[str], shape: Shape) -> str:
    """PLAIN, QUOTED or MIXED: by the lines that only quoting explains, and those that it does not explain."""
    if len(shape.delimiter) > 1:
        return PLAIN
    needed = against = suspicious = 0
    window = Window(lines)
    while window.has(1):
        line, taken = window.lines[0], 1
        if MARK in line:
            found = read_quoted(window, shape)
            if found is None or not shape.fits(found.cells):
                against += shape.fits(shape.split(line))
            elif found.suspicious:
                suspicious += 1
            else:
                needed, taken = needed + found.needed, found.lines
        window.drop(taken)
    if not needed:
        return PLAIN if against or suspicious else QUOTED
    return QUOTED if needed >= against else MIXED


def records(lines: Iterator[str], shape: Shape, quoting: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Each record with its first and its last line; for one that cannot be read its first line as it is."""
    window, broken = Window(lines), 0
    while window.has(1):
        line, at, taken = window.lines[0], window.number, 1
        cells: list[str] | str | None = None
        if MARK not in line or quoting == PLAIN:
            cells = shape.split(line)
        elif at != broken:
            found = read_quoted(window, shape)
            cells, taken = _settled(line, found, shape, quoting)
            if found is not None and found.suspicious:
                broken = at + found.lines - 1 if quoting == QUOTED else 0
        yield at, at + taken - 1, line if cells is None else cells
        window.drop(taken)


def _settled(line: str, found: Span | None, shape: Shape, quoting: str) -> tuple[list[str] | None, int]:
    """The cells of a record that begins with a line with marks, None where it is broken, and its lines."""
    if found is not None and not found.suspicious and shape.fits(found.cells):
        return found.cells, found.lines
    plain = shape.split(line)
    if quoting == MIXED and shape.fits(plain):
        return plain, 1
    if found is not None and found.lines == 1:
        return found.cells, 1
    return None, 1
