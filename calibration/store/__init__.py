"""Datasets, policies and bad cases, kept in SQLite or PostgreSQL.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder, open_store(pathlib.Path(folder, "simtier.db")) as store:
...     case, created = store.bad_cases.add(BadCaseDraft("怎么开户", "如何销户", expected=0))
...     case.expected, created, store.bad_cases.counts()["new"]
('not_same', True, 1)
"""

from calibration.store.audit import AuditEvent
from calibration.store.bad_case_records import (
    CONFIRMED,
    EXPECTATIONS,
    FIXED,
    LABEL_WRONG,
    NEW,
    NOT_SAME,
    OPEN_STATUSES,
    STATUSES,
    WONT_FIX,
    BadCase,
    BadCaseDraft,
    BadCaseFilter,
    BadCasePage,
    HistoryEntry,
)
from calibration.store.dataset_records import Dataset
from calibration.store.policy_records import StoredPolicy
from calibration.store.rows import LabelCount
from calibration.store.store import Store, open_store

__all__ = [
    "CONFIRMED",
    "EXPECTATIONS",
    "FIXED",
    "LABEL_WRONG",
    "NEW",
    "NOT_SAME",
    "OPEN_STATUSES",
    "STATUSES",
    "WONT_FIX",
    "AuditEvent",
    "BadCase",
    "BadCaseDraft",
    "BadCaseFilter",
    "BadCasePage",
    "Dataset",
    "HistoryEntry",
    "LabelCount",
    "Store",
    "StoredPolicy",
    "open_store",
]
