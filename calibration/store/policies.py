"""Policies: saved as versions of a name, at most one of them published, and rolled back in one step."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from calibration.errors import NotFound
from calibration.policy import Policy
from calibration.store.audit import record
from calibration.store.database import Database
from calibration.store.dataset_records import checked_name
from calibration.store.policy_records import DRAFT, KIND, PUBLISHED, RETIRED, WITHDRAWN, StoredPolicy
from calibration.store.rows import check_text
from calibration.store.schema import policies


class PolicyRepository:
    """The policies of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, policy: Policy, note: str = "", *, actor: str = "") -> StoredPolicy:
        """Save `policy` as the next version of its name, as a draft.

        The stored policy carries that version, and a new id where its own is empty or taken.

        :raises BadArgument: its name is blank or too long.
        """
        name = checked_name(policy.name)
        check_text("id", policy.id)
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            last = select(func.max(policies.c.version)).where(policies.c.name == name)
            version = (connection.execute(last).scalar_one() or 0) + 1
            taken = not policy.id or _find(connection, policies.c.id == policy.id) is not None
            key = secrets.token_hex(8) if taken else policy.id
            document = json.dumps(replace(policy, id=key, name=name, version=version).to_json(), allow_nan=False)
            values = {"id": key, "name": name, "version": version, "status": DRAFT, "note": note}
            connection.execute(insert(policies).values(**values, document=document, created_at=now))
            record(connection, now, "save", KIND, key, actor=actor, detail={"name": name, "version": version})
            return _read(connection, policies.c.id == key, key)

    def list(self, name: str | None = None) -> tuple[StoredPolicy, ...]:
        """All saved versions, of one `name` if given, newest first."""
        query = select(policies).order_by(policies.c.created_at.desc(), policies.c.version.desc())
        if name is not None:
            query = query.where(policies.c.name == name)
        with self._database.read() as connection:
            return tuple(StoredPolicy(**row) for row in connection.execute(query).mappings())

    def get(self, policy_id: str) -> StoredPolicy:
        """One saved version.

        :raises NotFound: no such policy.
        """
        with self._database.read() as connection:
            return _read(connection, policies.c.id == policy_id, policy_id)

    def current(self, name: str | None = None) -> StoredPolicy | None:
        """The published version of `name`; without a name, the one published last of them all."""
        with self._database.read() as connection:
            return _current(connection, name)

    def publish(self, policy_id: str, *, actor: str = "") -> StoredPolicy:
        """Put a version in force; the one of its name that was in force retires.

        :raises NotFound: no such policy.
        """
        with self._database.write(KIND) as connection:
            chosen = _read(connection, policies.c.id == policy_id, policy_id)
            before = _current(connection, chosen.name)
            self._replace(connection, before, RETIRED, chosen)
            self._record(connection, "publish", before, chosen, actor)
            return _read(connection, policies.c.id == policy_id, policy_id)

    def rollback(self, name: str | None = None, *, actor: str = "") -> StoredPolicy:
        """Withdraw what is in force (of `name`, or `current()`) and publish again what it had replaced.

        :raises NotFound: nothing is published, or it replaced nothing.
        """
        with self._database.write(KIND) as connection:
            withdrawn = _current(connection, name)
            if withdrawn is None:
                raise NotFound("published policy", name or "")
            retired = (policies.c.name == withdrawn.name) & (policies.c.status == RETIRED)
            chosen = _read(connection, retired, withdrawn.name, "earlier published policy")
            self._replace(connection, withdrawn, WITHDRAWN, chosen)
            self._record(connection, "rollback", withdrawn, chosen, actor)
            return _read(connection, policies.c.id == chosen.id, chosen.id)

    def _replace(
        self, connection: Connection, before: StoredPolicy | None, status: str, chosen: StoredPolicy
    ) -> None:
        """Publish `chosen`, once more if need be, in place of `before`, which gets `status`."""
        if before is not None and before.id != chosen.id:
            _set(connection, before.id, status=status)
        counter = (connection.execute(select(func.max(policies.c.publication))).scalar_one() or 0) + 1
        now = self._database.clock()
        _set(connection, chosen.id, status=PUBLISHED, published_at=now, publication=counter)

    def _record(
        self, connection: Connection, action: str, before: StoredPolicy | None, after: StoredPolicy, actor: str
    ) -> None:
        detail: dict[str, object] = {
            "name": after.name,
            "version": after.version,
            "replaced": None if before is None else before.id,
        }
        record(connection, self._database.clock(), action, KIND, after.id, actor=actor, detail=detail)


def _set(connection: Connection, policy_id: str, **values: Any) -> None:
    connection.execute(update(policies).where(policies.c.id == policy_id).values(**values))


def _find(connection: Connection, condition: ColumnElement[bool]) -> RowMapping | None:
    """The row that meets `condition`, the one published last where several do."""
    query = select(policies).where(condition).order_by(policies.c.publication.desc()).limit(1)
    return connection.execute(query).mappings().one_or_none()


def _read(connection: Connection, condition: ColumnElement[bool], key: str, kind: str = KIND) -> StoredPolicy:
    row = _find(connection, condition)
    if row is None:
        raise NotFound(kind, key)
    return StoredPolicy(**row)


def _current(connection: Connection, name: str | None) -> StoredPolicy | None:
    condition = policies.c.status == PUBLISHED
    row = _find(connection, condition if name is None else condition & (policies.c.name == name))
    return None if row is None else StoredPolicy(**row)
