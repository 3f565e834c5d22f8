"""SQL statements for policies, run inside the caller's transaction."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from calibration.errors import Conflict, NotFound
from calibration.policies.gate_result import GateResult
from calibration.store.audit import record
from calibration.store.policies.records import KIND, PUBLISHED, Publication, StoredPolicy
from calibration.store.schema import policies, publications


def find(connection: Connection, condition: ColumnElement[bool]) -> RowMapping | None:
    """The row that meets `condition`, the one published last where several do."""
    query = select(policies).where(condition).order_by(policies.c.publication.desc()).limit(1)
    return connection.execute(query).mappings().one_or_none()


def read(connection: Connection, condition: ColumnElement[bool], key: str, kind: str = KIND) -> StoredPolicy:
    """The policy that meets `condition`, the one published last where several do.

    :raises NotFound: none does.
    """
    row = find(connection, condition)
    if row is None:
        raise NotFound(kind, key)
    return StoredPolicy(**row)


def read_one(connection: Connection, policy_id: str) -> StoredPolicy:
    """One policy.

    :raises NotFound: it is not there.
    """
    return read(connection, policies.c.id == policy_id, policy_id)


def in_force(connection: Connection, name: str | None = None) -> StoredPolicy | None:
    """The published policy, if there is one and, where a name is given, it is of that name."""
    condition = policies.c.status == PUBLISHED
    row = find(connection, condition if name is None else condition & (policies.c.name == name))
    return None if row is None else StoredPolicy(**row)


def next_version(connection: Connection, name: str) -> int:
    """The version that the next policy of this name gets."""
    last = select(func.max(policies.c.version)).where(policies.c.name == name)
    return (connection.execute(last).scalar_one() or 0) + 1


def change(connection: Connection, policy_id: str, **values: Any) -> None:
    """Set columns of a policy's row."""
    connection.execute(update(policies).where(policies.c.id == policy_id).values(**values))


def change_note(connection: Connection, stored: StoredPolicy, note: str) -> None:
    """Set the note of `stored`, unless somebody did so since it was read.

    :raises Conflict: somebody did.
    """
    mine = (policies.c.id == stored.id) & (policies.c.edits == stored.edits)
    values = {"note": note, "edits": stored.edits + 1}
    if connection.execute(update(policies).where(mine).values(**values)).rowcount != 1:
        raise Conflict(KIND, f"{stored.name} v{stored.version}")


def put_in_force(
    connection: Connection, before: StoredPolicy | None, status: str, chosen: StoredPolicy, now: datetime
) -> None:
    """Publish `chosen`, once more if need be, in place of `before`, which gets `status`."""
    if before is not None and before.id != chosen.id:
        change(connection, before.id, status=status)
    counter = (connection.execute(select(func.max(policies.c.publication))).scalar_one() or 0) + 1
    change(connection, chosen.id, status=PUBLISHED, published_at=now, publication=counter)


def write_publication(
    connection: Connection,
    now: datetime,
    action: str,
    chosen: StoredPolicy,
    before: StoredPolicy | None,
    *,
    actor: str,
    reason: str = "",
    gate: GateResult | None = None,
) -> None:
    """Add a publication to the history, and to the audit log."""
    replaced = None if before is None else before.id
    found = None if gate is None else json.dumps(gate.to_json(), ensure_ascii=False, allow_nan=False)
    values = {"policy_id": chosen.id, "replaced": replaced, "reason": reason, "gate": found}
    connection.execute(insert(publications).values(at=now, actor=actor, action=action, **values))
    detail: dict[str, object] = {"name": chosen.name, "version": chosen.version, "replaced": replaced}
    if reason:
        detail["reason"] = reason
    record(connection, now, action, KIND, chosen.id, actor=actor, detail=detail)


def read_publications(connection: Connection, name: str | None, limit: int) -> tuple[Publication, ...]:
    """The newest publications first, of one `name` if given."""
    named = policies.c.name, policies.c.version
    query = select(publications, *named).join(policies, publications.c.policy_id == policies.c.id)
    query = query.order_by(publications.c.id.desc()).limit(limit)
    if name is not None:
        query = query.where(policies.c.name == name)
    rows = connection.execute(query).mappings().all()
    return tuple(Publication(**{**row, "gate": json.loads(row["gate"]) if row["gate"] else None}) for row in rows)
