"""What serving keeps: scores and pairs of live use, keys of the API, the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table, Text

from calibration.store.moments import UtcDateTime
from calibration.store.schema.base import metadata

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

live_pairs = Table(
    "live_pairs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", String(10), nullable=False),  # ISO 8601, UTC
    Column("domain", Text, nullable=False),
    Column("sample", String(16), nullable=False),  # random: of all pairs; accepted: of those in `tier` or above
    Column("draw", Double, nullable=False),  # uniform in [0, 1): the smallest of a day, domain and sample are kept
    Column("text_a", Text, nullable=False),
    Column("text_b", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("tier", String(16), nullable=False),  # the tier that is watched; empty for a random pair
    Column("at", UtcDateTime, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("policy_id", Text, nullable=False),
    Column("leased_by", Text, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("skipped", Integer, nullable=False),
    Column("wrong", Integer),  # 1: it does not deserve its tier, 0: it does, NULL: nobody has said
    Column("note", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("reviewed", Integer),  # its place in the order of review
    Index("ix_live_pairs_day_domain_sample_draw", "day", "domain", "sample", "draw"),
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
