"""The store: one database at the newest schema, and its repositories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from calibration.store.api_keys import ApiKeyRepository
from calibration.store.audit import AuditLog
from calibration.store.backup import Backup, write_backup
from calibration.store.bad_cases.patterns import BadCasePatterns
from calibration.store.bad_cases.saved_filters import CaseFilterRepository
from calibration.store.bad_cases.write import BadCaseRepository
from calibration.store.cluster_reviews import ClusterReviewRepository
from calibration.store.database import Database
from calibration.store.datasets.write import DatasetRepository
from calibration.store.engine import database_url, make_engine
from calibration.store.faqs.unanswered import UnansweredRepository
from calibration.store.faqs.write import FaqRepository
from calibration.store.labellings.labellings import LabellingRepository
from calibration.store.live_pairs import LivePairRepository
from calibration.store.migrate import upgrade
from calibration.store.moments import utc_now
from calibration.store.policies.fits import FitLog
from calibration.store.policies.write import PolicyRepository
from calibration.store.restore import Restored, restore
from calibration.store.reviews.reviews import ReviewRepository
from calibration.store.score_samples import ScoreSampleRepository
from calibration.store.sessions.sessions import LabellingSessionRepository


class Store:
    """Datasets, second labels, policies, bad cases and the audit log of one database; share one between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.datasets = DatasetRepository(database)
        self.labellings = LabellingRepository(database)
        self.policies = PolicyRepository(database)
        self.fits = FitLog(database)
        self.bad_cases = BadCaseRepository(database)
        self.case_patterns = BadCasePatterns(database)
        self.case_filters = CaseFilterRepository(database)
        self.reviews = ReviewRepository(database)
        self.sessions = LabellingSessionRepository(database)
        self.cluster_reviews = ClusterReviewRepository(database)
        self.audit = AuditLog(database)
        self.api_keys = ApiKeyRepository(database)
        self.score_samples = ScoreSampleRepository(database)
        self.live_pairs = LivePairRepository(database)
        self.faqs = FaqRepository(database)
        self.unanswered = UnansweredRepository(database)

    def ping(self) -> None:
        """Ask the database for an answer out of its own tables.

        :raises StoreUnavailable: it gives none.
        """
        with self._database.read() as connection:
            connection.exec_driver_sql("SELECT version_num FROM alembic_version")

    def backup(self, path: str | Path) -> Backup:
        """Write everything into one file: a .zip that any database takes, or a .sqlite copy of a SQLite store.

        :raises FileUnreadable, BadArgument: it cannot be written there, or of another ending.
        """
        return write_backup(self._database, Path(path))

    def restore(self, path: str | Path, safety: str | Path, *, replace: bool = False) -> Restored:
        """Bring a backup back; `replace`: what is there may go, after it was saved into the zip `safety`.

        :raises FileUnreadable, BackupDamaged, StoreNotEmpty, StoreNewer: nothing is changed then.
        """
        return restore(self._database, Path(path), Path(safety), replace=replace)

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
