"""What operating takes: keys of the API, sampled live scores."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("access", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("name", name="uq_api_keys_name"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
    )
    op.create_table(
        "score_samples",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("draw", sa.Double, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("policy_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_score_samples"),
    )
    op.create_index("ix_score_samples_day_domain_draw", "score_samples", ["day", "domain", "draw"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("score_samples")
    op.drop_table("api_keys")
