"""The history of a dataset: one event for each version, with the cells that an edit changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, select

from calibration.store.audit import record
from calibration.store.database import insert_many, insert_row
from calibration.store.datasets.records import KIND
from calibration.store.datasets.sql import update_row
from calibration.store.schema import dataset_edits, dataset_events

ADD: Final = "add"
APPEND: Final = "append"
EDIT: Final = "edit"
UNDO: Final = "undo"
REDO: Final = "redo"
RENAME: Final = "rename"
DELETE: Final = "delete"
RESTORE: Final = "restore"
DRAWN: Final = "drawn"
SPLIT: Final = "split"
MERGE: Final = "merge"
FILTER: Final = "filter"
COPY: Final = "copy"
DERIVATIONS: Final = (SPLIT, MERGE, FILTER, COPY)
"""How a dataset can be made of others; each is the first event of what was made."""

Cell = str | float | None
EDIT_COLUMNS: Final = ("event_id", "dataset_id", "position", "field", "old", "new")


@dataclass(frozen=True)
class DatasetEvent:
    """One change: at `at` (UTC) `actor` ("" where nobody gave a name) did `action`.

    version_before, version: the dataset's before and after; rows, content_hash: after it. undoes: the event that
    an undo or redo takes back. detail: what else there is to say, for edits the number of `cells` and the first
    of them (`row`, `field`, `old`, `new`).
    """

    id: int
    dataset_id: int
    at: datetime
    actor: str
    action: str
    version_before: int
    version: int
    rows: int
    content_hash: str
    undoes: int | None
    detail: dict[str, Any]


@dataclass(frozen=True)
class CellChange:
    """One cell changed by `action` (edit, undo, redo), which made the dataset's `version`; rows count from 0."""

    at: datetime
    actor: str
    action: str
    version: int
    row: int
    field: str
    old: Cell
    new: Cell


def change(
    connection: Connection,
    row: RowMapping,
    now: datetime,
    action: str,
    *,
    actor: str = "",
    detail: Mapping[str, Any] | None = None,
    undoes: int | None = None,
    **values: Any,
) -> int:
    """Set `values` of a dataset's table row and write the event that says so; returns the event's id.

    :raises Conflict: somebody changed the dataset since `row` was read.
    """
    update_row(connection, row, now, **values)
    said = dict(detail or {})
    after = {key: values.get(key, row[key]) for key in ("rows", "columns", "content_hash")}
    versions = {"version_before": row["version"], "version": row["version"] + 1}
    text = json.dumps(said, ensure_ascii=False)
    event = {"dataset_id": row["id"], "at": now, "actor": actor, "action": action, "undoes": undoes, "detail": text}
    record(connection, now, action, KIND, row["id"], actor=actor, detail=said)
    return insert_row(connection, dataset_events, **event, **versions, **after)


def write_cells(
    connection: Connection, event_id: int, dataset_id: int, cells: Sequence[tuple[int, str, Cell, Cell]]
) -> None:
    """Keep the cells (row, field, old, new) that an event changed."""
    rows = [
        (event_id, dataset_id, row, field, json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))
        for row, field, old, new in cells
    ]
    insert_many(connection, dataset_edits, EDIT_COLUMNS, rows)


def read_events(
    connection: Connection, dataset_id: int, limit: int | None = None, offset: int = 0
) -> tuple[DatasetEvent, ...]:
    """The events of a dataset, newest first."""
    shown = [column for column in dataset_events.c if column.name != "columns"]
    query = select(*shown).where(dataset_events.c.dataset_id == dataset_id)
    query = query.order_by(dataset_events.c.version.desc()).limit(limit).offset(offset)
    found = connection.execute(query).mappings()
    return tuple(DatasetEvent(**{**row, "detail": json.loads(row["detail"])}) for row in found)


def cell_changes(dataset_id: int) -> Select[Any]:
    """The cells of a dataset with the events that changed them, oldest first."""
    event, cell = dataset_events.c, dataset_edits.c
    place = cell.position.label("row")
    columns = (event.at, event.actor, event.action, event.version, place, cell.field, cell.old, cell.new)
    joined = dataset_edits.join(dataset_events, event.id == cell.event_id)
    return select(*columns).select_from(joined).where(cell.dataset_id == dataset_id).order_by(event.version)


def read_changes(connection: Connection, query: Select[Any]) -> tuple[CellChange, ...]:
    """The changes that a query made of `cell_changes` finds."""
    return tuple(
        CellChange(**{**row, "old": json.loads(row["old"]), "new": json.loads(row["new"])})
        for row in connection.execute(query).mappings()
    )
