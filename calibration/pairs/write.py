"""Write pairs so that `load_pairs` reads the same frame back.

Texts are written as they are: a text that starts with `=` or `+` stays so in CSV, because a prefix against
formulas would change what is read back and scored. Workbooks mark every text as text, so that Excel never takes
one for a formula: offer those to people who open files in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from calibration.columns import LABEL, SCORE
from calibration.errors import N_, BadArgument, TooLarge

FORMATS: Final = ("csv", "tsv", "jsonl", "xlsx", "parquet")

_SHEET_ROWS: Final = 1_048_576
_CELL_CHARACTERS: Final = 32_767
# What XML cannot hold, or would change, and what already looks like an escape (ECMA-376, ST_Xstring).
_TO_ESCAPE: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_pairs(
    frame: pd.DataFrame,
    target: str | os.PathLike[str] | BinaryIO,
    format: str | None = None,
    *,
    bom: bool = False,
) -> None:
    """Write a pairs frame to a path or an open binary file, as csv, tsv, jsonl, xlsx or parquet.

    Without `format` the path's extension says it. `bom` puts a BOM before CSV and TSV, by which Excel knows
    UTF-8. Raises BadArgument for another format, and TooLarge for what a workbook cannot hold.
    """
    suffix = Path(target).suffix.lstrip(".").lower() if isinstance(target, (str, os.PathLike)) else ""
    chosen = suffix if format is None else format
    if chosen not in FORMATS:
        raise BadArgument("format", N_("csv, tsv, jsonl, xlsx or parquet"), chosen)
    writers: dict[str, Callable[[pd.DataFrame], bytes]] = {
        "csv": lambda pairs: _delimited(pairs, ",", bom),
        "tsv": lambda pairs: _delimited(pairs, "\t", bom),
        "jsonl": _json_lines,
        "xlsx": _workbook,
        "parquet": _parquet,
    }
    content = writers[chosen](frame)
    if isinstance(target, (str, os.PathLike)):
        Path(target).write_bytes(content)
    else:
        target.write(content)


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _delimited(frame: pd.DataFrame, delimiter: str, bom: bool) -> bytes:
    text = io.StringIO(newline="")
    # Lines end as RFC 4180 has it, which also makes the writer quote both characters inside of a text.
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows(zip(*_cells(frame), strict=True))
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def _json_lines(frame: pd.DataFrame) -> bytes:
    names = list(frame.columns)
    rows = (dict(zip(names, cells, strict=True)) for cells in zip(*_cells(frame), strict=True))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def _workbook(frame: pd.DataFrame) -> bytes:
    if len(frame) >= _SHEET_ROWS:
        raise TooLarge(N_("rows of a worksheet"), len(frame) + 1, _SHEET_ROWS, "rows")
    # Everything is made before the first row is written: openpyxl leaves its files behind when it is interrupted.
    columns = [[_escape(value) if isinstance(value, str) else value for value in cells] for cells in _cells(frame)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("pairs")
    sheet.append(list(frame.columns))
    for row in zip(*columns, strict=True):
        sheet.append([_text_cell(sheet, value) if isinstance(value, str) else value for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _escape(text: str) -> str:
    escaped = _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    if len(escaped) > _CELL_CHARACTERS:
        raise TooLarge(N_("text in a worksheet's cell"), len(escaped), _CELL_CHARACTERS, "characters")
    return escaped


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """A cell marked as text, lest `=1+1` become a formula."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _cells(frame: pd.DataFrame) -> list[list[object]]:
    """The columns as plain values: whole labels as integers, missing scores and labels as nothing."""
    made: list[list[object]] = []
    for column in frame.columns:
        values = frame[column]
        if column == LABEL and pd.api.types.is_float_dtype(values) and (values == np.floor(values)).all():
            values = values.astype(np.int64)
        cells = values.tolist()
        made.append([None if value != value else value for value in cells] if column in (LABEL, SCORE) else cells)
    return made
