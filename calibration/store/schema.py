"""The tables, in types that SQLite and PostgreSQL share.

Every change here needs a migration beside it (`migrations/versions`); a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from calibration.store.moments import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _unique_where(name: str, *columns: str, where: str) -> Index:
    """A unique index over those rows only for which `where` holds."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


datasets = Table(
    "datasets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("source", Text, nullable=False),
    Column("columns", Text, nullable=False),  # JSON list: the frame's columns in their order
    Column("rows", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime),
    _unique_where("uq_datasets_live_name", "name", where="deleted_at IS NULL"),
)

dataset_counts = Table(
    "dataset_counts",
    metadata,
    Column("dataset_id", ForeignKey("datasets.id"), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("label", Integer, primary_key=True),  # graded labels are floored: see rows.count_labels
    Column("rows", Integer, nullable=False),
)

pairs = Table(
    "pairs",
    metadata,
    Column("dataset_id", ForeignKey("datasets.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text_a", Text, nullable=False),
    Column("text_b", Text, nullable=False),
    Column("label", Double, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("domain", Text, nullable=False),
    Column("id", Text),
    Column("split", Text),
    Column("purpose", Text),
    Column("note", Text),
    Column("score", Double),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("document", Text, nullable=False),  # Policy.to_json() as JSON text
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("publication", Integer, unique=True),  # counts up with every publication: clocks can step back
    UniqueConstraint("name", "version"),
    _unique_where("uq_policies_published_name", "name", where="status = 'published'"),
)

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
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_bad_cases_status_id", "status", "id"),
    Index("ix_bad_cases_domain_id", "domain", "id"),
    _unique_where("uq_bad_cases_open_pair", "pair_key", "domain", where="status IN ('new', 'confirmed')"),
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

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("key", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON object
    Index("ix_audit_events_kind_key", "kind", "key"),
)
