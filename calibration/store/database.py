"""One interface to SQLite and PostgreSQL: reads see one snapshot, writes of a scope are serialised."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, insert, text

from calibration.store.engine import WRITES, explained


@dataclass(frozen=True)
class Database:
    """An open database at the newest schema; safe to share between threads."""

    url: URL
    engine: Engine
    clock: Callable[[], datetime]

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database throughout."""
        postgres = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with explained(self.url), self.engine.execution_options(**postgres).connect() as connection:
            yield connection

    @contextmanager
    def write(self, scope: str) -> Iterator[Connection]:
        """A transaction that commits at the end, alone in its `scope`: what it reads stays true until then."""
        writer = self.engine.execution_options(**{WRITES: True})
        with explained(self.url), writer.begin() as connection:
            take_turn(connection, scope)
            yield connection


def take_turn(connection: Connection, scope: str) -> None:
    """Wait until no other transaction writes in `scope`; SQLite's BEGIN IMMEDIATE has done so already."""
    if connection.dialect.name == "postgresql":
        key = zlib.crc32(f"simtier:{scope}".encode())
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def insert_row(connection: Connection, table: Table, **values: Any) -> int:
    """Insert one row and return the id that the database gave it."""
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    return int(key[0]) if key else 0


def insert_many(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows of plain values through the driver itself, in half the time.

    Of a long upload, most would go into SQLAlchemy's care for single parameters, while others wait to write.
    """
    statement = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
    if statement.positional:
        places = [columns.index(name) for name in statement.positiontup or ()]
        same = places == list(range(len(columns)))
        values: Any = rows if same else [tuple(row[place] for place in places) for row in rows]
    else:
        values = [dict(zip(columns, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(statement), values)
