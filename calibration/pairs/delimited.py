"""CSV, TSV and their kin -> raw table, in which every line that cannot be read has its place.

A row's number is the physical line on which it starts, as an editor shows it; a quoted field may run over
several lines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from calibration.columns import PairProblem
from calibration.pairs.decode import Decoded, is_damaged
from calibration.pairs.headers import headerless_columns, is_header
from calibration.pairs.rules import FIELD_TOO_LONG, NO_COLUMN, NOT_DECODABLE, QUOTE_BROKEN
from calibration.pairs.table import RawTable, tabulate

FORMATS: Final = {"\t": "tsv", ",": "csv", ";": "csv", "|": "csv"}
"""The delimiters that are tried, the likeliest first, and what such a file is called."""

_SAMPLE_CHARACTERS: Final = 65_536
_SAMPLE_LINES: Final = 100

_Records = tuple[list[list[str]], npt.NDArray[np.int64], tuple[PairProblem, ...]]


def read_delimited(file: str, decoded: Decoded) -> RawTable:
    """Read a delimited text; the delimiter and whether quotation marks quote follow from the content."""
    delimiter = sniff_delimiter(decoded.head(_SAMPLE_CHARACTERS))
    records, lines, problems = _parse(file, decoded, delimiter)
    if decoded.damaged:
        records, lines, problems = _without_damaged(file, decoded.encoding, records, lines, problems)
    table = tabulate(file, records, lines, format=FORMATS[delimiter], encoding=decoded.encoding)
    return table.with_problems(problems)


def sniff_delimiter(head: str) -> str:
    """The delimiter under which the start of a file looks most like pairs.

    >>> sniff_delimiter("今天,天气\\t天气,今天\\t1")
    '\\t'
    """
    lines = io.StringIO(head, newline="").readlines()[:_SAMPLE_LINES]
    if len(lines) > 1 and len(head) == _SAMPLE_CHARACTERS:
        lines.pop()  # cut off in the middle
    return max(FORMATS, key=lambda delimiter: _likeness(lines, delimiter))


def _likeness(lines: Sequence[str], delimiter: str) -> tuple[bool, bool, float, int]:
    """How much lines look like pairs under a delimiter; the greater the more."""
    try:
        records = [record for record in csv.reader(lines, delimiter=delimiter) if record]
    except csv.Error:
        records = []
    if not records:
        return False, False, 0.0, 0
    widths = [len(record) for record in records]
    width = max(set(widths), key=widths.count)
    knows = is_header(records[0])
    labelled = sum(headerless_columns(record) is not None for record in records) > len(records) / 2
    return knows, labelled, widths.count(width) / len(widths) if width > 1 else 0.0, width


def _parse(file: str, decoded: Decoded, delimiter: str) -> _Records:
    """Records and the lines on which they start: as quoted text if that holds, else as plain, else line by line."""
    if b'"' not in decoded.data:
        return _strict(decoded, delimiter, csv.QUOTE_NONE) or _line_by_line(file, decoded, delimiter)
    quoted = _strict(decoded, delimiter, csv.QUOTE_MINIMAL)
    one_a_line = quoted is not None and len(quoted[1]) == quoted[1][-1]
    if quoted is not None and (one_a_line or not _is_regular(decoded, delimiter)):
        return quoted
    if quoted is None and not _is_regular(decoded, delimiter):
        return _line_by_line(file, decoded, delimiter)
    # As many delimiters on every line: quotation marks are part of the texts.
    return _strict(decoded, delimiter, csv.QUOTE_NONE) or _line_by_line(file, decoded, delimiter)


def _strict(decoded: Decoded, delimiter: str, quoting: Literal[0, 3]) -> _Records | None:
    """All records, or None if a quotation mark or an endless field stands in the way."""
    reader = csv.reader(decoded.lines(), delimiter=delimiter, quoting=quoting, strict=True)
    try:
        records = list(reader)
    except csv.Error:
        return None
    starts = np.arange(1, len(records) + 1, dtype=np.int64)
    if reader.line_num != len(records):
        again = csv.reader(decoded.lines(), delimiter=delimiter, quoting=quoting, strict=True)
        ends = np.fromiter((again.line_num for _ in again), dtype=np.int64, count=len(records))
        starts = np.concatenate([[1], ends[:-1] + 1])
    return records, starts, ()


def _is_regular(decoded: Decoded, delimiter: str) -> bool:
    """Whether every line that is not blank has the same number of delimiters, at least two."""
    counts = {line.count(delimiter) for line in decoded.lines() if line.strip()}
    return len(counts) == 1 and counts.pop() >= 2


def _line_by_line(file: str, decoded: Decoded, delimiter: str) -> _Records:
    """Records of a file in which some line is broken: after such a line, reading starts afresh on the next."""
    lines = list(decoded.lines())
    records: list[list[str]] = []
    starts: list[int] = []
    problems: list[PairProblem] = []
    start = 0
    while start < len(lines):
        reader = csv.reader(map(lines.__getitem__, range(start, len(lines))), delimiter=delimiter, strict=True)
        first = start
        try:
            for record in reader:
                records.append(record)
                starts.append(start + 1)
                start = first + reader.line_num
        except csv.Error:
            problems.append(_broken(file, start + 1, lines[start]))
            start += 1
    return records, np.array(starts, dtype=np.int64), tuple(problems)


def _broken(file: str, row: int, line: str) -> PairProblem:
    limit = csv.field_size_limit()
    if len(line) > limit:
        return PairProblem(file, row, NO_COLUMN, FIELD_TOO_LONG, line[:80], (("limit", str(limit)),))
    return PairProblem(file, row, NO_COLUMN, QUOTE_BROKEN, line.strip()[:80])


def _without_damaged(
    file: str,
    encoding: str,
    records: list[list[str]],
    lines: npt.NDArray[np.int64],
    problems: tuple[PairProblem, ...],
) -> _Records:
    """The records of a damaged file whose every byte could be read, and a problem for each other one."""
    damaged = np.fromiter((any(map(is_damaged, record)) for record in records), dtype=bool, count=len(records))
    found = [
        PairProblem(
            file,
            int(lines[i]),
            NO_COLUMN,
            NOT_DECODABLE,
            _legible(" | ".join(records[i])),
            (("encoding", encoding),),
        )
        for i in np.flatnonzero(damaged)
    ]
    whole = [record for record, bad in zip(records, damaged, strict=True) if not bad]
    return whole, lines[~damaged], (*problems, *found)


def _legible(text: str) -> str:
    return text[:80].encode("utf-8", "replace").decode("utf-8")
