"""Make datasets from others: splits, merges, filtered rows, copies of earlier versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from calibration.certificates.sampling_design import UNKNOWN
from calibration.errors import N_, AlreadyExists, BadArgument, EmptyInput
from calibration.messages.note import note
from calibration.store.content import content_hash
from calibration.store.database import insert_row
from calibration.store.datasets.events import DERIVATIONS, change
from calibration.store.datasets.records import DATASET, KIND, Origin, checked_name
from calibration.store.datasets.rows import read_frame
from calibration.store.datasets.sql import fetch_row, named, put_rows
from calibration.store.rows import Row, frame_rows
from calibration.store.schema import datasets


@dataclass(frozen=True)
class Part:
    """Rows of a dataset by their numbers (from 0), None for all; of `version`, of the newest if None."""

    dataset_id: int
    rows: Sequence[int] | None = None
    version: int | None = None


def new_dataset(connection: Connection, name: str, source: str, drawn: str, now: datetime) -> RowMapping:
    """An empty dataset at version 0, to be filled in the same transaction.

    :raises AlreadyExists: a living dataset has the name.
    """
    if connection.execute(select(datasets.c.id).where(named(name))).first() is not None:
        raise AlreadyExists(KIND, name)
    empty = {"columns": "[]", "rows": 0, "content_hash": "", "version": 0, "created_at": now, "updated_at": now}
    return fetch_row(connection, insert_row(connection, datasets, name=name, source=source, drawn=drawn, **empty))


def extend(
    connection: Connection,
    dataset: RowMapping,
    rows: Sequence[Row],
    columns: Sequence[str],
    origins: Sequence[Origin],
    now: datetime,
    action: str,
    *,
    actor: str,
    detail: Mapping[str, object],
) -> None:
    """Put `rows` behind those that the dataset has, as one event.

    :raises BadArgument: not one origin a row.
    """
    if len(origins) != len(rows):
        raise BadArgument("origins", N_("one for each row"), len(origins))
    put_rows(connection, dataset["id"], dataset["rows"], rows, origins)
    digest = content_hash(rows, dataset["content_hash"], dataset["rows"])
    merged = [*json.loads(dataset["columns"])]
    merged += [column for column in columns if column not in merged]
    values = {"rows": dataset["rows"] + len(rows), "columns": json.dumps(merged), "content_hash": digest}
    change(connection, dataset, now, action, actor=actor, detail={**detail, "rows": len(rows)}, **values)


def make(
    connection: Connection,
    name: str,
    parts: Sequence[Part],
    how: str,
    now: datetime,
    *,
    drawn: str | None,
    actor: str,
) -> int:
    """Make a dataset of `parts`, one behind the other; returns its id.

    drawn: how its pairs were drawn; None where the way of its parts stays true, if they agree.

    :raises NotFound: no such dataset, version or row.
    :raises EmptyInput: no row is left.
    :raises AlreadyExists, BadArgument: the name cannot be had, or no such way to make one.
    """
    if how not in DERIVATIONS:
        raise BadArgument("how", " | ".join(DERIVATIONS), how)
    name, taken = checked_name(name), [_take(connection, part) for part in parts]
    rows = [row for part in taken for row in part.rows]
    if not rows:
        raise EmptyInput(name)
    ways = {part.dataset["drawn"] for part in taken}
    way = drawn or (ways.pop() if len(ways) == 1 else UNKNOWN)
    source = " + ".join(dict.fromkeys(str(part.dataset["name"]) for part in taken))
    dataset = new_dataset(connection, name, source, way, now)
    columns = tuple(dict.fromkeys(column for part in taken for column in part.columns))
    origins = [origin for part in taken for origin in part.origins]
    parents = [{"id": part.dataset["id"], "name": part.dataset["name"], "version": part.version} for part in taken]
    detail = {"name": name, "from": parents}
    extend(connection, dataset, rows, columns, origins, now, how, actor=actor, detail=detail)
    return int(dataset["id"])


@dataclass(frozen=True)
class _Taken:
    """What a part comes to: rows, their columns and origins, and the dataset and version that they are of."""

    dataset: RowMapping
    version: int
    rows: Sequence[Row]
    columns: tuple[str, ...]
    origins: Sequence[Origin]


def _take(connection: Connection, part: Part) -> _Taken:
    dataset = fetch_row(connection, part.dataset_id)
    version = dataset["version"] if part.version is None else part.version
    frame = read_frame(connection, dataset, version)
    places = range(len(frame)) if part.rows is None else part.rows
    if not all(0 <= place < len(frame) for place in places):
        raise BadArgument("rows", note(N_("between 0 and {most}"), most=len(frame) - 1), part.rows)
    rows = frame_rows(frame.iloc[list(places)], dataset["name"]) if len(places) else []
    origins = [Origin(DATASET, f"{dataset['id']}@{version}", place) for place in places]
    return _Taken(dataset, version, rows, tuple(frame.columns), origins)
