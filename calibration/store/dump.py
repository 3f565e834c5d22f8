"""Tables as lines of JSON and back; the lines of SQLite and PostgreSQL are equal, so their hashes compare."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeDecorator

from calibration.store.schema import metadata

TABLES: Final = tuple(metadata.sorted_tables)
"""Every table, those that others refer to first."""
CHUNK: Final = 5_000


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table by primary key, a JSON list each, in the order of its columns."""
    query = select(table).order_by(*(_by_code_point(connection, column) for column in table.primary_key))
    for row in connection.execute(query.execution_options(yield_per=CHUNK)):
        values = [value.isoformat() if isinstance(value, datetime) else value for value in row]
        yield json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _by_code_point(connection: Connection, column: Any) -> ColumnElement[Any]:
    """Texts in an order that does not hang on the database's language."""
    plain = connection.dialect.name != "postgresql" or not isinstance(column.type, String)
    found: ColumnElement[Any] = column if plain else column.collate("C")
    return found


def digest(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows, and the SHA-256 of their lines."""
    found, count = hashlib.sha256(), 0
    for line in lines(connection, table):
        found.update(line)
        count += 1
    return count, found.hexdigest()


def load(connection: Connection, table: Table, columns: list[str], given: Iterable[bytes]) -> None:
    """Insert lines whose values are in the order of `columns`; `table` may be reflected from any revision.

    :raises ValueError, TypeError: a line is no row of the table.
    """
    moments = {name for name in columns if _is_moment(table.c[name].type)}
    aware = {name for name in moments if isinstance(table.c[name].type, TypeDecorator)}
    for chunk in _batched(given):
        rows = [dict(zip(columns, json.loads(line), strict=True)) for line in chunk]
        for row in rows:
            for name in moments:
                if row[name] is not None:
                    moment = datetime.fromisoformat(row[name]).astimezone(UTC)
                    row[name] = moment if name in aware else moment.replace(tzinfo=None)
        connection.execute(insert(table), rows)


def _batched(given: Iterable[bytes]) -> Iterator[list[bytes]]:
    source = iter(given)
    while chunk := list(itertools.islice(source, CHUNK)):
        yield chunk


def _is_moment(kind: Any) -> bool:
    return isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, DateTime)


def reflected(connection: Connection) -> MetaData:
    """The tables as they are in the database now."""
    found = MetaData()
    found.reflect(connection)
    return found


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return all(connection.execute(select(table).limit(1)).first() is None for table in TABLES)


def replace_all(source: Connection, target: Connection) -> None:
    """Put the rows of `source` in place of those of `target`; both are at the newest schema."""
    for table in reversed(TABLES):
        target.execute(delete(table))
    for table in TABLES:
        load(target, table, [column.name for column in table.columns], lines(source, table))
        _continue_numbers(target, table)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """PostgreSQL counts ids by itself, not by what the rows hold."""
    key = table.autoincrement_column
    if connection.dialect.name == "postgresql" and key is not None:
        newest = connection.execute(select(func.max(key))).scalar_one() or 0
        sequence = text("SELECT setval(pg_get_serial_sequence(:name, :key), :next, false)")
        connection.execute(sequence, {"name": table.name, "key": key.name, "next": newest + 1})
