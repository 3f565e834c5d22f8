"""SQL statements for datasets, run inside the caller's transaction."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from calibration.errors import Conflict, NotFound
from calibration.store.database import insert_many
from calibration.store.datasets.records import KIND, Dataset, Origin
from calibration.store.rows import STORED, LabelCount, Row, count_labels
from calibration.store.schema import dataset_counts, datasets, pairs

PAIR_COLUMNS: Final = ("dataset_id", "position", *STORED, "origin_kind", "origin_key", "origin_row")
CHUNK: Final = 20_000
"""Rows a statement: more bring no speed, only memory."""


def named(name: str) -> ColumnElement[bool]:
    """The living dataset of that name."""
    return (datasets.c.name == name) & datasets.c.deleted_at.is_(None)


def fetch_row(
    connection: Connection, dataset_id: int, version: int | None = None, *, live: bool = False
) -> RowMapping:
    """The table's row of a dataset, a living one if `live`, still at `version` if that is given.

    :raises NotFound, Conflict: it is not there, or at another version.
    """
    row = connection.execute(select(datasets).where(datasets.c.id == dataset_id)).mappings().one_or_none()
    if row is None or (live and row["deleted_at"] is not None):
        raise NotFound(KIND, dataset_id)
    if version is not None and row["version"] != version:
        raise Conflict(KIND, row["name"])
    return row


def update_row(connection: Connection, row: RowMapping, now: datetime, **values: Any) -> None:
    """Change `row`, unless somebody did so since it was read.

    :raises Conflict: somebody did.
    """
    mine = (datasets.c.id == row["id"]) & (datasets.c.version == row["version"])
    values |= {"version": row["version"] + 1, "updated_at": now}
    if connection.execute(update(datasets).where(mine).values(**values)).rowcount != 1:
        raise Conflict(KIND, row["name"])


def put_rows(
    connection: Connection, dataset_id: int, first: int, rows: Sequence[Row], origins: Sequence[Origin]
) -> None:
    """Put `rows`, with where they come from, at the places from `first` on, and count them."""
    for start in range(0, len(rows), CHUNK):
        part = zip(rows[start : start + CHUNK], origins[start : start + CHUNK], strict=True)
        insert_many(
            connection,
            pairs,
            PAIR_COLUMNS,
            [
                (dataset_id, place, *values, origin.kind, origin.key, origin.row)
                for place, (values, origin) in enumerate(part, first + start)
            ],
        )
    add_counts(connection, dataset_id, count_labels(rows))


def add_counts(connection: Connection, dataset_id: int, added: Iterable[LabelCount]) -> None:
    """Add to the counts of a dataset; rows that are gone count below zero."""
    total = Counter({(c.domain, c.kind, c.label): c.rows for c in _counts(connection, [dataset_id])[dataset_id]})
    for count in added:
        total[count.domain, count.kind, count.label] += count.rows
    connection.execute(delete(dataset_counts).where(dataset_counts.c.dataset_id == dataset_id))
    names = ("dataset_id", "domain", "kind", "label", "rows")
    kept = [(dataset_id, *key, rows) for key, rows in total.items() if rows]
    connection.execute(insert(dataset_counts), [dict(zip(names, values, strict=True)) for values in kept])


def _counts(connection: Connection, ids: Sequence[int]) -> dict[int, list[LabelCount]]:
    found: dict[int, list[LabelCount]] = defaultdict(list)
    table = dataset_counts.c
    query = select(dataset_counts).order_by(table.domain, table.kind, table.label)
    if len(ids) == 1:
        query = query.where(table.dataset_id == ids[0])
    for dataset_id, domain, kind, label, rows in connection.execute(query):
        found[dataset_id].append(LabelCount(domain, kind, label, rows))
    return found


def read_all(connection: Connection, rows: Sequence[RowMapping]) -> tuple[Dataset, ...]:
    """The datasets of these table rows, with their counts."""
    counts = _counts(connection, [row["id"] for row in rows])
    return tuple(
        Dataset(**{**row, "columns": tuple(json.loads(row["columns"]))}, counts=tuple(counts[row["id"]]))
        for row in rows
    )


def read_one(connection: Connection, dataset_id: int) -> Dataset:
    """One dataset, deleted or not.

    :raises NotFound: it is not there.
    """
    return read_all(connection, [fetch_row(connection, dataset_id)])[0]
