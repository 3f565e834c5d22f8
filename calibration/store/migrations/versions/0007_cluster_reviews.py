"""Reviews of clusters, which only the process remembered."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "cluster_runs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_runs"),
        sa.UniqueConstraint("key", name="uq_cluster_runs_key"),
    )
    op.create_table(
        "cluster_decisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_decisions"),
        sa.ForeignKeyConstraint(["run_id"], ["cluster_runs.id"], name="fk_cluster_decisions_run_id_cluster_runs"),
        sa.ForeignKeyConstraint(
            ["undoes"], ["cluster_decisions.id"], name="fk_cluster_decisions_undoes_cluster_decisions"
        ),
    )
    op.create_index("ix_cluster_decisions_run_id", "cluster_decisions", ["run_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("cluster_decisions")
    op.drop_table("cluster_runs")
