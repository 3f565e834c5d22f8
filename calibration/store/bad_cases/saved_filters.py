"""Filters of bad cases saved under a name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, select

from calibration.errors import AlreadyExists, NotFound
from calibration.store.audit import record
from calibration.store.bad_cases.filters import NEWEST, BadCaseFilter, check_order
from calibration.store.database import Database, insert_row
from calibration.store.datasets.records import checked_name
from calibration.store.schema import case_filters

KIND: Final = "saved filter"
SCOPE: Final = "case_filters"
_ORDER: Final = "order"


@dataclass(frozen=True)
class SavedFilter:
    """A filter under its name: which cases, in which order, kept by whom and when (UTC)."""

    id: int
    name: str
    wanted: BadCaseFilter
    order: str
    actor: str
    created_at: datetime


class CaseFilterRepository:
    """The saved filters of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, name: str, wanted: BadCaseFilter, order: str = NEWEST, *, actor: str = "") -> SavedFilter:
        """Keep a filter under a name that no other has.

        :raises AlreadyExists: another filter has it.
        :raises BadArgument: a blank or too long name, or an unknown order.
        """
        check_order(order)
        name, now = checked_name(name), self._database.clock()
        document = json.dumps({**wanted.to_json(), _ORDER: order}, ensure_ascii=False)
        with self._database.write(SCOPE) as connection:
            if connection.execute(select(case_filters.c.id).where(case_filters.c.name == name)).first():
                raise AlreadyExists(KIND, name)
            key = insert_row(connection, case_filters, name=name, document=document, actor=actor, created_at=now)
            record(connection, now, "save", KIND, key, actor=actor, detail={"name": name})
            return _read(connection, key)

    def list(self) -> tuple[SavedFilter, ...]:
        """All of them, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(case_filters).order_by(case_filters.c.name)).mappings().all()
        return tuple(map(_saved, rows))

    def delete(self, filter_id: int, *, actor: str = "") -> SavedFilter:
        """Forget a filter, and return what it was, so that `save` can bring it back.

        :raises NotFound: no such filter.
        """
        with self._database.write(SCOPE) as connection:
            there = _read(connection, filter_id)
            connection.execute(delete(case_filters).where(case_filters.c.id == filter_id))
            now = self._database.clock()
            record(connection, now, "delete", KIND, filter_id, actor=actor, detail={"name": there.name})
            return there


def _read(connection: Connection, key: int) -> SavedFilter:
    row = connection.execute(select(case_filters).where(case_filters.c.id == key)).mappings().one_or_none()
    if row is None:
        raise NotFound(KIND, key)
    return _saved(row)


def _saved(row: RowMapping) -> SavedFilter:
    document = json.loads(row["document"])
    order = document.pop(_ORDER, NEWEST)
    wanted = BadCaseFilter.from_json(document)
    return SavedFilter(row["id"], row["name"], wanted, order, row["actor"], row["created_at"])
