"""The store: one database at the newest schema, and its repositories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from calibration.store.audit import AuditLog
from calibration.store.bad_cases import BadCaseRepository
from calibration.store.database import Database
from calibration.store.datasets import DatasetRepository
from calibration.store.engine import database_url, make_engine
from calibration.store.migrate import upgrade
from calibration.store.moments import utc_now
from calibration.store.policies import PolicyRepository


class Store:
    """Datasets, policies, bad cases and the audit log of one database; share one between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.datasets = DatasetRepository(database)
        self.policies = PolicyRepository(database)
        self.bad_cases = BadCaseRepository(database)
        self.audit = AuditLog(database)

    def ping(self) -> None:
        """Ask the database for an answer.

        :raises StoreUnavailable: it gives none.
        """
        with self._database.read() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """Give its connections back; the store may not be used afterwards."""
        self._database.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url_or_path: str | Path, *, clock: Callable[[], datetime] = utc_now) -> Store:
    """Open the store in a SQLite file or at a database URL, upgrading its tables first.

    A file and its folder are made on demand. Any number of processes may open the same store at once; one of them
    upgrades. `clock` gives timezone-aware moments.

    :raises StoreNewer: a newer version of SimTier has written it.
    :raises StoreUnavailable: it cannot be opened, or it is no database.
    :raises BadArgument: not a path or URL.
    """
    url = database_url(url_or_path)
    upgrade(url)
    return Store(Database(url, make_engine(url), clock))
