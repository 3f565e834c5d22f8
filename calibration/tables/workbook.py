"""XLSX as a table: one sheet of a workbook, as values.

Unpacking stops at the size that the archive declares, and cells are read one after the other, wherever they are.
Only their values are read: damaged or unusual styles and properties do not matter.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from xml.parsers import expat

from calibration.errors import EmptyInput, FileUnreadable
from calibration.messages.note import Note, note
from calibration.tables import rules
from calibration.tables.book import Book, Sheet, open_book
from calibration.tables.header import Header, find_header
from calibration.tables.limits import Limits
from calibration.tables.sheet import Cells, merged_ranges, sheet_rows
from calibration.tables.source import Source
from calibration.tables.table import HeaderRules, Item, Reading, Row, Table
from calibration.tables.xml_parts import date_styles, shared_strings

FORMAT: Final = "xlsx"
ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SAMPLE: Final = 50


def workbook_table(source: Source, header: HeaderRules, reading: Reading, limits: Limits) -> Table:
    """The table of one sheet: the one that is asked for, else the first visible one that holds what is looked for.

    The others are named in a note. Raises FileUnreadable, EmptyInput and TooLarge.
    """
    if source.head(8).startswith(OLE_MAGIC):
        with source.opened() as stream:
            raise FileUnreadable(source.name, rules.PASSWORD if _ENCRYPTED in stream.read() else rules.OLD_EXCEL)
    with _damage(source.name):
        book = open_book(source, limits)
        strings = _strings(book, limits)
        dates = date_styles(book.part(book.styles)) if book.styles else frozenset()
        cells = Cells(strings, dates, limits, source.name, book.dates_from_1904)
        sheet, found = _chosen(book, cells, header, reading)
        merged = merged_ranges(book.part(sheet.member))
    if found is None:
        raise EmptyInput(source.name)
    notes = (*_sheet_notes(book, sheet), *found.notes, *_merged_notes(merged, found))
    limits.check_columns(source.name, len(found.names))
    filled = replace(cells, merged=merged)

    def again() -> Iterator[Item]:
        with _damage(source.name):
            yield from _rows(book, sheet, filled, found)

    return Table(source.name, FORMAT, "", found.names, again, found.row, notes)


@contextmanager
def _damage(file: str) -> Iterator[None]:
    """Whatever the parsers meet in a damaged file, as FileUnreadable."""
    errors = (
        zipfile.BadZipFile,
        NotImplementedError,  # an archive packed in a way that zipfile does not know
        OSError,
        ValueError,
        KeyError,
        IndexError,
        EOFError,
        RuntimeError,
    )
    try:
        yield
    except (*errors, expat.ExpatError, zlib.error) as error:
        raise FileUnreadable(file, rules.WORKBOOK_DAMAGED) from error


def _strings(book: Book, limits: Limits) -> list[str]:
    return shared_strings(book.part(book.strings), limits) if book.strings else []


def _chosen(book: Book, cells: Cells, header: HeaderRules, reading: Reading) -> tuple[Sheet, Header | None]:
    """The sheet to read and its header: as asked for, else the first visible one with what the caller knows."""
    found: dict[str, Header | None] = {}

    def look(sheet: Sheet) -> Header | None:
        if sheet.member not in found:
            found[sheet.member] = find_header(_first_rows(book, sheet, cells), header, reading)
        return found[sheet.member]

    if reading.sheet is not None:
        sheet = _named(book, reading.sheet)
        return sheet, look(sheet)
    visible = [sheet for sheet in book.sheets if not sheet.hidden] or list(book.sheets)
    known = (sheet for sheet in visible if _is_known(_first_rows(book, sheet, cells), header))
    sheet = next(known, None) or next((sheet for sheet in visible if look(sheet) is not None), visible[0])
    return sheet, look(sheet)


def _is_known(rows: Sequence[tuple[int, Sequence[object]]], header: HeaderRules) -> bool:
    texts = [["" if cell is None else str(cell).strip() for cell in cells] for _, cells in rows]
    return any(header.knows(cells) or header.layout(cells) is not None for cells in texts if any(cells))


def _named(book: Book, wanted: str) -> Sheet:
    for sheet in book.sheets:
        if wanted.strip().casefold() == sheet.name.strip().casefold():
            return sheet
    if wanted.strip().isdigit() and 1 <= int(wanted) <= len(book.sheets):
        return book.sheets[int(wanted) - 1]
    names = ", ".join(sheet.name for sheet in book.sheets)
    raise FileUnreadable(book.source.name, note(rules.NO_SHEET, sheet=wanted, found=names))


def _first_rows(book: Book, sheet: Sheet, cells: Cells) -> list[tuple[int, Sequence[object]]]:
    rows: list[tuple[int, Sequence[object]]] = []
    for line, found in sheet_rows(book.part(sheet.member), cells):
        width = min(max(found, default=-1) + 1, cells.limits.columns + 1)
        rows.append((line, [found.get(at) for at in range(width)]))
        if len(rows) >= _SAMPLE:
            break
    return rows


def _rows(book: Book, sheet: Sheet, cells: Cells, header: Header) -> Iterator[Item]:
    """Rows up to the last named column; cells right of it are left out and counted."""
    width, cut = len(header.names), 0
    for line, found in sheet_rows(book.part(sheet.member), cells):
        if line <= header.last:
            continue
        cut += any(at >= width for at in found)
        row = [found.get(at) for at in range(width)]
        if any(cell is not None and str(cell).strip() for cell in row):
            yield Row(line, row)
    if cut:
        yield note(rules.NOTE_UNNAMED_CELLS, count=cut)


def _sheet_notes(book: Book, used: Sheet) -> Iterator[Note]:
    others = [sheet.name for sheet in book.sheets if sheet is not used and not sheet.hidden]
    hidden = [sheet.name for sheet in book.sheets if sheet is not used and sheet.hidden]
    visible = next((sheet for sheet in book.sheets if not sheet.hidden), None)
    if others:
        message = rules.NOTE_LATER_SHEETS if used is visible else rules.NOTE_SHEET_TAKEN
        yield note(message, used=used.name, others=", ".join(others))
    if hidden:
        yield note(rules.NOTE_HIDDEN_SHEETS, sheets=", ".join(hidden))


def _merged_notes(merged: Sequence[tuple[int, int, int, int]], header: Header) -> Iterator[Note]:
    below = [span for span in merged if span[2] > header.last and span[1] < len(header.names)]
    if below:
        shown = ", ".join(_range(span) for span in below[:5])
        yield note(rules.NOTE_MERGED_CELLS, ranges=shown + (", …" if len(below) > len(below[:5]) else ""))


def _range(span: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = span
    return f"{_letters(left)}{top}:{_letters(right)}{bottom}"


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
