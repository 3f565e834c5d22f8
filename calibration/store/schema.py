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
    Column("drawn", String(16), nullable=False, server_default="unknown"),  # a name of calibration.drawn
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
    Column("origin_kind", String(16)),
    Column("origin_key", Text),
    Column("origin_row", Integer),
)

dataset_events = Table(
    "dataset_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("version_before", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # and what the dataset was from then on:
    Column("rows", Integer, nullable=False),
    Column("columns", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("undoes", ForeignKey("dataset_events.id"), index=True),
    Column("detail", Text, nullable=False),  # JSON object
    UniqueConstraint("dataset_id", "version"),
)

dataset_edits = Table(
    "dataset_edits",
    metadata,
    Column("event_id", ForeignKey("dataset_events.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", String(16), primary_key=True),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False),
    Column("old", Text, nullable=False),  # JSON: text, number or null
    Column("new", Text, nullable=False),
    Index("ix_dataset_edits_dataset_id_position", "dataset_id", "position"),
)

labellings = Table(
    "labellings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("labeller", String(80), nullable=False),
    Column("label", Double),  # null: skipped, or taken back
    Column("first", Double, nullable=False),  # what the dataset said at that moment, unseen by the labeller
    Column("at", UtcDateTime, nullable=False),
    Index("ix_labellings_dataset_id_labeller_position", "dataset_id", "labeller", "position"),
)

settlements = Table(
    "settlements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("labelling_id", ForeignKey("labellings.id"), nullable=False, index=True),
    Column("chosen", Double),  # null: opened again
    Column("actor", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
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
    Column("saved_by", Text, nullable=False),
    Column("basis", Text, nullable=False),  # JSON list: the datasets that it was fitted on
    Column("edits", Integer, nullable=False),  # counts the changes of the note
    UniqueConstraint("name", "version"),
    _unique_where("uq_policies_published", "status", where="status = 'published'"),  # one is in use
)

publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("policy_id", ForeignKey("policies.id"), nullable=False, index=True),
    Column("replaced", ForeignKey("policies.id")),
    Column("reason", Text, nullable=False),
    Column("gate", Text),  # JSON object: what the gate found; NULL where there was none to pass
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
    Column("thresholds", Text),  # JSON object: those of the domain when the tier was given
    Column("margin", Double),  # by these thresholds; see wrong_side.margin
    Column("cost", Double),  # by the default amounts; see wrong_side.mistake_cost
    Column("searched", Text, nullable=False, server_default=""),  # texts and note, folded: see bad_case_rules
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_bad_cases_status_id", "status", "id"),
    Index("ix_bad_cases_domain_id", "domain", "id"),
    Index("ix_bad_cases_source_id", "source", "id"),
    Index("ix_bad_cases_reporter_id", "reporter", "id"),
    Index("ix_bad_cases_policy_id_id", "policy_id", "id"),
    _unique_where("uq_bad_cases_open_pair", "pair_key", "domain", where="status IN ('new', 'confirmed')"),
)

bad_case_tags = Table(
    "bad_case_tags",
    metadata,
    Column("case_id", ForeignKey("bad_cases.id"), primary_key=True),
    Column("tag", String(32), primary_key=True),
    Index("ix_bad_case_tags_tag_case_id", "tag", "case_id"),
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

cluster_runs = Table(
    "cluster_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # see calibration.corpus.review.run_key
    Column("name", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

cluster_decisions = Table(
    "cluster_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("cluster_runs.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("rows", Text, nullable=False),  # JSON list of row numbers
    Column("undoes", ForeignKey("cluster_decisions.id")),
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

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),  # for good: a revoked key's name is not given again
    Column("hash", String(64), nullable=False, unique=True),  # see api_keys.key_hash
    Column("access", String(16), nullable=False),  # read or write
    Column("actor", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

score_samples = Table(
    "score_samples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", String(10), nullable=False),  # ISO 8601, UTC
    Column("domain", Text, nullable=False),
    Column("draw", Double, nullable=False),  # uniform in [0, 1): the smallest of a day and domain are kept
    Column("score", Double, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("policy_id", Text, nullable=False),
    Index("ix_score_samples_day_domain_draw", "day", "domain", "draw"),
)
