"""CSV, TSV and their kin, a record at a time: a broken record costs its first line and no more."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from calibration.columns import PairProblem
from calibration.corpus.encodings import Text
from calibration.corpus.row import Row
from calibration.errors import EmptyInput
from calibration.pairs.headers import normalise
from calibration.pairs.rules import FIELD_COUNT, NO_COLUMN, QUOTE_BROKEN

DELIMITERS: Final = (",", "\t", ";", "|")
_SAMPLE: Final = 200


class _Lines:
    """Lines that can be given back: those of the record under way are remembered."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self._back = iter(lines), deque[str]()
        self.record: list[str] = []
        self.line = 1  # of the record's first line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.record.append(line)
        return line

    def finish(self) -> None:
        """The record is whole: go on after it."""
        self.line += len(self.record)
        self.record = []

    def give_back(self) -> str:
        """The record is broken: its first line is lost and returned, all others are read again."""
        first, *rest = self.record
        self._back.extendleft(reversed(rest))
        self.record = []
        self.line += 1
        return first


def delimited_columns(text: Text, column: str | None) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the columns: that under which the header has `column` and most records its width."""
    sample = io.StringIO(text.head(), newline="").readlines()[:_SAMPLE]
    delimiter = max(DELIMITERS, key=lambda candidate: _likeness(sample, candidate, column))
    header = next((record for record in csv.reader(sample, delimiter=delimiter) if any(map(str.strip, record))), [])
    if not header:
        raise EmptyInput(text.file)
    return delimiter, _unique(header)


def _likeness(sample: list[str], delimiter: str, column: str | None) -> tuple[bool, bool, float, int]:
    try:
        records = [record for record in csv.reader(sample, delimiter=delimiter) if any(map(str.strip, record))]
    except csv.Error:
        records = []
    if not records:
        return False, False, 0.0, 0
    width = len(records[0])
    alike = sum(len(record) == width for record in records) / len(records)
    named = column is not None and normalise(column) in map(normalise, records[0])
    return named, width > 1 and alike >= 0.5, alike, width


def _unique(header: list[str]) -> tuple[str, ...]:
    """The names of the columns; a name that stands twice, or none, gets its place."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = cell.strip().lstrip("\ufeff")
        names.append(name if name and name not in names else f"{name}#{place}")
    return tuple(names)


def delimited_rows(text: Text, delimiter: str, columns: tuple[str, ...]) -> Iterator[Row | PairProblem]:
    """Every record after the header, and a problem for each that cannot be read."""
    header = True
    with text.lines() as stream:
        for line, record in _records(stream, delimiter):
            if isinstance(record, str):
                yield PairProblem(text.file, line, NO_COLUMN, QUOTE_BROKEN, record.strip()[:80])
            elif any(map(str.strip, record)):
                if not header:
                    yield _row(text, line, record, columns)
                header = False


def _records(stream: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record and its first line; for a broken one its first line as it stands."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            at = lines.line
            yield at, lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        yield lines.line, record
        lines.finish()


def _row(text: Text, line: int, record: list[str], columns: tuple[str, ...]) -> Row | PairProblem:
    width = len(columns)
    if text.errors != "strict" and (damaged := text.damage(line, " | ".join(record))):
        return damaged
    if len(record) < width or any(map(str.strip, record[width:])):
        params = (("count", str(len(record))), ("expected", str(width)))
        return PairProblem(text.file, line, NO_COLUMN, FIELD_COUNT, " | ".join(record)[:80], params)
    return Row(line, dict(zip(columns, record, strict=False)))
