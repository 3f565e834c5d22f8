"""Datasets, policies and bad cases in SQLite or PostgreSQL.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder, open_store(pathlib.Path(folder, "simtier.db")) as store:
...     case, created = store.bad_cases.add(BadCaseDraft("怎么开户", "如何销户", expected=0))
...     case.expected, created, store.bad_cases.counts()["new"]
('not_same', True, 1)
"""

from calibration.columns import NOT_SAME
from calibration.store.api_keys import ApiKey
from calibration.store.audit import AuditEvent
from calibration.store.backup import Backup
from calibration.store.bad_cases.filters import DEAREST, MOST_WRONG, NEWEST, NO_TAG, ORDERS, BadCaseFilter
from calibration.store.bad_cases.records import (
    CONFIRMED,
    EXPECTATIONS,
    FIXED,
    LABEL_WRONG,
    NEW,
    OPEN_STATUSES,
    STATUSES,
    WONT_FIX,
    BadCase,
    BadCaseDraft,
    BadCasePage,
    HistoryEntry,
)
from calibration.store.bad_cases.saved_filters import SavedFilter
from calibration.store.cluster_reviews import ClusterRun
from calibration.store.datasets.edits import EDITABLE, UNSEEN, Edit
from calibration.store.datasets.events import COPY, FILTER, MERGE, SPLIT, CellChange, DatasetEvent
from calibration.store.datasets.making import Part
from calibration.store.datasets.records import Dataset, Origin, from_bad_cases, uploaded
from calibration.store.datasets.rows import RowFilter, RowPage, TraceStep
from calibration.store.labellings.sql import BlindPair, Progress
from calibration.store.policies.records import PolicySource, Publication, StoredPolicy
from calibration.store.restore import Restored
from calibration.store.rows import LabelCount
from calibration.store.score_samples import ScoreSample
from calibration.store.store import Store, open_store

__all__ = [
    "CONFIRMED",
    "COPY",
    "DEAREST",
    "EDITABLE",
    "EXPECTATIONS",
    "FILTER",
    "FIXED",
    "LABEL_WRONG",
    "MERGE",
    "MOST_WRONG",
    "NEW",
    "NEWEST",
    "NOT_SAME",
    "NO_TAG",
    "OPEN_STATUSES",
    "ORDERS",
    "SPLIT",
    "STATUSES",
    "UNSEEN",
    "WONT_FIX",
    "ApiKey",
    "AuditEvent",
    "Backup",
    "BadCase",
    "BadCaseDraft",
    "BadCaseFilter",
    "BadCasePage",
    "BlindPair",
    "CellChange",
    "ClusterRun",
    "Dataset",
    "DatasetEvent",
    "Edit",
    "HistoryEntry",
    "LabelCount",
    "Origin",
    "Part",
    "PolicySource",
    "Progress",
    "Publication",
    "Restored",
    "RowFilter",
    "RowPage",
    "SavedFilter",
    "ScoreSample",
    "Store",
    "StoredPolicy",
    "TraceStep",
    "from_bad_cases",
    "open_store",
    "uploaded",
]
