"""Read bad cases: one, a page, counts, a history, or as pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
from sqlalchemy import ColumnElement, func, select

from calibration.columns import DOMAIN, ID, KIND, LABEL, NOTE, PURPOSE, PURPOSE_REVIEW, TEXT_A, TEXT_B
from calibration.errors import N_, BadArgument
from calibration.store.bad_cases.filters import NEWEST, BadCaseFilter
from calibration.store.bad_cases.matching import matching, ordering
from calibration.store.bad_cases.records import (
    CONFIRMED,
    OPEN_STATUSES,
    STATUSES,
    BadCase,
    BadCasePage,
    HistoryEntry,
    KnownCase,
)
from calibration.store.bad_cases.rules import label_of, pair_key
from calibration.store.bad_cases.sql import AT_ONCE, COLUMNS, cases_of, fetch_case, read_case
from calibration.store.database import Database
from calibration.store.rows import NUMBERS
from calibration.store.schema import bad_case_history, bad_cases

LISTED: Final = ("domain", "source", "reporter", "policy_id")
"""The columns whose values one may list: each has an index."""
EVERY: Final = BadCaseFilter()
PART: Final = 10_000
"""Cases that are read at once where all are wanted."""
FRAME: Final = (TEXT_A, TEXT_B, LABEL, KIND, DOMAIN, ID, PURPOSE, NOTE)


class BadCaseQueries:
    """The reading half of the bad cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, case_id: int) -> BadCase:
        """One case.

        :raises NotFound: no such case.
        """
        with self._database.read() as connection:
            return read_case(connection, case_id)

    def search(
        self, wanted: BadCaseFilter = EVERY, limit: int = 50, offset: int = 0, order: str = NEWEST
    ) -> BadCasePage:
        """A page of the cases that match, in one of ORDERS.

        :raises BadArgument: `limit` or `offset` is negative, or the filter or order is none.
        """
        if limit < 0 or offset < 0:
            raise BadArgument("limit, offset", N_("0 or more"), (limit, offset))
        conditions = matching(wanted)
        found = select(*COLUMNS).where(*conditions).order_by(*ordering(order)).limit(limit).offset(offset)
        with self._database.read() as connection:
            cases = cases_of(connection, connection.execute(found).mappings().all()) if limit else ()
            if offset == 0 and len(cases) < limit:  # all there are: no need to go through the texts again
                return BadCasePage(cases, len(cases))
            total = connection.execute(select(func.count(bad_cases.c.id)).where(*conditions)).scalar_one()
        return BadCasePage(cases, total)

    def parts(self, wanted: BadCaseFilter = EVERY, size: int = PART) -> Iterator[tuple[BadCase, ...]]:
        """All cases that match, newest first, `size` at a time: however many there are, none is left out.

        Each part is read by itself, so that nobody waits meanwhile; a case that comes later is not among them.
        """
        conditions, last = matching(wanted), None
        while True:
            earlier: list[ColumnElement[bool]] = [] if last is None else [bad_cases.c.id < last]
            query = select(*COLUMNS).where(*conditions, *earlier).order_by(bad_cases.c.id.desc()).limit(size)
            with self._database.read() as connection:
                cases = cases_of(connection, connection.execute(query).mappings().all())
            if not cases:
                return
            yield cases
            last = cases[-1].id

    def counts(self, wanted: BadCaseFilter = EVERY) -> dict[str, int]:
        """How many cases match in each status, zeros included; the filter's own status is left aside."""
        status = bad_cases.c.status
        conditions = matching(replace(wanted, status=None))
        query = select(status, func.count()).where(*conditions).group_by(status)
        with self._database.read() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {name: found.get(name, 0) for name in STATUSES}

    def known(self, pairs: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], KnownCase]:
        """The newest case of each (text_a, text_b, domain) that has one; the order of the texts does not matter."""
        wanted: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for pair in pairs:
            wanted.setdefault((pair_key(pair[0], pair[1]), pair[2]), []).append(pair)
        keys, table = sorted({key for key, _ in wanted}), bad_cases.c
        found: dict[tuple[str, str, str], KnownCase] = {}
        with self._database.read() as connection:
            for begin in range(0, len(keys), AT_ONCE):
                query = select(table.pair_key, table.domain, table.id, table.status).order_by(table.id)
                part = query.where(table.pair_key.in_(keys[begin : begin + AT_ONCE]))
                for key, domain, case_id, status in connection.execute(part):
                    for pair in wanted.get((key, domain), ()):
                        found[pair] = KnownCase(case_id, status)
        return found

    def unjudged(self, limit: int = PART) -> tuple[BadCase, ...]:
        """Open cases without a tier, oldest first: they came from a file, or before there was a model."""
        query = select(*COLUMNS).where(bad_cases.c.tier_given.is_(None), bad_cases.c.status.in_(OPEN_STATUSES))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(bad_cases.c.id).limit(limit)).mappings().all()
            return cases_of(connection, rows)

    def domains(self) -> tuple[str, ...]:
        """The domains that have cases, sorted."""
        return self.values("domain")

    def values(self, column: str) -> tuple[str, ...]:
        """The different values of `domain`, `source`, `reporter` or `policy_id`, sorted, blanks left out.

        :raises BadArgument: another column.
        """
        if column not in LISTED:
            raise BadArgument("column", " | ".join(LISTED), column)
        with self._database.read() as connection:
            found = connection.execute(select(bad_cases.c[column]).distinct()).scalars()
            return tuple(sorted(value for value in found if value))

    def history(self, case_id: int) -> tuple[HistoryEntry, ...]:
        """What happened to a case, oldest first.

        :raises NotFound: no such case.
        """
        table = bad_case_history
        query = select(table).where(table.c.case_id == case_id).order_by(table.c.id)
        with self._database.read() as connection:
            fetch_case(connection, case_id)
            return tuple(HistoryEntry(**row) for row in connection.execute(query).mappings())

    def frame(self, wanted: BadCaseFilter | None = None) -> pd.DataFrame:
        """The matching cases (default: the confirmed ones) as canonical pairs of purpose `review`, oldest first."""
        chosen = BadCaseFilter(status=CONFIRMED) if wanted is None else wanted
        query = select(*COLUMNS).where(*matching(chosen)).order_by(bad_cases.c.id)
        with self._database.read() as connection:
            return cases_frame(cases_of(connection, connection.execute(query).mappings().all()))


def cases_frame(cases: Sequence[BadCase]) -> pd.DataFrame:
    """Cases as a canonical pairs frame: `purpose` is review, `id` is `bad-case-<id>`.

    `not_same` becomes the binary label 0, a tier its label 0..3; so a frame may hold both kinds.
    """
    rows = []
    for case in cases:
        kind, label = label_of(case.expected)
        key = f"bad-case-{case.id}"
        rows.append((case.text_a, case.text_b, label, kind, case.domain, key, PURPOSE_REVIEW, case.note))
    frame = pd.DataFrame(rows, columns=list(FRAME))
    return frame.astype({column: "float64" if column in NUMBERS else "str" for column in FRAME})
