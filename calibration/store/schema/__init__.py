"""The tables, in types that SQLite and PostgreSQL share; a module for each noun.

Every change here needs a migration beside it (`migrations/versions`); a test holds the two against each other.
"""

from calibration.store.schema.bad_cases import (
    bad_case_history,
    bad_case_tags,
    bad_cases,
    case_filters,
    case_opinions,
    review_answers,
    review_leases,
)
from calibration.store.schema.base import metadata
from calibration.store.schema.clusters import cluster_decisions, cluster_runs
from calibration.store.schema.datasets import dataset_counts, dataset_edits, dataset_events, datasets, pairs
from calibration.store.schema.faqs import faq_collections, faq_questions, faq_versions, unanswered
from calibration.store.schema.labelling import (
    labelling_sessions,
    labellings,
    session_answers,
    session_leases,
    session_pairs,
    settlements,
)
from calibration.store.schema.policies import policies, publications
from calibration.store.schema.serving import api_keys, audit_events, live_pairs, score_samples

__all__ = [
    "api_keys",
    "audit_events",
    "bad_case_history",
    "bad_case_tags",
    "bad_cases",
    "case_filters",
    "case_opinions",
    "cluster_decisions",
    "cluster_runs",
    "dataset_counts",
    "dataset_edits",
    "dataset_events",
    "datasets",
    "faq_collections",
    "faq_questions",
    "faq_versions",
    "labelling_sessions",
    "labellings",
    "live_pairs",
    "metadata",
    "pairs",
    "policies",
    "publications",
    "review_answers",
    "review_leases",
    "score_samples",
    "session_answers",
    "session_leases",
    "session_pairs",
    "settlements",
    "unanswered",
]
