"""FAQ collections, and the questions that they had no answer to."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata

faq_collections = Table(
    "faq_collections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),  # a deleted one gives its name away
    Column("version", Integer, nullable=False),
    Column("domain", Text, nullable=False),
    Column("cutoff", Text),  # JSON object: a FaqCutoff; NULL where none was certified
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime),
)

faq_versions = Table(
    "faq_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("collection_id", ForeignKey("faq_collections.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    UniqueConstraint("collection_id", "version"),
)

faq_questions = Table(
    "faq_questions",
    metadata,
    Column("version_id", ForeignKey("faq_versions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # a hash of collection and query
    Column("collection", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("score", Double),
    Column("times", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_unanswered_collection_at", "collection", "at"),
)
