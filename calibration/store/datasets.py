"""Uploaded datasets: their pairs as they were given, a name among the living, and counts at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import select

from calibration.errors import AlreadyExists
from calibration.store.audit import record
from calibration.store.database import Database, insert_row
from calibration.store.dataset_records import KIND, Dataset, checked_name, numbered
from calibration.store.dataset_sql import extend, fetch_row, named, read_all, read_one, update_row
from calibration.store.rows import STORED, check_text, content_hash, frame_rows, rows_frame, stored_columns
from calibration.store.schema import datasets, pairs


class DatasetRepository:
    """The datasets of a store. `version`, where given, is the one the caller has seen: else Conflict."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, frame: pd.DataFrame, source: str = "", *, actor: str = "") -> Dataset:
        """Store the canonical pairs of `frame` under `name`; the same rows under the same name are stored once.

        :raises AlreadyExists: other rows have this name; `free_name` proposes another.
        :raises BadArgument, ColumnsMissing, EmptyInput: the name or frame cannot be stored.
        """
        name, rows = checked_name(name), frame_rows(frame)
        check_text("source", source)
        digest = content_hash(rows)
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            there = connection.execute(select(datasets).where(named(name))).mappings().one_or_none()
            if there is not None:
                if there["content_hash"] != digest:
                    raise AlreadyExists(KIND, name)
                return replace(read_all(connection, [there])[0], reused=True)
            empty = {"columns": "[]", "rows": 0, "content_hash": "", "version": 0, "created_at": now}
            key = insert_row(connection, datasets, name=name, source=source, updated_at=now, **empty)
            row = fetch_row(connection, key)
            extend(connection, row, rows, stored_columns(frame), digest, now)
            record(connection, now, "add", KIND, row["id"], actor=actor, detail={"name": name, "rows": len(rows)})
            return read_one(connection, row["id"])

    def append(
        self, dataset_id: int, frame: pd.DataFrame, *, version: int | None = None, actor: str = ""
    ) -> Dataset:
        """Put the rows of `frame` after those of the dataset, say confirmed bad cases.

        :raises NotFound, Conflict: no such dataset, or it has changed since `version`.
        """
        rows, now = frame_rows(frame), self._database.clock()
        with self._database.write(KIND) as connection:
            row = fetch_row(connection, dataset_id, version, live=True)
            digest = content_hash(rows, before=row["content_hash"])
            extend(connection, row, rows, stored_columns(frame), digest, now)
            record(connection, now, "append", KIND, dataset_id, actor=actor, detail={"rows": len(rows)})
            return read_one(connection, dataset_id)

    def list(self, include_deleted: bool = False) -> tuple[Dataset, ...]:
        """All datasets, newest first, with their counts and without their rows."""
        query = select(datasets).order_by(datasets.c.id.desc())
        if not include_deleted:
            query = query.where(datasets.c.deleted_at.is_(None))
        with self._database.read() as connection:
            return read_all(connection, connection.execute(query).mappings().all())

    def get(self, dataset_id: int) -> Dataset:
        """One dataset, deleted ones too.

        :raises NotFound: no such dataset.
        """
        with self._database.read() as connection:
            return read_one(connection, dataset_id)

    def frame(self, dataset_id: int) -> pd.DataFrame:
        """Its pairs as they were added: rows, order, columns and dtypes; of deleted ones too.

        :raises NotFound: no such dataset.
        """
        query = select(*(pairs.c[column] for column in STORED)).where(pairs.c.dataset_id == dataset_id)
        with self._database.read() as connection:
            columns = json.loads(fetch_row(connection, dataset_id)["columns"])
            rows = [tuple(row) for row in connection.execute(query.order_by(pairs.c.position))]
        return rows_frame(rows, columns)

    def free_name(self, name: str) -> str:
        """`name`, or the first of `name (2)`, `name (3)`... that no living dataset has."""
        taken = {dataset.name for dataset in self.list()}
        return next(candidate for candidate in numbered(checked_name(name)) if candidate not in taken)

    def rename(self, dataset_id: int, name: str, *, version: int | None = None, actor: str = "") -> Dataset:
        """Give it another name.

        :raises AlreadyExists: a living dataset has it.
        """
        return self._change(dataset_id, "rename", version, actor, live=True, name=checked_name(name))

    def delete(self, dataset_id: int, *, version: int | None = None, actor: str = "") -> Dataset:
        """Take it out of the listing and free its name; `restore` brings it back."""
        moment = self._database.clock()
        return self._change(dataset_id, "delete", version, actor, live=True, deleted_at=moment)

    def restore(self, dataset_id: int, name: str | None = None, *, actor: str = "") -> Dataset:
        """Bring a deleted dataset back, under another `name` if its own is taken by now.

        :raises AlreadyExists: a living dataset has the name.
        """
        renamed = {} if name is None else {"name": checked_name(name)}
        return self._change(dataset_id, "restore", None, actor, live=False, deleted_at=None, **renamed)

    def _change(
        self, dataset_id: int, action: str, version: int | None, actor: str, *, live: bool, **values: Any
    ) -> Dataset:
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            row = fetch_row(connection, dataset_id, version, live=live)
            name = values.get("name", row["name"])
            other = named(name) & (datasets.c.id != dataset_id)
            if action != "delete" and connection.execute(select(datasets.c.id).where(other)).first() is not None:
                raise AlreadyExists(KIND, name)
            update_row(connection, row, now, **values)
            detail: dict[str, object] = {"old": row["name"], "name": name}
            record(connection, now, action, KIND, dataset_id, actor=actor, detail=detail)
            return read_one(connection, dataset_id)
