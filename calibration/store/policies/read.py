"""Read policies: one, all versions, the one in use, and the history of publications."""

from __future__ import annotations

from sqlalchemy import select

from calibration.store.database import Database
from calibration.store.policies.records import Publication, StoredPolicy
from calibration.store.policies.sql import in_force, read_one, read_publications
from calibration.store.schema import policies


class PolicyQueries:
    """The reading half of the policies."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            return read_one(connection, policy_id)

    def current(self, name: str | None = None) -> StoredPolicy | None:
        """The policy in use, by which everything is judged; None where there is none, or it is not of `name`."""
        with self._database.read() as connection:
            return in_force(connection, name)

    def opponent(self, policy_id: str) -> StoredPolicy | None:
        """The version that a candidate is compared with before it is published: the one in use, whatever its name;
        None where nothing is in use, or it is the version itself.

        :raises NotFound: no such policy.
        """
        with self._database.read() as connection:
            read_one(connection, policy_id)
            found = in_force(connection)
        return None if found is None or found.id == policy_id else found

    def publications(self, name: str | None = None, *, limit: int = 100) -> tuple[Publication, ...]:
        """Each publication with its time, person and reason, newest first; only those of `name`, if it is given."""
        with self._database.read() as connection:
            return read_publications(connection, name, limit)
