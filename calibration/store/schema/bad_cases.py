"""Bad cases, their opinions and tags, and what reviewers did with them."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Table, Text

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata, unique_where

bad_cases = Table(
    "bad_cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text_a", Text, nullable=False),
    Column("text_b", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("expected", String(16), nullable=False),
    Column("score", Double),
    Column("tier_given", String(16)),
    Column("policy_id", Text),  # no foreign key: the policy may have come from a file
    Column("fingerprint", Text),
    Column("note", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reporter", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("pair_key", String(64), nullable=False),
    Column("thresholds", Text),  # JSON object: those of the domain when the tier was given
    Column("margin", Double),  # by these thresholds; see wrong_side.margin
    Column("cost", Double),  # by the default amounts; see wrong_side.mistake_cost
    Column("searched", Text, nullable=False, server_default=""),  # texts and note, folded: see bad_case_rules
    Column("conflict", Integer, nullable=False, server_default="0"),  # 1: its opinions contradict each other
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_bad_cases_status_id", "status", "id"),
    Index("ix_bad_cases_domain_id", "domain", "id"),
    Index("ix_bad_cases_source_id", "source", "id"),
    Index("ix_bad_cases_reporter_id", "reporter", "id"),
    Index("ix_bad_cases_policy_id_id", "policy_id", "id"),
    unique_where("uq_bad_cases_open_pair", "pair_key", "domain", where="status IN ('new', 'confirmed')"),
)

bad_case_tags = Table(
    "bad_case_tags",
    metadata,
    Column("case_id", ForeignKey("bad_cases.id"), primary_key=True),
    Column("tag", String(32), primary_key=True),
    Index("ix_bad_case_tags_tag_case_id", "tag", "case_id"),
)

bad_case_history = Table(
    "bad_case_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("bad_cases.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("field", String(16), nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("undoes", ForeignKey("bad_case_history.id")),
)

case_opinions = Table(
    "case_opinions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("bad_cases.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("reporter", Text, nullable=False),
    Column("expected", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("source", Text, nullable=False),
)

case_filters = Table(
    "case_filters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("document", Text, nullable=False),  # JSON object: a BadCaseFilter and its order
    Column("actor", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

review_leases = Table(
    "review_leases",
    metadata,
    Column("case_id", ForeignKey("bad_cases.id"), primary_key=True),
    Column("reviewer", String(80), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

review_answers = Table(
    "review_answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", String(64), nullable=False, unique=True),  # made by the browser: an answer counts once
    Column("case_id", ForeignKey("bad_cases.id"), nullable=False, index=True),
    Column("reviewer", String(80), nullable=False),
    Column("action", String(16), nullable=False),
    Column("changes", Text, nullable=False),  # JSON object: field to its value before and after
    Column("at", UtcDateTime, nullable=False),
    Column("undone", Integer, nullable=False),
)
