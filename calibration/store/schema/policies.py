"""Policies and their publications."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata, unique_where

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
    unique_where("uq_policies_published", "status", where="status = 'published'"),  # one is in use
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
