"""The audit log: events are added in the transaction of a change and never altered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from calibration.store.database import Database
from calibration.store.schema import audit_events


@dataclass(frozen=True)
class AuditEvent:
    """One event: at `at` (UTC), `actor` ("" where nobody is logged in) did `action` to the `kind` called `key`."""

    id: int
    at: datetime
    actor: str
    action: str
    kind: str
    key: str
    detail: dict[str, object]


def record(
    connection: Connection,
    at: datetime,
    action: str,
    kind: str,
    key: object,
    *,
    actor: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """Add an event to the transaction of `connection`, so that both are kept or neither."""
    connection.execute(
        insert(audit_events).values(
            at=at,
            actor=actor,
            action=action,
            kind=kind,
            key=str(key),
            detail=json.dumps(detail or {}, ensure_ascii=False),
        )
    )


class AuditLog:
    """The events of a store; it can add and read, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, action: str, kind: str, key: object, *, actor: str = "", detail: dict[str, object] | None = None
    ) -> None:
        """Record an event of the application itself, say an export."""
        with self._database.write("audit") as connection:
            record(connection, self._database.clock(), action, kind, key, actor=actor, detail=detail)

    def list(
        self, kind: str | None = None, key: object | None = None, *, limit: int = 100, offset: int = 0
    ) -> tuple[AuditEvent, ...]:
        """The newest events first, of one `kind` and one `key` if given."""
        query = select(audit_events).order_by(audit_events.c.id.desc()).limit(limit).offset(offset)
        if kind is not None:
            query = query.where(audit_events.c.kind == kind)
        if key is not None:
            query = query.where(audit_events.c.key == str(key))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(AuditEvent(**{**row, "detail": json.loads(row["detail"])}) for row in rows)

    def count(self) -> int:
        """How many events there are."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(audit_events)).scalar_one()
