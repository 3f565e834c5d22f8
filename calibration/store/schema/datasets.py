"""Datasets: their pairs, their counts, and who changed what."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata, unique_where

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
    Column(
        "drawn", String(16), nullable=False, server_default="unknown"
    ),  # a name of calibration.certificates.sampling_design
    unique_where("uq_datasets_live_name", "name", where="deleted_at IS NULL"),
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
