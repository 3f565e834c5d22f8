"""FAQ collections with their versions, and questions that they could not answer."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the four tables."""
    op.create_table(
        "faq_collections",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("cutoff", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_faq_collections"),
        sa.UniqueConstraint("name", name="uq_faq_collections_name"),
    )
    op.create_table(
        "faq_versions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("collection_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_faq_versions"),
        sa.UniqueConstraint("collection_id", "version", name="uq_faq_versions_collection_id_version"),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["faq_collections.id"], name="fk_faq_versions_collection_id_faq_collections"
        ),
    )
    op.create_table(
        "faq_questions",
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("version_id", "position", name="pk_faq_questions"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["faq_versions.id"], name="fk_faq_questions_version_id_faq_versions"
        ),
    )
    op.create_table(
        "unanswered",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered"),
        sa.UniqueConstraint("key", name="uq_unanswered_key"),
    )
    op.create_index("ix_unanswered_collection_at", "unanswered", ["collection", "at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("unanswered", "faq_questions", "faq_versions", "faq_collections"):
        op.drop_table(table)
