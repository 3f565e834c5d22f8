"""The statements behind labelling sessions, each inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, insert, select

from calibration.errors import NotFound
from calibration.store.schema import labelling_sessions, session_answers, session_leases, session_pairs
from calibration.store.sessions.records import (
    KIND,
    LABEL,
    SETTLE,
    SKIP,
    Batch,
    DomainSampling,
    LabellingSession,
    SessionProgress,
)

COLUMNS: Final = tuple(labelling_sessions.c[name] for name in LabellingSession.__dataclass_fields__)


@dataclass
class Opinions:
    """What was said of one position: each labeller's standing label in the order in which they first spoke.

    None: skipped by them. chosen: what a decision between two labels was.
    """

    labels: dict[str, float | None] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    chosen: float | None = None

    @property
    def given(self) -> dict[str, float]:
        """The labels that stand, by labeller."""
        return {name: label for name, label in self.labels.items() if label is not None}

    @property
    def label(self) -> float | None:
        """The label that counts: the decision, else that of who labelled first."""
        return self.chosen if self.chosen is not None else next(iter(self.given.values()), None)


def session_of(row: RowMapping) -> LabellingSession:
    """A row of COLUMNS as a session."""
    sampling = {name: DomainSampling(**one) for name, one in json.loads(row["sampling"]).items()}
    return LabellingSession(**{**row, "sampling": sampling})


def sampling_json(sampling: Mapping[str, DomainSampling]) -> str:
    """How the pairs were drawn, as kept."""
    return json.dumps({name: asdict(one) for name, one in sampling.items()}, ensure_ascii=False)


def fetch_session(connection: Connection, session_id: int) -> LabellingSession:
    """One session.

    :raises NotFound: it is not there.
    """
    table = labelling_sessions.c
    query = select(*COLUMNS).where(table.id == session_id, table.deleted_at.is_(None))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(KIND, session_id)
    return session_of(row)


def read_answers(connection: Connection, session_id: int) -> dict[int, Opinions]:
    """What was said, by position."""
    table = session_answers.c
    columns = (table.position, table.labeller, table.action, table.label, table.note)
    found: dict[int, Opinions] = {}
    query = select(*columns).where(table.session_id == session_id).order_by(table.id)
    for position, labeller, action, label, note in connection.execute(query):
        by_place = found.setdefault(position, Opinions())
        if action == SETTLE:
            by_place.chosen = label
        elif action in (LABEL, SKIP):
            by_place.labels[labeller] = label
        if note:
            by_place.notes[labeller] = note
    return found


def read_pairs(connection: Connection, session_id: int) -> list[RowMapping]:
    """All pairs of a session in the order of the draw."""
    query = select(session_pairs).where(session_pairs.c.session_id == session_id)
    return list(connection.execute(query.order_by(session_pairs.c.position)).mappings())


def progress_of(
    session: LabellingSession, total: int, by_place: Mapping[int, Opinions], labeller: str
) -> SessionProgress:
    """Labelled pairs by batch and by labeller."""
    batches = []
    for number, begin in enumerate(range(0, total, session.batch_size)):
        places = range(begin, min(begin + session.batch_size, total))
        there = [by_place[place] for place in places if place in by_place]
        labelled = sum(one.label is not None for one in there)
        skipped = sum(one.label is None and None in one.labels.values() for one in there)
        batches.append(Batch(number, len(places), labelled, skipped))
    people: dict[str, int] = {}
    for one in by_place.values():
        for name in one.given:
            people[name] = people.get(name, 0) + 1
    return SessionProgress(tuple(batches), people.get(labeller, 0), people)


def open_leases(connection: Connection, session_id: int, now: datetime) -> dict[int, set[str]]:
    """Who has which positions before them, by position; what has run out is forgotten."""
    table = session_leases.c
    mine = table.session_id == session_id
    found: dict[int, set[str]] = {}
    query = select(table.position, table.labeller).where(mine, table.until > now)
    for position, labeller in connection.execute(query):
        found.setdefault(position, set()).add(labeller)
    return found


def lease(
    connection: Connection, session_id: int, labeller: str, positions: Iterable[int], until: datetime
) -> None:
    """Give these positions to a labeller in place of those that they had."""
    table = session_leases.c
    mine = (table.session_id == session_id) & (table.labeller == labeller)
    connection.execute(delete(session_leases).where(mine))
    rows = [
        {"session_id": session_id, "position": position, "labeller": labeller, "until": until}
        for position in positions
    ]
    if rows:
        connection.execute(insert(session_leases), rows)
