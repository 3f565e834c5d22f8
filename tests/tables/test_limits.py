"""Small files that unpack into huge ones are refused by a limit that the error names, and take little memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calibration.errors import InputError, TooLarge
from calibration.pairs import read_pairs

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>"
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
HEAD = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("text_a", "text_b", "label"))


def workbook(rows: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(f"<row>{HEAD}</row>{rows}"))
    return buffer.getvalue()


def dictionaries() -> bytes:
    """A few kilobytes that stand for gigabytes of one text."""
    buffer = io.BytesIO()
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 60_000, pa.int32()), pa.array(["x" * 20_000]))
    pq.write_table(pa.table({"text_a": text, "text_b": text, "label": pa.array([1] * 60_000)}), buffer)
    return buffer.getvalue()


def far_cells() -> bytes:
    row = '<row><c r="XFD{0}"><v>1</v></c></row>'
    return workbook("".join(row.format(at) for at in range(2, 2002)))


BOMBS: dict[str, Callable[[], bytes]] = {
    "parquet dictionaries": dictionaries,
    "cells in the last column": far_cells,
    "columns of a header": lambda: b",".join(b"c%d" % at for at in range(80_000)) + b"\n1,2,3\n",
    "brackets": lambda: b'{"data": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_little_memory(bomb: str) -> None:
    data = BOMBS[bomb]()
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    try:
        with pytest.raises(InputError) as caught:
            read_pairs(data, name="bomb")
        peak = tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - before
    finally:
        tracemalloc.stop()
    assert peak < 512 * 1024 * 1024
    if bomb in ("parquet dictionaries", "columns of a header"):
        assert isinstance(caught.value, TooLarge)
        assert "the limit is" in str(caught.value)
