"""Edit a dataset: pages of rows, changes, undo and traces."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.store.database import Database
from calibration.store.datasets.edits import Edit, apply, redo, redoable, undo, undoable
from calibration.store.datasets.events import CellChange, DatasetEvent, cell_changes, read_changes, read_events
from calibration.store.datasets.records import BAD_CASE, KIND, Dataset
from calibration.store.datasets.rows import RowFilter, RowPage, TraceStep, conditions, read_page, read_trace
from calibration.store.datasets.sql import fetch_row, read_one
from calibration.store.schema import dataset_events, pairs


class DatasetEditing:
    """The rows and the history of datasets; part of DatasetRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, dataset_id: int, wanted: RowFilter | None = None, *, limit: int | None = 50, offset: int = 0
    ) -> RowPage:
        """Some of the rows that a filter finds, and how many it finds; without `limit` all of them.

        :raises NotFound: no such dataset.
        """
        with self._database.read() as connection:
            fetch_row(connection, dataset_id)
            return read_page(connection, dataset_id, wanted or RowFilter(), limit, offset)

    def edit(
        self, dataset_id: int, edits: Sequence[Edit], *, version: int | None = None, actor: str = ""
    ) -> Dataset:
        """Change cells, as one step that can be undone; costs as much as the cells, however long the dataset.

        :raises NotFound: no such dataset or row.
        :raises Conflict: the dataset changed since `version`, or a cell since the editor saw it.
        :raises BadArgument: not a value for its column.
        """
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            row = fetch_row(connection, dataset_id, version, live=True)
            apply(connection, row, edits, now, actor=actor)
            return read_one(connection, dataset_id)

    def undo(
        self, dataset_id: int, *, version: int | None = None, actor: str = "", by: str | None = None
    ) -> Dataset:
        """Take back the last edit that stands; again goes one edit further back.

        :param by: take back only what this person did, even if others have edited other cells since.
        :raises NotFound: no such dataset, or nothing to take back.
        :raises Conflict: the dataset changed since `version`, or a cell of the edit.
        """
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            undo(connection, fetch_row(connection, dataset_id, version, live=True), now, actor, by)
            return read_one(connection, dataset_id)

    def redo(
        self, dataset_id: int, *, version: int | None = None, actor: str = "", by: str | None = None
    ) -> Dataset:
        """Do again what was last taken back, until there is a new edit.

        :param by: do again only what this person took back.
        :raises NotFound: no such dataset, or nothing to do again.
        :raises Conflict: the dataset changed since `version`, or a cell of the edit.
        """
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            redo(connection, fetch_row(connection, dataset_id, version, live=True), now, actor, by)
            return read_one(connection, dataset_id)

    def can_undo(self, dataset_id: int, by: str | None = None) -> tuple[bool, bool]:
        """Whether there is something (of this person's) to undo, and something to redo."""
        with self._database.read() as connection:
            found = undoable(connection, dataset_id, by), redoable(connection, dataset_id, by)
            return found[0] is not None, found[1] is not None

    def history(self, dataset_id: int, *, limit: int | None = None, offset: int = 0) -> tuple[DatasetEvent, ...]:
        """Everything that was done to it, newest first; each event made one version.

        :raises NotFound: no such dataset.
        """
        with self._database.read() as connection:
            fetch_row(connection, dataset_id)
            return read_events(connection, dataset_id, limit, offset)

    def changes(self, dataset_id: int, version: int) -> tuple[CellChange, ...]:
        """The cells whose change made `version`; none where it was made in another way."""
        query = cell_changes(dataset_id).where(dataset_events.c.version == version)
        with self._database.read() as connection:
            return read_changes(connection, query)

    def trace(self, dataset_id: int, row: int) -> tuple[TraceStep, ...]:
        """Where row `row` (from 0) comes from and who changed it when: here, then in what this was made of.

        :raises NotFound: no such row.
        """
        with self._database.read() as connection:
            return read_trace(connection, dataset_id, row)

    def bad_cases_of(self, dataset_id: int) -> frozenset[int]:
        """The ids of the bad cases that its rows came from."""
        mine = (pairs.c.dataset_id == dataset_id) & (pairs.c.origin_kind == BAD_CASE)
        query = pairs.select().with_only_columns(pairs.c.origin_key).where(mine)
        with self._database.read() as connection:
            return frozenset(int(key) for key in connection.execute(query).scalars())

    def find_rows(self, dataset_id: int, wanted: RowFilter) -> tuple[int, ...]:
        """The numbers (from 0) of all rows that a filter finds."""
        query = pairs.select().with_only_columns(pairs.c.position).where(*conditions(dataset_id, wanted))
        with self._database.read() as connection:
            return tuple(connection.execute(query.order_by(pairs.c.position)).scalars())
