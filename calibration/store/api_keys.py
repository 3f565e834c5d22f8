"""API keys: shown once, stored as hashes, revoked for good."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, or_, select, update

from calibration.errors import N_, AlreadyExists, BadArgument, NotFound
from calibration.store.audit import record
from calibration.store.database import Database, insert_row
from calibration.store.schema import api_keys

KIND: Final = N_("API key")
SCOPE: Final = "api_keys"
PREFIX: Final = "simtier_"
READ, WRITE = "read", "write"
SECRET_BYTES: Final = 32
LONGEST_NAME: Final = 80
NAME_RULE: Final = N_("1 to 80 printable characters")


@dataclass(frozen=True)
class ApiKey:
    """A key without its secret. access: `read` or `write` (which reads too). Moments are UTC; `used_at` is late by
    up to a minute; a key with `revoked_at` opens nothing.
    """

    id: int
    name: str
    hash: str
    access: str
    actor: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def key_hash(secret: str) -> str:
    """SHA-256 of a key, 64 hex digits.

    Slow, salted hashes protect what people choose; a key is 32 random bytes, which nobody can try out, and it is
    checked on every request.

    >>> key_hash("simtier_x")[:8]
    'a816ec8c'
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class ApiKeyRepository:
    """The API keys of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, *, access: str = WRITE, actor: str = "") -> tuple[ApiKey, str]:
        """A new key and its secret, which cannot be had again.

        :raises AlreadyExists: a key, perhaps a revoked one, has the name.
        :raises BadArgument: a blank or too long name, or an unknown access.
        """
        name = _checked(name, access)
        secret, now = PREFIX + secrets.token_urlsafe(SECRET_BYTES), self._database.clock()
        with self._database.write(SCOPE) as connection:
            if connection.execute(select(api_keys.c.id).where(api_keys.c.name == name)).first():
                raise AlreadyExists(KIND, name)
            values = {"name": name, "hash": key_hash(secret), "access": access, "actor": actor, "created_at": now}
            key = insert_row(connection, api_keys, **values)
            record(connection, now, "add", KIND, name, actor=actor, detail={"access": access})
            row = connection.execute(select(api_keys).where(api_keys.c.id == key)).mappings().one()
        return _key(row), secret

    def list(self) -> tuple[ApiKey, ...]:
        """All of them, the revoked ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.id)).mappings().all()
        return tuple(map(_key, rows))

    def revoke(self, name: str, *, actor: str = "") -> ApiKey:
        """Make a key useless, and return it; one that is revoked already stays as it is.

        :raises NotFound: no key has the name.
        """
        now, named = self._database.clock(), api_keys.c.name == name
        with self._database.write(SCOPE) as connection:
            alive = update(api_keys).where(named, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
            if connection.execute(alive).rowcount:
                record(connection, now, "revoke", KIND, name, actor=actor)
            row = connection.execute(select(api_keys).where(named)).mappings().one_or_none()
        if row is None:
            raise NotFound(KIND, name)
        return _key(row)

    def used(self, moments: Mapping[int, datetime]) -> None:
        """Note when keys, by id, were used last; an earlier moment than the one known changes nothing."""
        with self._database.write(SCOPE) as connection:
            for key, moment in moments.items():
                older = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at < moment)
                connection.execute(update(api_keys).where(api_keys.c.id == key, older).values(used_at=moment))


def _checked(name: str, access: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadArgument("name", NAME_RULE, name)
    if access not in (READ, WRITE):
        raise BadArgument("access", f"{READ} | {WRITE}", access)
    return name


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(**row)
