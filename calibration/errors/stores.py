"""Errors of the store."""

from __future__ import annotations

from calibration.errors.base import N_, SimTierError, Words


class StoreError(SimTierError):
    """The store cannot do what was asked."""


class StoreUnavailable(StoreError):
    """The store's database cannot be opened, read or written now; `database` never shows a password."""

    template = N_("database {database}: cannot be used ({reason})")

    def __init__(self, database: str, reason: Words) -> None:
        super().__init__(database=database, reason=reason)


class StoreNewer(StoreError):
    """The store's database was written by a newer version of SimTier, whose tables this one does not know."""

    template = N_(
        "database {database}: was written by a newer version of SimTier (schema {revision}); upgrade SimTier"
    )

    def __init__(self, database: str, revision: str) -> None:
        super().__init__(database=database, revision=revision)


class NotFound(StoreError):
    """No such record."""

    template = N_("{kind} {key!r} was not found")

    def __init__(self, kind: Words, key: object) -> None:
        super().__init__(kind=kind, key=key)


class AlreadyExists(StoreError):
    """A record of that name or content is there already."""

    template = N_("{kind} {key!r} exists already")

    def __init__(self, kind: Words, key: object) -> None:
        super().__init__(kind=kind, key=key)


class Conflict(StoreError):
    """Somebody else changed the record first."""

    template = N_("{kind} {key!r} was changed by somebody else in the meantime; reload and try again")

    def __init__(self, kind: Words, key: object) -> None:
        super().__init__(kind=kind, key=key)


class GateClosed(StoreError):
    """A policy may not be published: the gate refused it or was not run, and no reason was given."""

    template = N_("policy {name} v{version} has not passed the gate: give a reason, or keep the policy in use")

    def __init__(self, name: str, version: int) -> None:
        super().__init__(name=name, version=version)
