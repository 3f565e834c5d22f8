"""Reviews of clusters: which ones reviewers confirmed, and which rows they split off.

A run is known by its key, which the same texts with the same clusters have again: so a review outlives restarts,
and is found when the file is deduplicated again. Texts are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, select

from calibration.corpus.cluster_decisions import ACTIONS, UNDO, ClusterDecision
from calibration.errors import N_, AlreadyExists, BadArgument, NotFound
from calibration.store.audit import record
from calibration.store.database import Database, insert_row
from calibration.store.rows import check_text
from calibration.store.schema import cluster_decisions, cluster_runs

KIND: Final = "cluster review"
SCOPE: Final = "cluster_reviews"


@dataclass(frozen=True)
class ClusterRun:
    """Clusters that were found. key: see `calibration.corpus.review.run_key`; name: for people; rows: how many."""

    key: str
    name: str
    rows: int


class ClusterReviewRepository:
    """The decisions of a store about clusters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> tuple[ClusterDecision, ...]:
        """What was decided of a run, in order; nothing where there is no such run yet."""
        with self._database.read() as connection:
            return _decisions(connection, key)

    def decide(self, run: ClusterRun, action: str, rows: Sequence[int], *, actor: str = "") -> ClusterDecision:
        """Keep a decision of ACTIONS; the first one of a run makes the run known.

        :raises BadArgument: an unknown action, no row, or one that the run does not have.
        """
        if action not in ACTIONS:
            raise BadArgument("action", " | ".join(ACTIONS), action)
        if not rows or min(rows) < 0 or max(rows) >= run.rows:
            raise BadArgument("rows", N_("rows of the run, at least one"), list(rows))
        check_text("name", run.name)
        with self._database.write(SCOPE) as connection:
            return _add(connection, _made(connection, run, self._database), action, rows, actor, self._database)

    def undo(self, key: str, decision_id: int, *, actor: str = "") -> ClusterDecision:
        """Take a decision back; those of others, also later ones, stay.

        :raises NotFound: the run has no such decision, or it was taken back already.
        """
        with self._database.write(SCOPE) as connection:
            there = _decisions(connection, key)
            found = next((one for one in there if one.id == decision_id and one.action != UNDO), None)
            if found is None or any(one.undoes == decision_id for one in there):
                raise NotFound(KIND, decision_id)
            run = connection.execute(select(cluster_runs.c.id).where(cluster_runs.c.key == key)).scalar_one()
            return _add(connection, run, UNDO, found.rows, actor, self._database, decision_id)

    def delete(self, key: str, *, actor: str = "") -> tuple[ClusterDecision, ...]:
        """Forget a run with all that was decided of it, which is returned for `bring_back`.

        :raises NotFound: nothing was decided of such a run.
        """
        with self._database.write(SCOPE) as connection:
            row = connection.execute(select(cluster_runs).where(cluster_runs.c.key == key)).mappings().one_or_none()
            if row is None:
                raise NotFound(KIND, key)
            there = _decisions(connection, key)
            connection.execute(delete(cluster_decisions).where(cluster_decisions.c.run_id == row["id"]))
            connection.execute(delete(cluster_runs).where(cluster_runs.c.id == row["id"]))
            detail: dict[str, object] = {"name": row["name"], "decisions": len(there)}
            record(connection, self._database.clock(), "delete", KIND, key, actor=actor, detail=detail)
            return there

    def bring_back(self, run: ClusterRun, decisions: Sequence[ClusterDecision], *, actor: str = "") -> None:
        """Put back what `delete` returned, before whatever was decided since.

        :raises AlreadyExists: something was.
        """
        with self._database.write(SCOPE) as connection:
            if _decisions(connection, run.key):
                raise AlreadyExists(KIND, run.name)
            run_id, numbers = _made(connection, run, self._database), dict[int, int]()
            for one in decisions:
                undoes = None if one.undoes is None else numbers[one.undoes]
                numbers[one.id] = insert_row(
                    connection,
                    cluster_decisions,
                    run_id=run_id,
                    at=one.at,
                    actor=one.actor,
                    action=one.action,
                    rows=json.dumps(one.rows),
                    undoes=undoes,
                )
            record(connection, self._database.clock(), "restore", KIND, run.key, actor=actor)


def _made(connection: Connection, run: ClusterRun, database: Database) -> int:
    """The number of a run, which is made where it is not there yet."""
    there = connection.execute(select(cluster_runs.c.id).where(cluster_runs.c.key == run.key)).scalar_one_or_none()
    if there is not None:
        return int(there)
    now = database.clock()
    return insert_row(connection, cluster_runs, key=run.key, name=run.name, rows=run.rows, created_at=now)


def _add(
    connection: Connection,
    run_id: int,
    action: str,
    rows: Sequence[int],
    actor: str,
    database: Database,
    undoes: int | None = None,
) -> ClusterDecision:
    now, kept = database.clock(), tuple(map(int, rows))
    number = insert_row(
        connection,
        cluster_decisions,
        run_id=run_id,
        at=now,
        actor=actor,
        action=action,
        rows=json.dumps(kept),
        undoes=undoes,
    )
    return ClusterDecision(number, action, kept, actor, now, undoes)


def _decisions(connection: Connection, key: str) -> tuple[ClusterDecision, ...]:
    query = select(cluster_decisions).join(cluster_runs).where(cluster_runs.c.key == key)
    rows = connection.execute(query.order_by(cluster_decisions.c.id)).mappings().all()
    return tuple(map(_decision, rows))


def _decision(row: RowMapping) -> ClusterDecision:
    rows = tuple(map(int, json.loads(row["rows"])))
    return ClusterDecision(row["id"], row["action"], rows, row["actor"], row["at"], row["undoes"])
