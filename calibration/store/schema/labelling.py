"""Labels by several people: second labels of a dataset, and sessions that begin with a draw."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Table, Text

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata

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

labelling_sessions = Table(
    "labelling_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("sampling", Text, nullable=False),  # JSON object: by domain how its pairs were drawn
    Column("fingerprint", Text, nullable=False),
    Column("batch_size", Integer, nullable=False),
    Column("dataset_id", ForeignKey("datasets.id")),  # to which its finished batches are added
    Column("added", Integer, nullable=False),  # how many batches of it are there
    Column("actor", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime),
)

session_pairs = Table(
    "session_pairs",
    metadata,
    Column("session_id", ForeignKey("labelling_sessions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # the order of the draw
    Column("text_a", Text, nullable=False),
    Column("text_b", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("note", Text, nullable=False),
    Column("wanted", Integer, nullable=False),  # labels by so many people
)

session_leases = Table(
    "session_leases",
    metadata,
    Column("session_id", ForeignKey("labelling_sessions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("labeller", String(80), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

session_answers = Table(
    "session_answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", String(64), nullable=False, unique=True),  # made by the browser: an answer counts once
    Column("session_id", ForeignKey("labelling_sessions.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("labeller", String(80), nullable=False),
    Column("action", String(16), nullable=False),
    Column("label", Double),  # null: skipped, or a note only
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_session_answers_session_id_position", "session_id", "position"),
)
