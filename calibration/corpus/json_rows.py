"""JSON Lines a line at a time; one JSON array of objects whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Final

from calibration.columns import PairProblem
from calibration.corpus.encodings import Text
from calibration.corpus.row import Row
from calibration.errors import EmptyInput, TooLarge
from calibration.pairs.decode import Decoded
from calibration.pairs.json_lines import read_json
from calibration.pairs.rules import JSON_INVALID, JSON_NOT_OBJECT, NO_COLUMN
from calibration.pairs.source import DEFAULT_LIMITS

_SAMPLE: Final = 200


def json_columns(text: Text) -> tuple[str, ...]:
    """The names that the first objects use, in the order of their appearance."""
    names: dict[str, None] = {}
    seen = False
    for row in islice(json_rows(text), _SAMPLE):
        seen = True
        if isinstance(row, Row):
            names |= dict.fromkeys(row.cells)
    if not seen:
        raise EmptyInput(text.file)
    return tuple(names)


def json_rows(text: Text) -> Iterator[Row | PairProblem]:
    """Every object, and a problem for each line that is none."""
    if text.head(4096).lstrip("\ufeff \t\r\n").startswith("["):
        yield from _array(text)
        return
    with text.lines() as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip("\ufeff \t\r\n"):
                yield text.damage(number, line) or _object(text.file, number, line)


def _object(file: str, number: int, line: str) -> Row | PairProblem:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return PairProblem(file, number, NO_COLUMN, JSON_INVALID, line.strip()[:80])
    if not isinstance(value, dict):
        return PairProblem(file, number, NO_COLUMN, JSON_NOT_OBJECT, line.strip()[:80])
    return Row(number, value)


def _array(text: Text) -> Iterator[Row | PairProblem]:
    with text.opened() as stream:
        data = stream.read(DEFAULT_LIMITS.file_bytes + 1)
    if len(data) > DEFAULT_LIMITS.file_bytes:
        raise TooLarge(text.file, len(data), DEFAULT_LIMITS.file_bytes, "bytes")
    table = read_json(text.file, Decoded(data, text.encoding, damaged=text.errors != "strict"))
    yield from table.problems
    for line, cells in zip(table.rows.tolist(), table.frame.itertuples(index=False), strict=True):
        yield Row(line, dict(zip(table.headers, cells, strict=True)))
