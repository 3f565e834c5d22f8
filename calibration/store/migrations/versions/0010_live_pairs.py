"""Live pairs with their texts, where the operator wants them kept: to label, and to watch a promise."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "live_pairs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("sample", sa.String(16), nullable=False),
        sa.Column("draw", sa.Double, nullable=False),
        sa.Column("text_a", sa.Text, nullable=False),
        sa.Column("text_b", sa.Text, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("policy_id", sa.Text, nullable=False),
        sa.Column("leased_by", sa.Text, nullable=False),
        sa.Column("leased_until", MOMENT),
        sa.Column("skipped", sa.Integer, nullable=False),
        sa.Column("wrong", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("reviewed", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_live_pairs"),
    )
    op.create_index("ix_live_pairs_day_domain_sample_draw", "live_pairs", ["day", "domain", "sample", "draw"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("live_pairs")
