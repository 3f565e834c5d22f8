"""JSON Lines, or one JSON array of objects -> raw table.

A row's number is its line; in an array, where one object may take many lines, its position from 1.
"""

from __future__ import annotations

import json
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from calibration.columns import PairProblem
from calibration.pairs.decode import Decoded, is_damaged
from calibration.pairs.rules import JSON_INVALID, JSON_NOT_OBJECT, NO_COLUMN, NOT_DECODABLE
from calibration.pairs.table import RawTable, columns_frame

FORMAT: Final = "jsonl"

_Items = tuple[list[object], list[int], list[PairProblem]]


def looks_like_json(head: str, suffix: str) -> bool:
    """Whether a text is JSON, by its start; its name decides where the start could be either."""
    start = head.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return suffix in ("jsonl", "ndjson", "json")
    return suffix in ("jsonl", "ndjson", "json") or start[1:].lstrip()[:1] in ('"', "{", "}")


def read_json(file: str, decoded: Decoded) -> RawTable:
    """Read JSON Lines or an array; lines that are no objects are problems."""
    items, rows, problems = _array(file, decoded) or _lines(file, decoded)
    objects = np.fromiter((type(item) is dict for item in items), dtype=bool, count=len(items))
    problems += [_problem(file, rows[i], JSON_NOT_OBJECT, str(items[i])) for i in np.flatnonzero(~objects)]
    records = [item for item in items if isinstance(item, dict)]
    headers = tuple(dict.fromkeys(chain.from_iterable(records)))
    frame = columns_frame([[record.get(header) for record in records] for header in headers], text=False)
    lines: npt.NDArray[np.int64] = np.array(rows, dtype=np.int64)[objects]
    return RawTable(headers, frame, lines, FORMAT, decoded.encoding, tuple(problems))


def _array(file: str, decoded: Decoded) -> _Items | None:
    """The items of one array, or of one object over several lines; None where the text is neither."""
    if not decoded.head(4096).lstrip("\ufeff \t\r\n").startswith("["):
        return None
    text = decoded.text()
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None
        return [], [], [_problem(file, error.lineno, JSON_INVALID, text[error.pos : error.pos + 80])]
    except (ValueError, RecursionError):
        return [], [], [_problem(file, 1, JSON_INVALID, text)]
    items = value if isinstance(value, list) else [value]
    return items, list(range(1, len(items) + 1)), []


def _lines(file: str, decoded: Decoded) -> _Items:
    items: list[object] = []
    rows: list[int] = []
    problems: list[PairProblem] = []
    loads = json.JSONDecoder().decode
    for row, line in enumerate(decoded.lines(), start=1):
        if line.isspace():
            continue
        if decoded.damaged and is_damaged(line):
            problems.append(_problem(file, row, NOT_DECODABLE, line, ("encoding", decoded.encoding)))
            continue
        try:
            items.append(loads(line))
            rows.append(row)
        except (ValueError, RecursionError):  # a plain ValueError: a number of thousands of digits
            problems.append(_problem(file, row, JSON_INVALID, line))
    return items, rows, problems


def _problem(file: str, row: int, rule: str, value: str, *params: tuple[str, str]) -> PairProblem:
    value = value.strip()[:80].encode("utf-8", "replace").decode("utf-8")
    return PairProblem(file, row, NO_COLUMN, rule, value, params)
