"""Which encoding a text is in, where more than one can read it."""

from __future__ import annotations

import pytest

from calibration.tables import rules
from calibration.tables.read import open_table
from calibration.tables.table import AnyHeader, Row


def read(data: bytes) -> tuple[list[list[object]], list[str]]:
    """The rows of a table with a column text, and what was noted about it."""
    table = open_table(data, AnyHeader("text"), name="t.csv")
    rows = [list(item.cells) for item in table if isinstance(item, Row)]
    return rows, [one.message for one in table.notes]


def test_chinese_whose_bytes_are_pairs_of_utf8_too_is_read_as_chinese() -> None:
    """么 in GB18030 is ô in UTF-8: half of what is not ASCII can be read here."""
    rows, notes = read("text,列\n要么么,么么\n".encode("gb18030"))
    assert rows == [["要么么", "么么"]]
    assert notes == [rules.NOTE_ENCODING_GUESSED]


@pytest.mark.parametrize("text", ["hôtel à côté, déjà réservé", "花呗怎么还款", "Ärger über Öl"])
def test_utf8_with_a_damaged_byte_stays_utf8(text: str) -> None:
    rows, notes = read(b"text\n" + text.replace(",", "").encode() + b"\nbad \xff row\n")
    assert rows == [[text.replace(",", "")]]
    assert notes == []
