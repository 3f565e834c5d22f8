"""Queries that a FAQ could not answer, kept only where the operator switches it on: they are users' texts.

Of a collection the newest are kept, each wording once with the number of times that it was asked.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from calibration.store.audit import record
from calibration.store.database import Database
from calibration.store.rows import check_text
from calibration.store.schema import unanswered

SCOPE: Final = "unanswered"
KIND: Final = "unanswered question"
MOST_KEPT: Final = 5_000
"""Wordings of a collection; the ones not asked for longest go first."""


@dataclass(frozen=True)
class Missed:
    """A query without an answer that could be given. decision: `no_answer` or `ambiguous`. score: of the best, NaN
    where there was none.
    """

    collection: str
    query: str
    decision: str
    score: float


@dataclass(frozen=True)
class UnansweredQuestion:
    """A wording, how often it was asked, and when last (UTC)."""

    id: int
    collection: str
    query: str
    decision: str
    score: float
    times: int
    at: datetime


class UnansweredRepository:
    """The unanswered questions of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, missed: Sequence[Missed]) -> None:
        """Keep queries, or count those that are there already."""
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            for one in missed:
                check_text("query", one.query)
                _add(connection, one, now)
            for name in {one.collection for one in missed}:
                _forget(connection, name)

    def list(self, collection: str | None = None, limit: int = MOST_KEPT) -> tuple[UnansweredQuestion, ...]:
        """What was asked most often, first."""
        table = unanswered.c
        query = select(unanswered).order_by(table.times.desc(), table.at.desc(), table.id).limit(limit)
        if collection is not None:
            query = query.where(table.collection == collection)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(
            UnansweredQuestion(
                row["id"],
                row["collection"],
                row["query"],
                row["decision"],
                math.nan if row["score"] is None else row["score"],
                row["times"],
                row["at"],
            )
            for row in rows
        )

    def delete(self, ids: Sequence[int], *, actor: str = "") -> int:
        """Forget questions, because they have an answer now or need none; how many there were."""
        with self._database.write(SCOPE) as connection:
            gone = connection.execute(delete(unanswered).where(unanswered.c.id.in_(list(ids)))).rowcount
            record(connection, self._database.clock(), "delete", KIND, "", actor=actor, detail={"count": gone})
            return int(gone)


def _add(connection: Connection, one: Missed, now: datetime) -> None:
    key = hashlib.sha256(f"{one.collection}\0{one.query}".encode()).hexdigest()
    score = None if math.isnan(one.score) else one.score
    values = {"decision": one.decision, "score": score, "at": now}
    more = update(unanswered).where(unanswered.c.key == key).values(**values, times=unanswered.c.times + 1)
    if not connection.execute(more).rowcount:
        named = {"key": key, "collection": one.collection, "query": one.query, "times": 1}
        connection.execute(insert(unanswered).values(**named, **values))


def _forget(connection: Connection, collection: str) -> None:
    table = unanswered.c
    newest = select(table.id).where(table.collection == collection).order_by(table.at.desc(), table.id.desc())
    beyond = list(connection.execute(newest.offset(MOST_KEPT)).scalars())
    if beyond:
        connection.execute(delete(unanswered).where(table.id.in_(beyond)))
