"""JSON of any shape as a table: records by their keys, or by position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from calibration.errors import EmptyInput
from calibration.errors.rows import PairProblem
from calibration.tables import rules
from calibration.tables.encodings import Text, legible
from calibration.tables.header import find_header
from calibration.tables.json_shapes import TEXT, records_of, unwrapped
from calibration.tables.json_values import Value, values_of
from calibration.tables.limits import Limits
from calibration.tables.table import HeaderRules, Item, Reading, Row, Table

FORMAT: Final = "jsonl"
_SAMPLE: Final = 200


def json_table(text: Text, header: HeaderRules, reading: Reading, limits: Limits) -> Table:
    """The table of a JSON text; lines that are no objects are problems. Raises what reading its values raises."""
    sample = [item.value for item in islice(_records(text, limits), _SAMPLE) if isinstance(item, Value)]
    kind = _kind(sample)
    if kind is list:
        return _by_position(text, header, reading, limits, sample)
    if kind is str:
        return Table(text.file, FORMAT, text.encoding, (TEXT,), lambda: _strings(text, limits), 0, text.notes)
    columns, seen = _columns(text, limits)
    if not seen:
        raise EmptyInput(text.file)
    return Table(text.file, FORMAT, text.encoding, columns, lambda: _objects(text, limits, columns), 0, text.notes)


def _records(text: Text, limits: Limits) -> Iterator[Value | PairProblem]:
    """Every record, out of the document that holds it where there is one."""
    values = values_of(text, limits)
    first, second = next(values, None), next(values, None)
    if second is None and isinstance(first, Value) and isinstance(first.value, dict):
        yield from (Value(row, value) for row, value in enumerate(records_of(first.value), start=1))
        return
    yield from (item for item in (first, second) if item is not None)
    yield from values


def _kind(sample: list[object]) -> type:
    """What most records are: objects, unless nearly all of the first ones are arrays or strings."""
    for kind in (list, str):
        if sample and sum(isinstance(value, kind) for value in sample) > 0.5 * len(sample):
            return kind
    return dict


def _columns(text: Text, limits: Limits) -> tuple[tuple[str, ...], bool]:
    """The keys of all objects in the order of their appearance, and whether there is any value at all."""
    names: dict[str, None] = {}
    seen = False
    for item in _records(text, limits):
        seen = True
        if isinstance(item, Value) and isinstance(item.value, dict):
            record = unwrapped(item.value)
            if not record.keys() <= names.keys():
                names |= dict.fromkeys(record)
                limits.check_columns(text.file, len(names))
    return tuple(names), seen


def _objects(text: Text, limits: Limits, columns: tuple[str, ...]) -> Iterator[Item]:
    for item in _records(text, limits):
        if isinstance(item, PairProblem):
            yield item
        elif isinstance(item.value, dict):
            record: Mapping[str, object] = unwrapped(item.value)
            yield Row(item.row, [record.get(column) for column in columns])
        else:
            yield _not_object(text.file, item)


def _strings(text: Text, limits: Limits) -> Iterator[Item]:
    for item in _records(text, limits):
        if isinstance(item, PairProblem):
            yield item
        elif isinstance(item.value, str):
            yield Row(item.row, [item.value])
        else:
            yield _not_object(text.file, item)


def _by_position(text: Text, header: HeaderRules, reading: Reading, limits: Limits, sample: list[object]) -> Table:
    """Arrays a record: the first may be a header, as in a delimited file."""
    rows = [(row, value) for row, value in enumerate(sample, start=1) if isinstance(value, list)]
    limits.check_columns(text.file, max(len(cells) for _, cells in rows))
    found = find_header(rows, header, reading)
    if found is None:
        raise EmptyInput(text.file)
    width = max(len(found.names), found.width)
    columns = found.names + ("",) * (width - len(found.names))

    def again() -> Iterator[Item]:
        for position, item in enumerate(_records(text, limits), start=1):
            if isinstance(item, PairProblem):
                yield item
            elif not isinstance(item.value, list):
                yield _not_object(text.file, item)
            elif position > found.last:
                cells = item.value
                yield Row(item.row, (cells + [None] * (width - len(cells)))[:width])

    return Table(text.file, FORMAT, text.encoding, columns, again, found.row, (*text.notes, *found.notes))


def _not_object(file: str, item: Value) -> PairProblem:
    return PairProblem(file, item.row, rules.NO_COLUMN, rules.JSON_NOT_OBJECT, legible(str(item.value)))
