"""XLSX -> raw table: the first sheet, as values.

A workbook is a ZIP archive, and a small one may unpack into a huge one: what it says about its size is held
against the limit before anything is unpacked, and unpacking stops at the size that it says.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import Final

import numpy as np
from openpyxl import load_workbook

from calibration.errors import FileUnreadable, TooLarge
from calibration.pairs import rules
from calibration.pairs.rules import NOTE_LATER_SHEETS, note
from calibration.pairs.source import Limits, Source
from calibration.pairs.table import RawTable, tabulate

FORMAT: Final = "xlsx"
ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
# How a workbook writes what XML cannot hold (ECMA-376, ST_Xstring): _x000D_ is a carriage return.
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")


def read_workbook(source: Source, limits: Limits) -> RawTable:
    """Read the first sheet; the others are named in a note. Raises FileUnreadable and TooLarge."""
    if source.data.startswith(OLE_MAGIC):
        raise FileUnreadable(source.name, rules.PASSWORD if _ENCRYPTED in source.data else rules.OLD_EXCEL)
    _check_archive(source, limits)
    try:
        records, names = _first_sheet(source.data)
    except Exception as error:  # openpyxl lets through whatever its parsers meet in a damaged file
        raise FileUnreadable(source.name, rules.WORKBOOK_DAMAGED) from error
    table = tabulate(source.name, records, np.arange(1, len(records) + 1, dtype=np.int64), format=FORMAT)
    if len(names) > 1:
        return table.with_notes(note(NOTE_LATER_SHEETS, used=names[0], others=", ".join(names[1:])))
    return table


def _check_archive(source: Source, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise FileUnreadable(source.name, rules.WORKBOOK_DAMAGED) from error
    names = {member.filename for member in members}
    if "xl/workbook.bin" in names:
        raise FileUnreadable(source.name, rules.OLD_EXCEL)
    if "xl/workbook.xml" not in names:
        raise FileUnreadable(source.name, rules.ARCHIVE)
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.file_bytes:
        raise TooLarge(source.name, unpacked, limits.file_bytes, "bytes")


def _first_sheet(data: bytes) -> tuple[list[list[object]], list[str]]:
    """The cells of the first sheet, row by row from its first line, and the names of all sheets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which hold no pairs
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size
        records = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        names = [each.title for each in book.worksheets]
        book.close()
    return records, names


def _cell(value: object) -> object:
    return _ESCAPED.sub(_unescape, value) if isinstance(value, str) and "_x" in value else value


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
