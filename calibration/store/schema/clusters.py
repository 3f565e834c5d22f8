"""Decisions on the clusters that deduplication found."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata

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
