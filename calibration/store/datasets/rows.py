"""Rows of a dataset: filtered, of an earlier version, with their origin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, or_, select

from calibration.columns import PURPOSE_CALIBRATE
from calibration.errors import N_, NotFound
from calibration.store.datasets.events import CellChange, cell_changes, read_changes
from calibration.store.datasets.records import Origin
from calibration.store.rows import STORED, Row, check_text, rows_frame
from calibration.store.schema import dataset_counts, dataset_edits, dataset_events, datasets, pairs

CELLS: Final = tuple(pairs.c[column] for column in STORED)


@dataclass(frozen=True)
class RowFilter:
    """Which rows are wanted; what is None or empty does not matter.

    label: a whole grade, for all labels from it up to the next, as they are counted. text: looked for in texts and
    notes.
    """

    domain: str | None = None
    kind: str | None = None
    label: float | None = None
    purpose: str | None = None
    text: str = ""


@dataclass(frozen=True)
class RowPage:
    """Some of the `total` rows found: `frame` has all stored columns, and the row numbers (from 0) as its index."""

    total: int
    frame: pd.DataFrame


@dataclass(frozen=True)
class TraceStep:
    """A row in one dataset: where it came from, and what was changed there, oldest first.

    In a dataset that another was made of, changes count up to the version that it was made of.
    """

    dataset_id: int
    name: str
    row: int
    origin: Origin
    changes: tuple[CellChange, ...]


def conditions(dataset_id: int, wanted: RowFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter; `text` is taken literally.

    :raises BadArgument: `text` cannot be in any text.
    """
    found = [pairs.c.dataset_id == dataset_id]
    exact = {"domain": wanted.domain, "kind": wanted.kind}
    found += [pairs.c[column] == value for column, value in exact.items() if value is not None]
    if wanted.label is not None:
        found += [pairs.c.label >= wanted.label, pairs.c.label < wanted.label + 1]
    if wanted.purpose is not None:
        found.append(func.coalesce(pairs.c.purpose, PURPOSE_CALIBRATE) == wanted.purpose)
    if wanted.text:
        check_text("text", wanted.text)
        searched = (pairs.c.text_a, pairs.c.text_b, pairs.c.note)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in searched)))
    return found


def read_page(
    connection: Connection, dataset_id: int, wanted: RowFilter, limit: int | None, offset: int
) -> RowPage:
    """The rows that a filter finds, in their order."""
    where = conditions(dataset_id, wanted)
    total = connection.execute(_count(dataset_id, wanted, where)).scalar_one()
    query = select(pairs.c.position, *CELLS).where(*where).order_by(pairs.c.position).limit(limit).offset(offset)
    rows = connection.execute(query).all()
    frame = rows_frame([tuple(row[1:]) for row in rows], STORED)
    return RowPage(total, frame.set_axis(pd.Index([row[0] for row in rows], dtype="int64"), axis=0))


def _count(dataset_id: int, wanted: RowFilter, where: Sequence[ColumnElement[bool]]) -> Select[int]:
    """How many rows a filter finds; those of a whole dataset are counted already, and a million take long."""
    if wanted != RowFilter():
        return select(func.count()).select_from(pairs).where(*where)
    counted = dataset_counts.c
    return select(func.coalesce(func.sum(counted.rows), 0)).where(counted.dataset_id == dataset_id)


def read_rows(connection: Connection, dataset_id: int, limit: int | None = None) -> list[Row]:
    """The first rows of a dataset as they are now, all without `limit`."""
    query = select(*CELLS).where(pairs.c.dataset_id == dataset_id).order_by(pairs.c.position).limit(limit)
    return [tuple(row) for row in connection.execute(query)]


def read_frame(connection: Connection, dataset: RowMapping, version: int | None) -> pd.DataFrame:
    """The pairs at `version`, now if None: from those of now, every later change is taken back.

    :raises NotFound: it never had that version.
    """
    if version is None or version == dataset["version"]:
        return rows_frame(read_rows(connection, dataset["id"]), json.loads(dataset["columns"]))
    event = dataset_events.c
    query = select(event.rows, event.columns).where(event.dataset_id == dataset["id"], event.version == version)
    then = connection.execute(query).one_or_none()
    if then is None:
        raise NotFound(N_("version of dataset"), f"{dataset['name']}@{version}")
    rows = read_rows(connection, dataset["id"], then.rows)
    later = read_changes(connection, cell_changes(dataset["id"]).where(event.version > version))
    for cell in reversed(later):
        if cell.row < then.rows:
            row, place = rows[cell.row], STORED.index(cell.field)
            rows[cell.row] = (*row[:place], cell.old, *row[place + 1 :])
    return rows_frame(rows, json.loads(then.columns))


def read_trace(connection: Connection, dataset_id: int, row: int) -> tuple[TraceStep, ...]:
    """Where a row comes from: this dataset first, then the ones that it was made of.

    :raises NotFound: no such row.
    """
    steps: list[TraceStep] = []
    version: int | None = None
    place: int | None = row
    while place is not None:
        step = _step(connection, dataset_id, place, version)
        steps.append(step)
        dataset_id, version = step.origin.dataset or (dataset_id, None)
        place = step.origin.row if step.origin.dataset else None
    return tuple(steps)


def _step(connection: Connection, dataset_id: int, row: int, version: int | None) -> TraceStep:
    pair = pairs.c
    query = select(pair.origin_kind, pair.origin_key, pair.origin_row, datasets.c.name)
    query = query.select_from(pairs.join(datasets)).where(pair.dataset_id == dataset_id, pair.position == row)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound("row", row + 1)
    changes = cell_changes(dataset_id).where(dataset_edits.c.position == row)
    if version is not None:
        changes = changes.where(dataset_events.c.version <= version)
    origin = Origin(found.origin_kind, found.origin_key, found.origin_row)
    return TraceStep(dataset_id, found.name, row, origin, read_changes(connection, changes))
