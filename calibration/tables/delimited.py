"""CSV, TSV and their kin as tables: the delimiter, the header and what quotes follow from the content.

A row's number is the physical line on which it starts, as an editor shows it; a quoted field may run over several
lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from calibration.errors import EmptyInput
from calibration.errors.rows import PairProblem
from calibration.messages.note import Note, note
from calibration.tables import rules
from calibration.tables.encodings import Text, legible
from calibration.tables.header import Header, find_header, titles, written
from calibration.tables.limits import Limits
from calibration.tables.quoting import CHARACTERS, MARK, PLAIN, QUOTED, Shape, quoting_of, records
from calibration.tables.source import Source
from calibration.tables.table import HeaderRules, Item, Reading, Row, Table

DELIMITERS: Final = {"\t": "tsv", ",": "csv", ";": "csv", "||": "csv", "|": "csv", "\x01": "csv", "^": "csv"}
"""The delimiters that are tried, the likeliest first, and what such a file is called."""
_SAMPLE_CHARACTERS: Final = 65_536
_SAMPLE_LINES: Final = 200
_SEPARATOR: Final = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_ASCII_INSIDE: Final = ("utf-16", "utf-32")
_STEP: Final = 1 << 20


@dataclass(frozen=True)
class _Layout:
    """How a delimited file is to be read."""

    delimiter: str
    header: Header
    shape: Shape
    quoting: str


def delimited_table(text: Text, header: HeaderRules, reading: Reading, limits: Limits) -> Table:
    """The table of a delimited text. Raises EmptyInput and TooLarge."""
    lines = _sample(text)
    named = _SEPARATOR.fullmatch(lines[0]) if lines else None
    delimiter = named[1] if named else sniff_delimiter(lines, header)
    sample = [(number, cells) for number, cells in _sampled(lines, delimiter) if not (named and number == 1)]
    limits.check_columns(text.file, max((len(cells) for _, cells in sample), default=0))
    found = find_header(sample, header, reading, apart=False)
    if found is None:
        raise EmptyInput(text.file)
    least = len(found.names)
    most = max(least, found.width)
    shape = Shape(delimiter, least, most)
    plain = [shape.split(line) for line in lines[found.last :] if MARK not in line]
    marked = [cells for number, cells in sample if number > found.last]
    data = [cells for cells in plain if shape.fits(cells)] or [cells for cells in marked if shape.fits(cells)]
    shape = replace(shape, numeric=_numeric(data, most), doubts=partial(header.doubts, found.names))
    quoting = quoting_of(text.lines(), shape) if _has_marks(text.source) else PLAIN
    layout = _Layout(delimiter, found, shape, quoting)
    notes: tuple[Note, ...] = (*text.notes, *found.notes)
    if named:
        notes = (note(rules.NOTE_SEPARATOR, delimiter=delimiter), *notes)
    columns = found.names + ("",) * (most - least)
    form = DELIMITERS.get(delimiter, "csv")
    return Table(text.file, form, text.encoding, columns, lambda: _rows(text, layout), found.row, notes)


def sniff_delimiter(lines: Sequence[str], header: HeaderRules) -> str:
    """The delimiter under which the start of a file looks most like a table.

    The header that the caller knows counts most, then rows that it can lay out, then how many rows are as wide as
    the header.
    """
    return max(DELIMITERS, key=lambda delimiter: _likeness(lines, delimiter, header))


def _likeness(lines: Sequence[str], delimiter: str, header: HeaderRules) -> tuple[bool, bool, bool, float, int]:
    """How much lines look like a table under a delimiter; the greater the more."""
    records = [cells for _, cells in _sampled(lines, delimiter) if any(map(str.strip, cells))]
    if not records:
        return False, False, False, 0.0, 0
    known = next((cells for cells in records[:10] if header.knows(cells)), None)
    first = known or records[titles([written(cells) for cells in records], apart=False)]
    alike = sum(len(record) == len(first) for record in records) / len(records)
    labelled = sum(header.layout(record) is not None for record in records) > len(records) / 2
    filled = sum(bool(cell.strip()) for cell in first)
    return known is not None, labelled, len(first) > 1 and alike >= 0.5, alike, filled


def _sample(text: Text) -> list[str]:
    head = text.head(_SAMPLE_CHARACTERS)
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", head)[:_SAMPLE_LINES]
    if len(lines) > 1 and len(head) == _SAMPLE_CHARACTERS and len(lines) < _SAMPLE_LINES:
        lines.pop()  # cut off in the middle
    return lines


def _sampled(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a sample and the lines on which they end, by the rules of quoting where they hold."""
    at = 0
    while at < len(lines):
        line = lines[at].lstrip("\ufeff") if at == 0 else lines[at]
        if MARK not in line or len(delimiter) > 1:
            at += 1
            yield at, line.rstrip("\r\n").split(delimiter)
            continue
        cells, taken = _marked(lines[at : at + 20], delimiter)
        at += taken
        yield at, cells


def _marked(lines: Sequence[str], delimiter: str) -> tuple[list[str], int]:
    for some in (lines[:1], lines):
        reader = csv.reader(some, delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
        except (csv.Error, StopIteration):
            continue
        if reader.line_num == 1 or not any(
            line.count(delimiter) == len(cells) - 1 for line in some[: reader.line_num - 1]
        ):
            return cells, reader.line_num
    return lines[0].rstrip("\r\n").split(delimiter), 1


def _numeric(data: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """The columns of which every cell that is filled holds a number."""
    numbers = []
    for at in range(width):
        cells = [record[at] for record in data if at < len(record) and record[at].strip()]
        if cells and all(re.fullmatch(r"\s*[+-]?[0-9]+([.,][0-9]+)?%?\s*", cell) for cell in cells):
            numbers.append(at)
    return tuple(numbers)


def _has_marks(source: Source) -> bool:
    """Whether any byte of the file is that of a quotation mark, which no other character of these encodings has."""
    with source.opened() as stream:
        while step := stream.read(_STEP):
            if MARK.encode() in step:
                return True
    return False


def _rows(text: Text, layout: _Layout) -> Iterator[Item]:
    """Every record behind the header, and a problem for each that cannot be read."""
    shape, lines = layout.shape, text.lines()
    for start, end, record in records(lines, shape, layout.quoting):
        if end <= layout.header.last:
            continue
        if isinstance(record, str):
            yield text.damage(start, record) or _broken(text.file, start, record)
            continue
        if not any(map(str.strip, record)):
            continue
        if text.damaged and (damage := text.damage(start, " | ".join(record))):
            yield damage
        elif max(map(len, record)) > CHARACTERS:
            yield _too_long(text.file, start, record)
        elif not shape.fits(record):
            yield wrong_count(text.file, start, record, shape.least)
        else:
            yield Row(start, (record + [""] * (shape.most - len(record)))[: shape.most])


def wrong_count(file: str, row: int, record: Sequence[object], width: int) -> PairProblem:
    """The problem of a record with another number of fields than the header."""
    params = (("count", str(len(record))), ("expected", str(width)))
    return PairProblem(file, row, rules.NO_COLUMN, rules.FIELD_COUNT, legible(" | ".join(map(str, record))), params)


def _broken(file: str, row: int, line: str) -> PairProblem:
    return PairProblem(file, row, rules.NO_COLUMN, rules.QUOTE_BROKEN, legible(line))


def _too_long(file: str, row: int, record: Sequence[str]) -> PairProblem:
    params = (("limit", str(CHARACTERS)),)
    return PairProblem(file, row, rules.NO_COLUMN, rules.FIELD_TOO_LONG, legible(" | ".join(record)[:200]), params)


__all__ = ["DELIMITERS", "QUOTED", "delimited_table", "sniff_delimiter", "wrong_count"]
