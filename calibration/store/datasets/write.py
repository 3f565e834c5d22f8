"""Write datasets: pairs as given, a unique name, and a complete history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import select

from calibration.certificates.sampling_design import data_draw
from calibration.errors import AlreadyExists
from calibration.store.content import content_hash
from calibration.store.database import Database
from calibration.store.datasets.editing import DatasetEditing
from calibration.store.datasets.events import ADD, APPEND, DELETE, DRAWN, RENAME, RESTORE, change
from calibration.store.datasets.making import Part, extend, make, new_dataset
from calibration.store.datasets.records import KIND, UPLOAD, Dataset, Origin, checked_name, numbered
from calibration.store.datasets.rows import read_frame
from calibration.store.datasets.sql import fetch_row, named, read_all, read_one
from calibration.store.rows import check_text, frame_rows, stored_columns
from calibration.store.schema import datasets


class DatasetRepository(DatasetEditing):
    """The datasets of a store. `version`, where given, is the one the caller has seen: else Conflict.

    Rows are only ever added behind the others, so a row's number is its name for good.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    def add(
        self,
        name: str,
        frame: pd.DataFrame,
        source: str = "",
        *,
        origins: Sequence[Origin] | None = None,
        drawn: str | None = None,
        actor: str = "",
    ) -> Dataset:
        """Store the canonical pairs of `frame` under `name`; the same rows under the same name are stored once.

        source: the file. origins: where each row comes from, say `uploaded(file, lines)`; without them, from
        `source`, the line unknown. drawn: how the pairs were drawn, a name of
        `calibration.certificates.sampling_design`.

        :raises AlreadyExists: other rows have this name; `free_name` proposes another.
        :raises BadArgument, ColumnsMissing, EmptyInput: the name or frame cannot be stored.
        """
        name, rows, way = checked_name(name), frame_rows(frame), data_draw(drawn).name
        check_text("source", source)
        given = origins or [Origin(UPLOAD, source)] * len(rows)
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            there = connection.execute(select(datasets).where(named(name))).mappings().one_or_none()
            if there is not None and there["content_hash"] == content_hash(rows):
                return replace(read_all(connection, [there])[0], reused=True)
            row = new_dataset(connection, name, source, way, now)
            detail = {"name": name}
            extend(connection, row, rows, stored_columns(frame), given, now, ADD, actor=actor, detail=detail)
            return read_one(connection, row["id"])

    def append(
        self,
        dataset_id: int,
        frame: pd.DataFrame,
        *,
        source: str = "",
        origins: Sequence[Origin] | None = None,
        version: int | None = None,
        actor: str = "",
    ) -> Dataset:
        """Put the rows of `frame` after those of the dataset, say bad cases (`origins=from_bad_cases(ids)`).

        :raises NotFound, Conflict: no such dataset, or it has changed since `version`.
        :raises BadArgument, ColumnsMissing, EmptyInput: the frame cannot be stored, or has not one origin a row.
        """
        rows, now = frame_rows(frame), self._database.clock()
        check_text("source", source)
        given = origins or [Origin(UPLOAD, source)] * len(rows)
        with self._database.write(KIND) as connection:
            row = fetch_row(connection, dataset_id, version, live=True)
            extend(connection, row, rows, stored_columns(frame), given, now, APPEND, actor=actor, detail={})
            return read_one(connection, dataset_id)

    def derive(
        self, makings: Mapping[str, Sequence[Part]], how: str, *, drawn: str | None = None, actor: str = ""
    ) -> tuple[Dataset, ...]:
        """Make datasets of parts of others, all of them or none; the keys of `makings` are their names.

        how: `split`, `merge`, `filter` or `copy`. drawn: how the new ones' pairs were drawn; None where what is
        known of the parts stays true.

        :raises NotFound, Conflict: no such dataset or version.
        :raises AlreadyExists, EmptyInput, BadArgument: a name is taken, no row is left, or no such row.
        """
        now = self._database.clock()
        way = None if drawn is None else data_draw(drawn).name
        with self._database.write(KIND) as connection:
            made = [
                make(connection, name, parts, how, now, drawn=way, actor=actor) for name, parts in makings.items()
            ]
            return tuple(read_one(connection, key) for key in made)

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

    def frame(self, dataset_id: int, version: int | None = None) -> pd.DataFrame:
        """Its pairs now, or as they were at an earlier `version`: rows, order, columns and dtypes; of deleted too.

        :raises NotFound: no such dataset, or it never had that version.
        """
        with self._database.read() as connection:
            return read_frame(connection, fetch_row(connection, dataset_id), version)

    def free_name(self, name: str) -> str:
        """`name`, or the first of `name (2)`, `name (3)`... that no living dataset has."""
        taken = {dataset.name for dataset in self.list()}
        return next(candidate for candidate in numbered(checked_name(name)) if candidate not in taken)

    def rename(self, dataset_id: int, name: str, *, version: int | None = None, actor: str = "") -> Dataset:
        """Give it another name.

        :raises AlreadyExists: a living dataset has it.
        """
        return self._change(dataset_id, RENAME, version, actor, live=True, name=checked_name(name))

    def set_drawn(self, dataset_id: int, drawn: str, *, version: int | None = None, actor: str = "") -> Dataset:
        """Say how its pairs were drawn, by a name of `calibration.certificates.sampling_design`.

        :raises BadArgument: not such a name.
        """
        return self._change(dataset_id, DRAWN, version, actor, live=True, drawn=data_draw(drawn).name)

    def delete(self, dataset_id: int, *, version: int | None = None, actor: str = "") -> Dataset:
        """Take it out of the listing and free its name; `restore` brings it back."""
        moment = self._database.clock()
        return self._change(dataset_id, DELETE, version, actor, live=True, deleted_at=moment)

    def restore(self, dataset_id: int, name: str | None = None, *, actor: str = "") -> Dataset:
        """Bring a deleted dataset back, under another `name` if its own is taken by now.

        :raises AlreadyExists: a living dataset has the name.
        """
        renamed = {} if name is None else {"name": checked_name(name)}
        return self._change(dataset_id, RESTORE, None, actor, live=False, deleted_at=None, **renamed)

    def _change(
        self, dataset_id: int, action: str, version: int | None, actor: str, *, live: bool, **values: Any
    ) -> Dataset:
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            row = fetch_row(connection, dataset_id, version, live=live)
            name = values.get("name", row["name"])
            other = named(name) & (datasets.c.id != dataset_id)
            if action != DELETE and connection.execute(select(datasets.c.id).where(other)).first() is not None:
                raise AlreadyExists(KIND, name)
            detail = {"old": row["name"], "name": name}
            if action == DRAWN:
                detail = {"old": row["drawn"], "drawn": values["drawn"]}
            change(connection, row, now, action, actor=actor, detail=detail, **values)
            return read_one(connection, dataset_id)
