"""Datasets get a history, origins of their rows, a hash that an edit can carry on, and second labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ORIGIN = (("origin_kind", sa.String(16)), ("origin_key", sa.Text()), ("origin_row", sa.Integer()))
CELLS = ("text_a", "text_b", "label", "kind", "domain", "id", "split", "purpose", "note", "score")
DATASETS = sa.table(
    "datasets",
    *(sa.column(name) for name in ("id", "name", "columns", "rows", "version", "content_hash", "created_at")),
)
PAIRS = sa.table("pairs", sa.column("dataset_id"), sa.column("position"), *(sa.column(name) for name in CELLS))
AUDIT = sa.table(
    "audit_events", *(sa.column(name) for name in ("id", "at", "actor", "action", "kind", "key", "detail"))
)
EVENTS = sa.table(
    "dataset_events",
    *(
        sa.column(name)
        for name in (
            "dataset_id",
            "at",
            "actor",
            "action",
            "version_before",
            "version",
            "rows",
            "columns",
            "content_hash",
            "detail",
        )
    ),
)


def upgrade() -> None:
    """Make the tables; give every dataset its new hash, its rows their origin, and its past from the audit."""
    op.add_column("datasets", sa.Column("drawn", sa.String(16), nullable=False, server_default="unknown"))
    for name, kind in ORIGIN:
        op.add_column("pairs", sa.Column(name, kind))
    _history()
    _labellings()
    op.execute(
        "UPDATE pairs SET origin_kind = 'upload', origin_key ="
        " (SELECT source FROM datasets WHERE datasets.id = pairs.dataset_id)"
    )
    connection = op.get_bind()
    for dataset in connection.execute(sa.select(DATASETS)).mappings().all():
        _carry_over(connection, dataset)


def downgrade() -> None:
    """Drop the history; hashes stay as they are: they only have to tell contents apart."""
    for table in ("settlements", "labellings", "dataset_edits", "dataset_events"):
        op.drop_table(table)
    with op.batch_alter_table("pairs") as pairs:
        for name, _ in ORIGIN:
            pairs.drop_column(name)
    op.drop_column("datasets", "drawn")


def _history() -> None:
    op.create_table(
        "dataset_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("version_before", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dataset_events"),
        sa.UniqueConstraint("dataset_id", "version", name="uq_dataset_events_dataset_id_version"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_events_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["undoes"], ["dataset_events.id"], name="fk_dataset_events_undoes_dataset_events"),
    )
    op.create_index("ix_dataset_events_undoes", "dataset_events", ["undoes"])
    op.create_table(
        "dataset_edits",
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "position", "field", name="pk_dataset_edits"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["dataset_events.id"], name="fk_dataset_edits_event_id_dataset_events"
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_edits_dataset_id_datasets"),
    )
    op.create_index("ix_dataset_edits_dataset_id_position", "dataset_edits", ["dataset_id", "position"])


def _labellings() -> None:
    op.create_table(
        "labellings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dataset_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("labeller", sa.String(80), nullable=False),
        sa.Column("label", sa.Double),
        sa.Column("first", sa.Double, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_labellings"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_labellings_dataset_id_datasets"),
    )
    op.create_index(
        "ix_labellings_dataset_id_labeller_position", "labellings", ["dataset_id", "labeller", "position"]
    )
    op.create_table(
        "settlements",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("labelling_id", sa.Integer, nullable=False),
        sa.Column("chosen", sa.Double),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settlements"),
        sa.ForeignKeyConstraint(["labelling_id"], ["labellings.id"], name="fk_settlements_labelling_id_labellings"),
    )
    op.create_index("ix_settlements_labelling_id", "settlements", ["labelling_id"])


def _carry_over(connection: sa.Connection, dataset: sa.RowMapping) -> None:
    """One dataset's hash and history."""
    about = (AUDIT.c.kind == "dataset") & (AUDIT.c.key == str(dataset["id"]))
    recorded = connection.execute(sa.select(AUDIT).where(about).order_by(AUDIT.c.id)).mappings().all()
    past = [event for event in recorded if event["action"] in ("add", "append", "rename", "delete", "restore")]
    events = list(_versions(dataset, past))
    hashes = _hashes(connection, dataset["id"], {event["rows"] for event in events})
    for event in events:
        connection.execute(sa.insert(EVENTS).values(**event, content_hash=hashes[event["rows"]]))
    mine = DATASETS.c.id == dataset["id"]
    connection.execute(sa.update(DATASETS).where(mine).values(content_hash=hashes[dataset["rows"]]))


def _versions(dataset: sa.RowMapping, past: Sequence[sa.RowMapping]) -> Iterator[dict[str, Any]]:
    """The events that made each version, if the audit has every one; else one that stands for them all."""
    details = [json.loads(event["detail"]) for event in past]
    added = [
        int(detail.get("rows", 0)) if event["action"] in ("add", "append") else 0
        for event, detail in zip(past, details, strict=True)
    ]
    common = {"dataset_id": dataset["id"], "columns": dataset["columns"]}
    if len(past) != dataset["version"] or sum(added) != dataset["rows"]:
        yield common | {
            "at": dataset["created_at"],
            "actor": "",
            "action": "add",
            "version_before": 0,
            "version": dataset["version"],
            "rows": dataset["rows"],
            "detail": json.dumps({"name": dataset["name"], "rows": dataset["rows"]}, ensure_ascii=False),
        }
        return
    rows = 0
    for number, event in enumerate(past):
        rows += added[number]
        copied = {key: event[key] for key in ("at", "actor", "action", "detail")}
        yield common | copied | {"version_before": number, "version": number + 1, "rows": rows}


def _hashes(connection: sa.Connection, dataset_id: int, lengths: set[int]) -> dict[int, str]:
    """The hash of the first rows of a dataset, for each of these lengths."""
    query = sa.select(*(PAIRS.c[name] for name in CELLS)).where(PAIRS.c.dataset_id == dataset_id)
    total, place, found = 0, -1, {}
    for place, row in enumerate(connection.execute(query.order_by(PAIRS.c.position))):
        if place in lengths:
            found[place] = f"{total:064x}"
        line = json.dumps((place, *row), ensure_ascii=False, separators=(",", ":"))
        total = (total + int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")) % (1 << 256)
    found[place + 1] = f"{total:064x}"
    return found
