"""First tables: datasets and their pairs, policies, bad cases and their history, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("status IN ('new', 'confirmed')")
LIVE = sa.text("deleted_at IS NULL")
PUBLISHED = sa.text("status = 'published'")


def upgrade() -> None:
    """Create every table."""
    _datasets()
    _policies()
    _bad_cases()
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_kind_key", "audit_events", ["kind", "key"])


def downgrade() -> None:
    """Drop every table, those that refer to others first."""
    for table in (
        "audit_events",
        "bad_case_history",
        "bad_cases",
        "policies",
        "pairs",
        "dataset_counts",
        "datasets",
    ):
        op.drop_table(table)


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
    )
    op.create_index(
        "uq_datasets_live_name", "datasets", ["name"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_table(
        "dataset_counts",
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "domain", "kind", "label", name="pk_dataset_counts"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_counts_dataset_id_datasets"),
    )
    op.create_table(
        "pairs",
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text_a", sa.Text, nullable=False),
        sa.Column("text_b", sa.Text, nullable=False),
        sa.Column("label", sa.Double, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("id", sa.Text),
        sa.Column("split", sa.Text),
        sa.Column("purpose", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("score", sa.Double),
        sa.PrimaryKeyConstraint("dataset_id", "position", name="pk_pairs"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_pairs_dataset_id_datasets"),
    )


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("publication", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
        sa.UniqueConstraint("name", "version", name="uq_policies_name_version"),
        sa.UniqueConstraint("publication", name="uq_policies_publication"),
    )
    op.create_index(
        "uq_policies_published_name",
        "policies",
        ["name"],
        unique=True,
        sqlite_where=PUBLISHED,
        postgresql_where=PUBLISHED,
    )


def _bad_cases() -> None:
    op.create_table(
        "bad_cases",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("text_a", sa.Text, nullable=False),
        sa.Column("text_b", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("expected", sa.String(16), nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("tier_given", sa.String(16)),
        sa.Column("policy_id", sa.Text),
        sa.Column("fingerprint", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reporter", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("pair_key", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bad_cases"),
    )
    op.create_index("ix_bad_cases_status_id", "bad_cases", ["status", "id"])
    op.create_index("ix_bad_cases_domain_id", "bad_cases", ["domain", "id"])
    op.create_index(
        "uq_bad_cases_open_pair",
        "bad_cases",
        ["pair_key", "domain"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "bad_case_history",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("old", sa.Text),
        sa.Column("new", sa.Text),
        sa.Column("undoes", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_bad_case_history"),
        sa.ForeignKeyConstraint(["case_id"], ["bad_cases.id"], name="fk_bad_case_history_case_id_bad_cases"),
        sa.ForeignKeyConstraint(
            ["undoes"], ["bad_case_history.id"], name="fk_bad_case_history_undoes_bad_case_history"
        ),
    )
    op.create_index("ix_bad_case_history_case_id", "bad_case_history", ["case_id"])
