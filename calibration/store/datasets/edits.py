"""Change cells of a dataset, undo and redo, inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

import numpy as np
from sqlalchemy import Connection, RowMapping, bindparam, select, update

from calibration.columns import (
    DOMAIN,
    KIND,
    LABEL,
    LABEL_MAX,
    NOTE,
    PURPOSE,
    PURPOSE_CALIBRATE,
    PURPOSE_REVIEW,
)
from calibration.errors import N_, BadArgument, Conflict, NotFound
from calibration.store.content import replaced
from calibration.store.datasets.events import (
    EDIT,
    REDO,
    UNDO,
    Cell,
    cell_changes,
    change,
    read_changes,
    write_cells,
)
from calibration.store.datasets.sql import CHUNK, add_counts
from calibration.store.rows import STORED, LabelCount, Row, check_text, count_labels
from calibration.store.schema import dataset_events, pairs

EDITABLE: Final = (LABEL, DOMAIN, PURPOSE, NOTE)
"""The columns that can be edited. Texts cannot: another text is another pair, with another origin."""
PLACES: Final = {name: STORED.index(name) for name in EDITABLE}


class Unseen(Enum):
    """Stands for "whatever is there"."""

    UNSEEN = "unseen"


UNSEEN: Final = Unseen.UNSEEN


@dataclass(frozen=True)
class Edit:
    """Row `row` (from 0) shall have `value` in `column`, one of EDITABLE.

    was: what the editor saw there; where something else is there by now, the edit is a Conflict.
    """

    row: int
    column: str
    value: Cell
    was: Cell | Unseen = UNSEEN


def apply(
    connection: Connection,
    dataset: RowMapping,
    edits: Sequence[Edit],
    now: datetime,
    action: str = EDIT,
    *,
    actor: str = "",
    undoes: int | None = None,
) -> None:
    """Make these edits as one event; those that change nothing are left out, and if all are, nothing happens.

    :raises NotFound: no such row.
    :raises Conflict: a cell holds something else than the editor saw.
    :raises BadArgument: not a value for its column.
    """
    before = _rows_at(connection, dataset["id"], {edit.row for edit in edits})
    after = _edited(before, edits)
    touched = sorted(row for row in after if after[row] != before[row])
    if not touched:
        return
    _check_labels(after[row] for row in touched)
    _write_rows(connection, dataset["id"], touched, after)
    digest = dataset["content_hash"]
    for row in touched:
        digest = replaced(digest, row, before[row], after[row])
    gone = (LabelCount(c.domain, c.kind, c.label, -c.rows) for c in count_labels([before[row] for row in touched]))
    add_counts(connection, dataset["id"], (*gone, *count_labels([after[row] for row in touched])))
    cells = [
        (row, name, before[row][place], after[row][place])
        for row in touched
        for name, place in PLACES.items()
        if before[row][place] != after[row][place]
    ]
    columns = json.loads(dataset["columns"])
    columns += [name for name in dict.fromkeys(cell[1] for cell in cells) if name not in columns]
    values = {"content_hash": digest, "columns": json.dumps(columns)}
    detail = {"cells": len(cells), **dict(zip(("row", "field", "old", "new"), cells[0], strict=True))}
    event = change(connection, dataset, now, action, actor=actor, detail=detail, undoes=undoes, **values)
    write_cells(connection, event, dataset["id"], cells)


def _edited(before: Mapping[int, Row], edits: Sequence[Edit]) -> dict[int, Row]:
    """The rows after the edits; where two name one cell, the later counts."""
    after = dict(before)
    for edit in edits:
        value = _checked(edit)
        if edit.row not in after:
            raise NotFound("row", edit.row + 1)
        row, place = after[edit.row], PLACES[edit.column]
        if edit.was is not UNSEEN and edit.was != before[edit.row][place]:
            raise Conflict("row", edit.row + 1)
        after[edit.row] = (*row[:place], value, *row[place + 1 :])
    return after


def undo(connection: Connection, dataset: RowMapping, now: datetime, actor: str, by: str | None = None) -> None:
    """Take back the last edit that stands, or the last one that `by` made.

    :raises NotFound: there is none.
    :raises Conflict: one of its cells was changed since.
    """
    _reverse(connection, dataset, undoable(connection, dataset["id"], by), now, UNDO, actor)


def redo(connection: Connection, dataset: RowMapping, now: datetime, actor: str, by: str | None = None) -> None:
    """Do again what was last taken back, or what `by` took back, as long as nothing was edited (by them) since.

    :raises NotFound: there is nothing to do again.
    :raises Conflict: one of its cells was changed since.
    """
    _reverse(connection, dataset, redoable(connection, dataset["id"], by), now, REDO, actor)


def undoable(connection: Connection, dataset_id: int, by: str | None = None) -> int | None:
    """The event that `undo` would take back, or None."""
    return _last(connection, dataset_id, (EDIT, REDO), by)


def redoable(connection: Connection, dataset_id: int, by: str | None = None) -> int | None:
    """The undo event that `redo` would revert, or None if there was an edit since."""
    event = _last(connection, dataset_id, (UNDO,), by)
    table = dataset_events.c
    newer = select(table.id).where(table.dataset_id == dataset_id, table.action == EDIT, table.id > (event or 0))
    newer = newer if by is None else newer.where(table.actor == by)
    return None if event is None or connection.execute(newer.limit(1)).first() else event


def _last(connection: Connection, dataset_id: int, actions: Sequence[str], by: str | None) -> int | None:
    """The newest event of these actions, of anybody or of `by`, that no other takes back."""
    table, other = dataset_events.c, dataset_events.alias().c
    taken_back = select(other.id).where(other.undoes == table.id).exists()
    query = select(table.id).where(table.dataset_id == dataset_id, table.action.in_(actions), ~taken_back)
    query = query if by is None else query.where(table.actor == by)
    found: int | None = connection.execute(query.order_by(table.id.desc()).limit(1)).scalar_one_or_none()
    return found


REVERSIBLE: Final = {UNDO: N_("edit to take back in dataset"), REDO: N_("edit to do again in dataset")}
"""What is missing where there is nothing to reverse."""


def _reverse(
    connection: Connection, dataset: RowMapping, event: int | None, now: datetime, action: str, actor: str
) -> None:
    """Put every cell that `event` changed back to what it was before it."""
    if event is None:
        raise NotFound(REVERSIBLE[action], dataset["name"])
    changes = read_changes(connection, cell_changes(dataset["id"]).where(dataset_events.c.id == event))
    edits = [Edit(cell.row, cell.field, cell.old, cell.new) for cell in reversed(changes)]
    apply(connection, dataset, edits, now, action, actor=actor, undoes=event)


def _rows_at(connection: Connection, dataset_id: int, places: Iterable[int]) -> dict[int, Row]:
    wanted = sorted(places)
    found: dict[int, Row] = {}
    stored = [pairs.c[column] for column in STORED]
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        query = select(pairs.c.position, *stored).where(pairs.c.dataset_id == dataset_id)
        found |= {row[0]: tuple(row[1:]) for row in connection.execute(query.where(pairs.c.position.in_(part)))}
    return found


def _write_rows(connection: Connection, dataset_id: int, places: Sequence[int], rows: Mapping[int, Row]) -> None:
    """All editable cells of these rows, in one statement for all."""
    mine = (pairs.c.dataset_id == dataset_id) & (pairs.c.position == bindparam("at"))
    statement = update(pairs).where(mine).values({name: bindparam(f"new_{name}") for name in EDITABLE})
    values = [{"at": row, **{f"new_{name}": rows[row][PLACES[name]] for name in EDITABLE}} for row in places]
    connection.execute(statement, values)


def _checked(edit: Edit) -> Cell:
    """The value as it is stored."""
    value = edit.value
    if edit.column not in EDITABLE:
        raise BadArgument("column", " | ".join(EDITABLE), edit.column)
    if edit.column == LABEL:
        if not isinstance(value, int | float) or not np.isfinite(value):
            raise BadArgument(LABEL, N_("a number"), value)
        return float(value) + 0.0
    text = None if value is None else str(value).strip() if edit.column == DOMAIN else str(value)
    check_text(edit.column, text)
    if edit.column == DOMAIN and not text:
        raise BadArgument(DOMAIN, N_("given in every row"), value)
    if edit.column == PURPOSE and text not in (None, PURPOSE_CALIBRATE, PURPOSE_REVIEW):
        raise BadArgument(PURPOSE, f"{PURPOSE_CALIBRATE} | {PURPOSE_REVIEW}", value)
    return text


def _check_labels(rows: Iterable[Row]) -> None:
    label, kind = STORED.index(LABEL), STORED.index(KIND)
    for row in rows:
        value = float(row[label] or 0.0)
        if not 0 <= value <= LABEL_MAX[str(row[kind])]:
            raise BadArgument(LABEL, N_("within the range of its kind"), value)
