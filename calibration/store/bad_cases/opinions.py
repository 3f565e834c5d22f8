"""What different people say of one bad case, and whether they contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from calibration.columns import NOT_SAME, SAME
from calibration.store.schema import bad_cases, case_opinions


@dataclass(frozen=True)
class Opinion:
    """One report: at `at` (UTC) `reporter` expected this of the pair, from `source`."""

    at: datetime
    reporter: str
    expected: str
    note: str
    source: str


def contradict(expected: Iterable[str]) -> bool:
    """Whether some expectations cannot all be right: `not_same` goes with any tier but `same`.

    >>> contradict(["not_same", "related"]), contradict(["not_same", "same"]), contradict(["related", "weak"])
    (False, True, True)
    """
    said = set(expected)
    tiers = said - {NOT_SAME}
    return len(tiers) > 1 or (NOT_SAME in said and SAME in tiers)


def write_opinion(connection: Connection, case_id: int, **values: Any) -> None:
    """Keep what a report says, and mark its case where the reports contradict each other from now on."""
    connection.execute(insert(case_opinions).values(case_id=case_id, **values))
    if contradicted(connection, case_id):
        connection.execute(update(bad_cases).where(bad_cases.c.id == case_id).values(conflict=1))


def contradicted(connection: Connection, case_id: int) -> bool:
    """Whether the opinions on a case contradict each other."""
    said = connection.execute(select(case_opinions.c.expected).where(case_opinions.c.case_id == case_id))
    return contradict(said.scalars())


def read_opinions(connection: Connection, ids: Sequence[int], at_once: int = 500) -> dict[int, tuple[Opinion, ...]]:
    """All opinions on these cases, oldest first."""
    found: dict[int, list[Opinion]] = {}
    table = case_opinions.c
    columns = (table.case_id, table.at, table.reporter, table.expected, table.note, table.source)
    for begin in range(0, len(ids), at_once):
        query = select(*columns).where(table.case_id.in_(ids[begin : begin + at_once])).order_by(table.id)
        for case_id, *values in connection.execute(query):
            found.setdefault(case_id, []).append(Opinion(*values))
    return {case_id: tuple(opinions) for case_id, opinions in found.items()}
