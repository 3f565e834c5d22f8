"""What is being edited in the table of pairs, and what of it is stored.

Streamlit's editor reports the cells that differ from the data it was given, all of them every time; a cell that is
typed back to what it was is no longer reported, and a table under another key forgets what is being typed into it.
So the page keeps the data and the key of an `Edition` as long as its user edits, and remembers which cells are
stored: what is reported, and what is no longer, then says what is still to be stored. Only its user's own step
elsewhere (undo, a filter, another page of rows) begins a new edition.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from calibration.errors import BadArgument, Conflict, NotFound, SimTierError
from calibration.store import Dataset, Edit, RowFilter
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.roles import NotPermitted

SETTLE: Final = 0.25
"""Seconds for which a table stays when it is to be replaced: browsers report an edit 0.15 s after it was made."""
MANY: Final = 50
"""More versions than these are not looked through."""
REFUSALS: Final = (Conflict, BadArgument, NotFound, NotPermitted)

Place = tuple[int, str]
"""A cell: which row of the page, which column."""


@dataclass
class Edition:
    """A page of rows as it was first shown.

    stored: the cells stored since. refused: those that could not be, with what was typed and why. over: whether the
    rows are to be reloaded.
    """

    key: str
    place: tuple[int, RowFilter, int]
    version: int
    page: pd.DataFrame
    stored: dict[Place, Any] = field(default_factory=dict)
    refused: dict[Place, tuple[Edit, SimTierError]] = field(default_factory=dict)
    over: bool = False

    def edits(self, changed: Mapping[int, Mapping[str, Any]]) -> list[Edit]:
        """What the reported cells still ask to be stored, with what the user saw there."""
        cells = {(place, column): value for place, row in changed.items() for column, value in row.items()}
        wanted = {cell: self.first(cell) for cell in self.stored} | cells
        return [
            Edit(int(self.page.index[cell[0]]), cell[1], value, self.seen(cell))
            for cell, value in wanted.items()
            if value != self.stored.get(cell, self) and not self.is_refused(cell, value)
        ]

    def first(self, cell: Place) -> Any:
        """What a cell held when the page was first shown, as the store has it."""
        value = self.page[cell[1]].iloc[cell[0]]
        return None if pd.isna(value) else value if isinstance(value, str) else float(value)

    def seen(self, cell: Place) -> Any:
        """What a cell holds by all that this session knows."""
        return self.stored[cell] if cell in self.stored else self.first(cell)

    def is_refused(self, cell: Place, value: Any) -> bool:
        """Whether this very value was refused before, so that asking again is idle."""
        return cell in self.refused and self.refused[cell][0].value == value

    def keep(self, edits: Sequence[Edit], version: int) -> None:
        """Remember that these edits made `version` of the dataset; one from elsewhere before them stays unseen."""
        for edit in edits:
            self.stored[self.cell(edit)] = edit.value
            self.refused.pop(self.cell(edit), None)
        if version <= self.version + 1:
            self.version = version

    def cell(self, edit: Edit) -> Place:
        """Where an edit's cell is on the page."""
        return list(self.page.index).index(edit.row), edit.column


def edition_of(dataset: Dataset, wanted: RowFilter, first: int, size: int) -> Edition:
    """The edition that is being edited, or a new one where it is over, of other rows, or no longer on the page."""
    current = shown()
    place = (dataset.id, wanted, first)
    if current is not None and current.place == place and not current.over:
        return current
    if current is not None:
        time.sleep(SETTLE)
    number = int(state.get(state.ROWS_ROUND, 0)) + 1
    page = resources.store().datasets.page(dataset.id, wanted, limit=size, offset=first).frame
    made = Edition(f"rows_editor_{number}", place, dataset.version, page)
    state.put(state.ROWS_ROUND, number)
    state.put(state.ROWS_EDITION, made)
    return made


def shown() -> Edition | None:
    """The edition whose table is on the page now; one that was left forgets its table, so it is none."""
    edition: Edition | None = state.get(state.ROWS_EDITION)
    return edition if edition is not None and state.get(edition.key) is not None else None


def renew(dataset_id: int) -> None:
    """Reload the rows of a dataset, as a callback; what was typed before is stored first."""
    edition = store_edits(dataset_id)
    if edition is not None:
        edition.over = True


def elsewhere(edition: Edition, dataset: Dataset) -> bool:
    """Whether rows of the page were changed elsewhere since they were shown; other rows do not matter."""
    store, rows = resources.store().datasets, set(edition.page.index)
    behind = range(edition.version + 1, dataset.version + 1)
    if len(behind) > MANY or any(
        cell.row in rows for version in behind for cell in store.changes(dataset.id, version)
    ):
        return True
    edition.version = max(edition.version, dataset.version)
    return False


def store_edits(dataset_id: int | None = None) -> Edition | None:
    """Store what was typed and is not stored yet; returns the edition on the page, if it is of that dataset.

    The table's callback, each run of any page and each callback that depends on the rows begin with it. Streamlit
    may stop a run wherever it touches the session: so everything is read first, and the next one finds the rest.
    """
    edition = shown()
    if edition is None:
        return None
    edits, name = edition.edits(state.get(edition.key, {}).get("edited_rows", {})), actor()
    if edits:
        _store(edition, edits, name)
    return edition if dataset_id in (None, edition.place[0]) else None


def store_typed() -> None:
    """Store what was typed, as the table's callback."""
    store_edits()


def _store(edition: Edition, edits: Sequence[Edit], name: str) -> None:
    """Store all as one step, else each for itself; a cell that somebody else changed is not overwritten."""
    try:
        dataset = resources.store().datasets.edit(edition.place[0], edits, actor=name)
    except REFUSALS as error:
        if len(edits) == 1:
            edition.refused[edition.cell(edits[0])] = (edits[0], error)
        else:
            for edit in edits:
                _store(edition, [edit], name)
    else:
        edition.keep(edits, dataset.version)
