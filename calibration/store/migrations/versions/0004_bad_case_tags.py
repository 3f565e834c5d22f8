"""Bad cases: their tags, margin, cost and searched text; saved filters."""

from __future__ import annotations

import json
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from calibration.store.bad_cases.rules import cost_of, margin_of, searched_text, thresholds_in
from calibration.text.differences import pair_tags

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)
LISTED: Final = ("source", "reporter", "policy_id")
ADDED: Final = ("thresholds", "margin", "cost", "searched")
AT_ONCE: Final = 1000


def upgrade() -> None:
    """Add what is new, and work it out for the cases that are there."""
    op.add_column("bad_cases", sa.Column("thresholds", sa.Text))
    op.add_column("bad_cases", sa.Column("margin", sa.Double))
    op.add_column("bad_cases", sa.Column("cost", sa.Double))
    op.add_column("bad_cases", sa.Column("searched", sa.Text, nullable=False, server_default=""))
    for column in LISTED:
        op.create_index(f"ix_bad_cases_{column}_id", "bad_cases", [column, "id"])
    op.create_table(
        "bad_case_tags",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("tag", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "tag", name="pk_bad_case_tags"),
        sa.ForeignKeyConstraint(["case_id"], ["bad_cases.id"], name="fk_bad_case_tags_case_id_bad_cases"),
    )
    op.create_index("ix_bad_case_tags_tag_case_id", "bad_case_tags", ["tag", "case_id"])
    op.create_table(
        "case_filters",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_filters"),
        sa.UniqueConstraint("name", name="uq_case_filters_name"),
    )
    _fill(op.get_bind())


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("case_filters")
    op.drop_table("bad_case_tags")
    for column in LISTED:
        op.drop_index(f"ix_bad_cases_{column}_id", "bad_cases")
    for column in ADDED:
        op.drop_column("bad_cases", column)


def _fill(connection: sa.Connection) -> None:
    """Work out the new columns and the tags, some rows at a time."""
    policies = connection.execute(sa.text("SELECT id, document FROM policies"))
    documents = {key: json.loads(document) for key, document in policies}
    query = sa.text("SELECT * FROM bad_cases WHERE id > :after ORDER BY id LIMIT :limit")
    after = -1
    while rows := connection.execute(query, {"after": after, "limit": AT_ONCE}).mappings().all():
        after = rows[-1]["id"]
        connection.execute(
            sa.text(
                "UPDATE bad_cases SET thresholds = :thresholds, margin = :margin, cost = :cost, "
                "searched = :searched WHERE id = :id"
            ),
            [_new_columns(row, documents) for row in rows],
        )
        tags = [{"id": row["id"], "tag": tag} for row in rows for tag in pair_tags(row["text_a"], row["text_b"])]
        if tags:
            connection.execute(sa.text("INSERT INTO bad_case_tags (case_id, tag) VALUES (:id, :tag)"), tags)


def _new_columns(row: sa.RowMapping, documents: dict[str, Any]) -> dict[str, Any]:
    document = documents.get(row["policy_id"])
    thresholds = None if document is None else thresholds_in(document, row["domain"])
    return {
        "id": row["id"],
        "thresholds": None if thresholds is None else json.dumps(thresholds),
        "margin": margin_of(row["score"], row["expected"], thresholds),
        "cost": cost_of(row["expected"], row["tier_given"]),
        "searched": searched_text(row["text_a"], row["text_b"], row["note"]),
    }
