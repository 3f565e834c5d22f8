"""Labelling sessions: made from a draw, labelled by several people at once, and turned into a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import pandas as pd
from sqlalchemy import RowMapping, insert, select, update

from calibration.columns import KIND, LABEL_MAX
from calibration.errors import N_, BadArgument, EmptyInput, SimTierError
from calibration.messages.note import note
from calibration.store.answers import Answer, Taken, fair_share, known_answers
from calibration.store.audit import record
from calibration.store.database import Database, insert_row
from calibration.store.labellings.labellings import checked_labeller
from calibration.store.rows import check_text
from calibration.store.schema import labelling_sessions, session_answers, session_pairs
from calibration.store.sessions.records import (
    BATCH,
    LABEL,
    LARGEST,
    SETTLE,
    DomainSampling,
    LabellingSession,
    PairToLabel,
    SessionProgress,
)
from calibration.store.sessions.records import KIND as SESSION
from calibration.store.sessions.rows import labelled, labelled_twice, row_of_answer, rows_of_draw
from calibration.store.sessions.sql import (
    COLUMNS,
    Opinions,
    fetch_session,
    lease,
    open_leases,
    progress_of,
    read_answers,
    read_pairs,
    sampling_json,
    session_of,
)

LEASE: Final = timedelta(minutes=15)
"""After so long without a word a pair goes to somebody else."""


class LabellingSessionRepository:
    """The labelling sessions of a store. Positions are counted from 0 in the order of the draw."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        pairs: pd.DataFrame,
        kind: str,
        sampling: Mapping[str, DomainSampling],
        *,
        batch_size: int = BATCH,
        overlap: float = 0.0,
        source: str = "",
        fingerprint: str = "",
        actor: str = "",
    ) -> LabellingSession:
        """Keep a draw: text_a, text_b, domain, score, note, in the order of the draw.

        overlap: share of the pairs that two people label, in [0, 1]; spread evenly over the session.

        :raises EmptyInput, BadArgument: no pairs or too many, or a value that cannot be kept.
        """
        if not len(pairs):
            raise EmptyInput(N_("the pairs to label"))
        if len(pairs) > LARGEST:
            raise BadArgument("pairs", note(N_("at most {limit} pairs"), limit=LARGEST), len(pairs))
        if kind not in LABEL_MAX:
            raise BadArgument(KIND, " | ".join(LABEL_MAX), kind)
        if not 0.0 <= overlap <= 1.0 or batch_size < 1:
            raise BadArgument("overlap", N_("between 0 and 1"), overlap)
        check_text("name", name)
        rows = rows_of_draw(pairs, overlap)
        now = self._database.clock()
        with self._database.write(SESSION) as connection:
            session_id = insert_row(
                connection, labelling_sessions, name=name.strip()[:200] or "labels", kind=kind, source=source,
                sampling=sampling_json(sampling), fingerprint=fingerprint, batch_size=batch_size, added=0,
                actor=actor, created_at=now,
            )  # fmt: skip
            connection.execute(insert(session_pairs), [{"session_id": session_id, **row} for row in rows])
            record(connection, now, "added", SESSION, session_id, actor=actor, detail={"pairs": len(rows)})
            return fetch_session(connection, session_id)

    def get(self, session_id: int) -> LabellingSession:
        """One session.

        :raises NotFound: it is not there.
        """
        with self._database.read() as connection:
            return fetch_session(connection, session_id)

    def list(self) -> tuple[LabellingSession, ...]:
        """All sessions, the newest first."""
        table = labelling_sessions.c
        query = select(*COLUMNS).where(table.deleted_at.is_(None)).order_by(table.id.desc())
        with self._database.read() as connection:
            return tuple(session_of(row) for row in connection.execute(query).mappings())

    def delete(self, session_id: int, *, actor: str = "") -> None:
        """Put a session away; `restore` brings it back.

        :raises NotFound: it is not there.
        """
        now = self._database.clock()
        with self._database.write(SESSION) as connection:
            fetch_session(connection, session_id)
            mine = labelling_sessions.c.id == session_id
            connection.execute(update(labelling_sessions).where(mine).values(deleted_at=now))
            record(connection, now, "deleted", SESSION, session_id, actor=actor)

    def restore(self, session_id: int, *, actor: str = "") -> None:
        """Bring a deleted session back."""
        now = self._database.clock()
        with self._database.write(SESSION) as connection:
            mine = labelling_sessions.c.id == session_id
            connection.execute(update(labelling_sessions).where(mine).values(deleted_at=None))
            record(connection, now, "restored", SESSION, session_id, actor=actor)

    def take(self, session_id: int, labeller: str, count: int | None = None) -> tuple[PairToLabel, ...]:
        """The next pairs for a labeller, kept from others for a while; what they skipped comes last.

        :raises NotFound, BadArgument: no such session, or no name.
        """
        name, now = checked_labeller(labeller), self._database.clock()
        with self._database.write(SESSION) as connection:
            fetch_session(connection, session_id)
            by_place, others = read_answers(connection, session_id), open_leases(connection, session_id, now)
            fresh: list[RowMapping] = []
            skipped: list[RowMapping] = []
            for row in read_pairs(connection, session_id):
                place = row["position"]
                about = by_place.get(place, Opinions())
                held = others.get(place, set()) - {name} - set(about.given)
                if name in about.given or len(about.given) + len(held) >= row["wanted"]:
                    continue
                (skipped if name in about.labels else fresh).append(row)
            limit = fair_share(len(fresh)) if count is None else count
            chosen = [*fresh[:limit], *skipped][:limit]
            lease(connection, session_id, name, (row["position"] for row in fresh[:limit]), now + LEASE)
        put_off = {row["position"] for row in skipped}
        return tuple(
            PairToLabel(
                row["position"],
                row["text_a"],
                row["text_b"],
                row["domain"],
                row["position"] in put_off,
                by_place.get(row["position"], Opinions()).notes.get(name, ""),
            )
            for row in chosen
        )

    def answer(self, session_id: int, labeller: str, answers: Sequence[Answer]) -> Taken:
        """Keep what a labeller said, in the order given; an answer that was kept before is not kept twice.

        :raises NotFound, BadArgument: no such session, or no name.
        """
        name, now = checked_labeller(labeller), self._database.clock()
        refused: dict[str, SimTierError] = {}
        with self._database.write(SESSION) as connection:
            session = fetch_session(connection, session_id)
            known = known_answers(connection, session_answers.c.answer_id, answers)
            places = {row["position"] for row in read_pairs(connection, session_id)}
            rows = []
            for one in answers:
                if one.id in known:
                    continue
                known.add(one.id)
                try:
                    rows.append({**row_of_answer(one, session, places), "labeller": name, "at": now})
                except SimTierError as error:
                    refused[one.id] = error
            if rows:
                connection.execute(insert(session_answers), rows)
        return Taken(tuple(one.id for one in answers if one.id not in refused), refused)

    def progress(self, session_id: int, labeller: str = "") -> SessionProgress:
        """How far the session is, batch by batch.

        :raises NotFound: it is not there.
        """
        with self._database.read() as connection:
            session = fetch_session(connection, session_id)
            total = len(read_pairs(connection, session_id))
            return progress_of(session, total, read_answers(connection, session_id), labeller.strip())

    def frame(self, session_id: int, first: int = 0, until: int | None = None) -> pd.DataFrame:
        """The pairs of batches [first, until), in the order of the draw, with the label that counts (NaN: none).

        Columns: position, text_a, text_b, label, kind, domain, score, note, purpose; the note says how the pair
        was drawn and what labellers noted.
        """
        with self._database.read() as connection:
            session = fetch_session(connection, session_id)
            pairs, by_place = read_pairs(connection, session_id), read_answers(connection, session_id)
        size = session.batch_size
        return labelled(session, pairs[first * size : None if until is None else until * size], by_place)

    def twice(self, session_id: int) -> pd.DataFrame:
        """Pairs that two people have labelled.

        Columns: position, text_a, text_b, domain, first_by, first, second_by, second, chosen (NaN: not decided).
        """
        with self._database.read() as connection:
            fetch_session(connection, session_id)
            pairs, by_place = read_pairs(connection, session_id), read_answers(connection, session_id)
        return labelled_twice(pairs, by_place)

    def settle(self, session_id: int, position: int, chosen: float, answer_id: str, *, actor: str = "") -> None:
        """Decide between two labels of a pair.

        :raises NotFound, BadArgument: no such pair, or not a label of its kind.
        """
        now = self._database.clock()
        with self._database.write(SESSION) as connection:
            session = fetch_session(connection, session_id)
            if answer_id in known_answers(
                connection, session_answers.c.answer_id, [Answer(answer_id, position, SETTLE)]
            ):
                return
            places = {row["position"] for row in read_pairs(connection, session_id)}
            row = row_of_answer(Answer(answer_id, position, LABEL, chosen), session, places)
            connection.execute(insert(session_answers), [{**row, "action": SETTLE, "labeller": actor, "at": now}])

    def note_added(self, session_id: int, dataset_id: int, batches: int, *, actor: str = "") -> None:
        """The first `batches` of the session are in this dataset now.

        :raises NotFound: no such session.
        """
        now = self._database.clock()
        with self._database.write(SESSION) as connection:
            fetch_session(connection, session_id)
            mine = labelling_sessions.c.id == session_id
            values: dict[str, object] = {"dataset_id": dataset_id, "added": batches}
            connection.execute(update(labelling_sessions).where(mine).values(**values))
            record(connection, now, "added", SESSION, session_id, actor=actor, detail=values)
