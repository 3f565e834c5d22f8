"""Labelling sessions; opinions, leases and answers of reviews."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from calibration.store.bad_cases.opinions import contradict

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)
TABLES: Final = (
    "review_answers", "review_leases", "case_opinions",
    "session_answers", "session_leases", "session_pairs", "labelling_sessions",
)  # fmt: skip


def upgrade() -> None:
    """Add the tables, and the opinions that the history of cases holds."""
    _sessions()
    _reviews()
    op.add_column("bad_cases", sa.Column("conflict", sa.Integer, nullable=False, server_default="0"))
    _fill(op.get_bind())


def downgrade() -> None:
    """Drop what was added."""
    op.drop_column("bad_cases", "conflict")
    for table in TABLES:
        op.drop_table(table)


def _sessions() -> None:
    op.create_table(
        "labelling_sessions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("sampling", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("batch_size", sa.Integer, nullable=False),
        sa.Column("dataset_id", sa.Integer),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_labelling_sessions"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_labelling_sessions_dataset_id_datasets"),
    )
    op.create_table(
        "session_pairs",
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text_a", sa.Text, nullable=False),
        sa.Column("text_b", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "position", name="pk_session_pairs"),
        _of_session("session_pairs"),
    )
    op.create_table(
        "session_leases",
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("labeller", sa.String(80), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "position", "labeller", name="pk_session_leases"),
        _of_session("session_leases"),
    )
    op.create_table(
        "session_answers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("labeller", sa.String(80), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("label", sa.Double),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session_answers"),
        sa.UniqueConstraint("answer_id", name="uq_session_answers_answer_id"),
        _of_session("session_answers"),
    )
    op.create_index("ix_session_answers_session_id_position", "session_answers", ["session_id", "position"])


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_session_id_labelling_sessions"
    return sa.ForeignKeyConstraint(["session_id"], ["labelling_sessions.id"], name=name)


def _reviews() -> None:
    op.create_table(
        "case_opinions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reporter", sa.Text, nullable=False),
        sa.Column("expected", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_opinions"),
        _of_case("case_opinions"),
    )
    op.create_index("ix_case_opinions_case_id", "case_opinions", ["case_id"])
    op.create_table(
        "review_leases",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_review_leases"),
        _of_case("review_leases"),
    )
    op.create_table(
        "review_answers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_answers"),
        sa.UniqueConstraint("answer_id", name="uq_review_answers_answer_id"),
        _of_case("review_answers"),
    )
    op.create_index("ix_review_answers_case_id", "review_answers", ["case_id"])


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["bad_cases.id"], name=f"fk_{table}_case_id_bad_cases")


def _fill(connection: sa.Connection) -> None:
    """An opinion for each report: the first, whose expectation may have been corrected, and the repeated ones."""
    connection.execute(
        sa.text(
            "INSERT INTO case_opinions (case_id, at, reporter, expected, note, source) "
            "SELECT c.id, c.created_at, c.reporter, COALESCE((SELECT old FROM bad_case_history h "
            "WHERE h.case_id = c.id AND h.action = 'changed' AND h.field = 'expected' ORDER BY h.id LIMIT 1), "
            "c.expected), c.note, c.source "
            "FROM bad_cases c ORDER BY c.id"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO case_opinions (case_id, at, reporter, expected, note, source) "
            "SELECT h.case_id, h.at, h.actor, h.new, '', '' FROM bad_case_history h "
            "WHERE h.action = 'reported' AND h.field = 'expected' ORDER BY h.id"
        )
    )
    said: dict[int, set[str]] = {}
    for case_id, expected in connection.execute(sa.text("SELECT case_id, expected FROM case_opinions")):
        said.setdefault(case_id, set()).add(expected)
    apart = [{"id": case_id} for case_id, opinions in said.items() if contradict(opinions)]
    if apart:
        open_case = "UPDATE bad_cases SET conflict = 1 WHERE id = :id AND status = 'new'"
        connection.execute(sa.text(open_case), apart)
