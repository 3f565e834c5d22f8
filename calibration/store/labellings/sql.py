"""SQL statements for second labels, run inside the caller's transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from calibration.columns import LABEL
from calibration.errors import NotFound
from calibration.store.datasets.events import cell_changes, read_changes
from calibration.store.schema import dataset_edits, labellings, pairs, settlements

COMPARED: Final = (
    "labelling",
    "labeller",
    "row",
    "text_a",
    "text_b",
    "kind",
    "domain",
    "first",
    "second",
    "now",
    "chosen",
)


@dataclass(frozen=True)
class BlindPair:
    """A pair to label, shown without its label. row: its number in the dataset, from 0."""

    row: int
    text_a: str
    text_b: str
    kind: str
    domain: str
    first: float = field(repr=False)


@dataclass(frozen=True)
class Progress:
    """How many of the pairs asked for a labeller has labelled; skipped ones are not done."""

    done: int
    total: int
    skipped: int


def blind_order(labeller: str, rows: int) -> NDArray[np.int64]:
    """(rows,) the row numbers in the labeller's own random order.

    Seeded by the name, so that a reload goes on where it stopped. Every row draws its own lot (splitmix64), so
    rows that are added later find their places among the others and leave the order of those alone.

    >>> blind_order("li", 4).tolist() == [row for row in blind_order("li", 9).tolist() if row < 4]
    True
    """
    seed = np.frombuffer(hashlib.sha256(labeller.encode()).digest()[:8], dtype="<u8")[0]
    with np.errstate(over="ignore"):
        lot = (np.arange(1, rows + 1, dtype=np.uint64) + seed) * np.uint64(0x9E3779B97F4A7C15)
        lot = (lot ^ (lot >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        lot = (lot ^ (lot >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.argsort(lot ^ (lot >> np.uint64(31)), kind="stable").astype(np.int64)


def read_pair(connection: Connection, dataset_id: int, row: int) -> BlindPair:
    """One pair of a dataset.

    :raises NotFound: no such row.
    """
    pair = pairs.c
    query = select(pair.position, pair.text_a, pair.text_b, pair.kind, pair.domain, pair.label)
    found = connection.execute(query.where(pair.dataset_id == dataset_id, pair.position == row)).one_or_none()
    if found is None:
        raise NotFound("row", row + 1)
    return BlindPair(*found)


def last_labels(connection: Connection, dataset_id: int, labeller: str) -> dict[int, float | None]:
    """A labeller's last word on each row, None where it was skipped or taken back; in the order of speaking."""
    table = labellings.c
    query = select(table.position, table.label).order_by(table.id)
    found: dict[int, float | None] = {}
    mine = (table.dataset_id == dataset_id) & (table.labeller == labeller)
    for row, label in connection.execute(query.where(mine)):
        found.pop(row, None)
        found[row] = label
    return found


def last_row(connection: Connection, dataset_id: int, labeller: str) -> int | None:
    """The row that a labeller labelled last, of those whose label stands."""
    labels = last_labels(connection, dataset_id, labeller)
    return next((row for row in reversed(labels) if labels[row] is not None), None)


def fetch_labelling(connection: Connection, labelling_id: int) -> tuple[int, int]:
    """The dataset and the row of a labelling.

    :raises NotFound: it is not there.
    """
    query = select(labellings.c.dataset_id, labellings.c.position).where(labellings.c.id == labelling_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound("labelling", labelling_id)
    return found[0], found[1]


def label_before(connection: Connection, labelling_id: int, dataset_id: int, row: int) -> float | None:
    """The label that the last settlement of a labelling replaced, if its own still stands."""
    table = settlements.c
    query = select(table.chosen, table.at).where(table.labelling_id == labelling_id)
    settled = connection.execute(query.order_by(table.id.desc()).limit(1)).one_or_none()
    about = (dataset_edits.c.position == row) & (dataset_edits.c.field == LABEL)
    changes = read_changes(connection, cell_changes(dataset_id).where(about))
    if settled is None or not changes or (changes[-1].new, changes[-1].at) != (settled.chosen, settled.at):
        return None
    return float(changes[-1].old or 0.0)


def compared(connection: Connection, dataset_id: int, labeller: str | None = None) -> pd.DataFrame:
    """Every row that has a second label which stands, with both labels and what was settled."""
    table, pair, settled = labellings.c, pairs.c, settlements.c
    mine = table.dataset_id == dataset_id
    if labeller is not None:
        mine &= table.labeller == labeller
    last = select(func.max(table.id)).where(mine).group_by(table.labeller, table.position)
    newest = select(func.max(settled.id)).group_by(settled.labelling_id)
    decided = select(settled.labelling_id, settled.chosen).where(settled.id.in_(newest)).subquery()
    here = (pair.dataset_id == table.dataset_id) & (pair.position == table.position)
    joined = labellings.join(pairs, here).outerjoin(decided, decided.c.labelling_id == table.id)
    known = (table.id, table.labeller, table.position, pair.text_a, pair.text_b, pair.kind, pair.domain)
    query = select(*known, table.first, table.label, pair.label, decided.c.chosen).select_from(joined)
    query = query.where(table.id.in_(last), table.label.is_not(None)).order_by(table.labeller, table.position)
    frame = pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=list(COMPARED))
    return frame.astype({"first": float, "second": float, "now": float, "chosen": float})
