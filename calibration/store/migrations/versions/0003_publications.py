"""Policies: who saved them and on which data, and every publication with its reason and what the gate found."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("saved_by", "basis", "edits")


def upgrade() -> None:
    """Add them, and fill them from the audit log, which has recorded the same events from the start."""
    with op.batch_alter_table("policies") as policies:
        policies.add_column(sa.Column("saved_by", sa.Text, nullable=False, server_default=""))
        policies.add_column(sa.Column("basis", sa.Text, nullable=False, server_default="[]"))
        policies.add_column(sa.Column("edits", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("policies") as policies:
        for column in COLUMNS:
            policies.alter_column(column, server_default=None)
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("policy_id", sa.Text, nullable=False),
        sa.Column("replaced", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("gate", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name="fk_publications_policy_id_policies"),
        sa.ForeignKeyConstraint(["replaced"], ["policies.id"], name="fk_publications_replaced_policies"),
    )
    op.create_index("ix_publications_policy_id", "publications", ["policy_id"])
    _carry_over(op.get_bind())


def downgrade() -> None:
    """Drop them; the audit log keeps the events."""
    op.drop_table("publications")
    with op.batch_alter_table("policies") as policies:
        for column in COLUMNS:
            policies.drop_column(column)


def _carry_over(connection: sa.Connection) -> None:
    events = sa.text(
        "SELECT at, actor, action, key, detail FROM audit_events WHERE kind = 'policy' "
        "AND action IN ('save', 'publish', 'rollback') AND key IN (SELECT id FROM policies) ORDER BY id"
    )
    saved = sa.text("UPDATE policies SET saved_by = :actor WHERE id = :key")
    published = sa.text(
        "INSERT INTO publications (at, actor, action, policy_id, replaced, reason) "
        "VALUES (:at, :actor, :action, :key, :replaced, '')"
    )
    for row in connection.execute(events).mappings().all():
        if row["action"] == "save":
            connection.execute(saved, {"actor": row["actor"], "key": row["key"]})
        else:
            values = {name: row[name] for name in ("at", "actor", "action", "key")}
            connection.execute(published, values | {"replaced": json.loads(row["detail"]).get("replaced")})
