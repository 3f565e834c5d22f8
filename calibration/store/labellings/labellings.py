"""Second labels: given blind, pair by pair, and resolved where they disagree with the first.

A labelling is never altered: a labeller who thinks again adds another, and the last one counts. Each keeps the
label that the dataset had at that moment, so that agreement is judged on what both said before anybody looked at
the disagreements.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from calibration.columns import LABEL, LABEL_MAX
from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.store.database import Database, insert_row
from calibration.store.datasets.edits import Edit, apply
from calibration.store.datasets.records import KIND as DATASET
from calibration.store.datasets.sql import fetch_row
from calibration.store.labellings.sql import (
    BlindPair,
    Progress,
    blind_order,
    compared,
    fetch_labelling,
    label_before,
    last_labels,
    last_row,
    read_pair,
)
from calibration.store.rows import check_text
from calibration.store.schema import labellings, settlements

LABELLER_LIMIT: Final = 80


class LabellingRepository:
    """The second labels of a store. Rows are counted from 0; labellers are known by their names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next(self, dataset_id: int, labeller: str, size: int | None = None) -> tuple[BlindPair | None, Progress]:
        """The next pair for a labeller, of a random sample of `size` or of all; skipped ones come last.

        :raises NotFound: no such dataset.
        :raises BadArgument: no name, or one too long.
        """
        name = checked_labeller(labeller)
        with self._database.read() as connection:
            dataset = fetch_row(connection, dataset_id, live=True)
            asked = blind_order(name, dataset["rows"])[:size].tolist()
            last = last_labels(connection, dataset_id, name)
            mine = set(asked)
            fresh = next((row for row in asked if row not in last), None)
            skipped = [row for row in last if last[row] is None and row in mine]
            row = fresh if fresh is not None else next(iter(skipped), None)
            done = sum(row in last for row in asked) - len(skipped)
            pair = None if row is None else read_pair(connection, dataset_id, row)
        return pair, Progress(done, len(asked), len(skipped))

    def pair(self, dataset_id: int, row: int) -> BlindPair:
        """One pair without its label.

        :raises NotFound: no such row.
        """
        with self._database.read() as connection:
            return read_pair(connection, dataset_id, row)

    def label(self, dataset_id: int, row: int, labeller: str, label: float | None) -> None:
        """Keep what a labeller says about a row; None: nothing, it is skipped or a label is taken back.

        :raises NotFound: no such dataset or row.
        :raises BadArgument: not a label of the row's kind, or no name.
        """
        name, now = checked_labeller(labeller), self._database.clock()
        with self._database.write(DATASET) as connection:
            fetch_row(connection, dataset_id, live=True)
            pair = read_pair(connection, dataset_id, row)
            if label is not None and not 0 <= label <= LABEL_MAX[pair.kind]:
                raise BadArgument(LABEL, N_("within the range of its kind"), label)
            values = {"dataset_id": dataset_id, "position": row, "labeller": name, "at": now}
            insert_row(connection, labellings, label=label, first=pair.first, **values)

    def back(self, dataset_id: int, labeller: str) -> int | None:
        """Take back the labeller's last label; returns its row, to be labelled again, or None if there is none."""
        name = checked_labeller(labeller)
        with self._database.read() as connection:
            row = last_row(connection, dataset_id, name)
        if row is not None:
            self.label(dataset_id, row, name, None)
        return row

    def labellers(self, dataset_id: int) -> dict[str, int]:
        """Who has labelled how many of its rows, by name."""
        with self._database.read() as connection:
            found = compared(connection, dataset_id)
        return {str(name): int(count) for name, count in found["labeller"].value_counts(sort=False).items()}

    def compare(self, dataset_id: int, labeller: str | None = None) -> pd.DataFrame:
        """Every row that has a second label, of one labeller or of all.

        Columns: labelling (its id), labeller, row, text_a, text_b, kind, domain, first (the dataset's label when
        the second was given), second, now (the dataset's label now), chosen (what a settlement chose, else NaN).
        """
        with self._database.read() as connection:
            return compared(connection, dataset_id, labeller)

    def settle(self, labelling_id: int, chosen: float, *, was: float | None = None, actor: str = "") -> None:
        """Say which label is right; where it is not the dataset's, that is edited, as one step that can be undone.

        was: the label of the dataset that the decider saw.

        :raises NotFound: no such labelling.
        :raises Conflict: the dataset's label has changed since.
        :raises BadArgument: not a label of the row's kind.
        """
        now = self._database.clock()
        with self._database.write(DATASET) as connection:
            dataset_id, row = fetch_labelling(connection, labelling_id)
            dataset = fetch_row(connection, dataset_id, live=True)
            edit = Edit(row, LABEL, chosen) if was is None else Edit(row, LABEL, chosen, was)
            apply(connection, dataset, [edit], now, actor=actor)
            insert_row(connection, settlements, labelling_id=labelling_id, chosen=chosen, actor=actor, at=now)

    def reopen(self, labelling_id: int, *, actor: str = "") -> None:
        """Take a settlement back, and with it the edit that it made, if that still stands.

        :raises NotFound: no such labelling.
        """
        now = self._database.clock()
        with self._database.write(DATASET) as connection:
            dataset_id, row = fetch_labelling(connection, labelling_id)
            dataset = fetch_row(connection, dataset_id, live=True)
            before = label_before(connection, labelling_id, dataset_id, row)
            if before is not None:
                apply(connection, dataset, [Edit(row, LABEL, before)], now, actor=actor)
            insert_row(connection, settlements, labelling_id=labelling_id, chosen=None, actor=actor, at=now)


def checked_labeller(name: str) -> str:
    """A labeller's name without outer blanks.

    :raises BadArgument: it is blank or too long, or cannot be stored.
    """
    stripped = name.strip()
    if not stripped or len(stripped) > LABELLER_LIMIT:
        raise BadArgument("labeller", note(N_("1 to {limit} characters"), limit=LABELLER_LIMIT), name[:40])
    check_text("labeller", stripped)
    return stripped
