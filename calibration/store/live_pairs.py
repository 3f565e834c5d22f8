"""Live pairs with their texts, kept only where the operator switches it on: to label, and to watch a promise.

Of each day and domain a fixed number is drawn at random from all pairs, and as many from those that the policy in
use accepted; see `score_samples` for how. Whoever reviews an accepted pair says whether it deserves its tier; texts
are forgotten after KEPT_DAYS, what was said of them is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from sqlalchemy import Connection, delete, func, insert, or_, select, update

from calibration.columns import DOMAIN, SCORE, TEXT_A, TEXT_B
from calibration.errors import BadArgument, NotFound, SimTierError
from calibration.evaluation.watched_policy import TIER, WRONG
from calibration.store.answers import Answer, Taken, check_answer, fair_share
from calibration.store.database import Database
from calibration.store.labellings.labellings import checked_labeller
from calibration.store.rows import check_text
from calibration.store.schema import live_pairs

SCOPE: Final = "live_pairs"
KIND: Final = "live pair"
RANDOM: Final = "random"
ACCEPTED: Final = "accepted"
KEPT_DAYS: Final = 30
LEASE: Final = timedelta(minutes=15)
"""After so long without a word a pair goes to somebody else."""
LABEL: Final = "label"
SKIP: Final = "skip"
NOTE: Final = "note"
ACTIONS: Final = (LABEL, SKIP, NOTE)
Place = tuple[str, str, str]
"""Day, domain and sample."""


@dataclass(frozen=True)
class LivePair:
    """A pair that the API scored. sample: RANDOM or ACCEPTED; tier: what it was accepted as, empty for RANDOM.

    draw: uniform in [0, 1), decides whether it is kept.
    """

    domain: str
    sample: str
    draw: float
    text_a: str
    text_b: str
    score: float
    tier: str
    at: datetime
    fingerprint: str
    policy_id: str

    @property
    def place(self) -> Place:
        """Of what it is a sample."""
        return self.at.date().isoformat(), self.domain, self.sample


@dataclass(frozen=True)
class PairToReview:
    """An accepted pair; skipped: somebody has put it off."""

    id: int
    domain: str
    tier: str
    text_a: str
    text_b: str
    skipped: bool


class LivePairRepository:
    """The live pairs of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, pairs: Sequence[LivePair], *, keep: int) -> Mapping[Place, float]:
        """Add pairs, then keep the `keep` of each day, domain and sample that were drawn; reviewed ones stay.

        Returns, by place, the draw that a pair must stay below to be kept: 1 while there is room.
        """
        fresh = {"leased_by": "", "skipped": 0, "note": "", "reviewer": ""}
        with self._database.write(SCOPE) as connection:
            if pairs:
                rows = [{**asdict(one), "day": one.place[0], **fresh} for one in pairs]
                connection.execute(insert(live_pairs), rows)
            _forget(connection, (self._database.clock() - timedelta(days=KEPT_DAYS)).date().isoformat())
            return {place: _cut(connection, *place, keep) for place in sorted({one.place for one in pairs})}

    def frame(self, fingerprint: str) -> pd.DataFrame:
        """Pairs drawn at random from all that one model scored: columns text_a, text_b, domain."""
        table = live_pairs.c
        query = select(table.text_a, table.text_b, table.domain).where(
            table.sample == RANDOM, table.fingerprint == fingerprint
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.day, table.draw)).all()
        return pd.DataFrame(rows, columns=[TEXT_A, TEXT_B, DOMAIN])

    def reviewed(self, policy_id: str) -> pd.DataFrame:
        """Accepted pairs of a policy in the order of their review: columns domain, tier, score, wrong (0 or 1)."""
        table = live_pairs.c
        query = select(table.domain, table.tier, table.score, table.wrong).where(
            table.policy_id == policy_id, table.wrong.is_not(None)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.reviewed, table.id)).all()
        return pd.DataFrame(rows, columns=[DOMAIN, TIER, SCORE, WRONG]).astype({SCORE: "float64", WRONG: "float64"})

    def waiting(self, policy_id: str, reviewer: str) -> tuple[int, int]:
        """How many accepted pairs of a policy nobody has reviewed, and how many of them are before others."""
        table, now = live_pairs.c, self._database.clock()
        mine = (table.policy_id == policy_id, table.sample == ACCEPTED, table.wrong.is_(None))
        held = (table.leased_until > now, table.leased_by != reviewer)
        with self._database.read() as connection:
            count = select(func.count()).select_from(live_pairs)
            total = connection.execute(count.where(*mine)).scalar_one()
            others = connection.execute(count.where(*mine, *held)).scalar_one()
        return int(total), int(others)

    def take(self, policy_id: str, reviewer: str, count: int | None = None) -> tuple[PairToReview, ...]:
        """The next accepted pairs for a reviewer, those of the last day first, kept from others for a while.

        :raises BadArgument: no name.
        """
        name, now, table = checked_labeller(reviewer), self._database.clock(), live_pairs.c
        free = or_(table.leased_until.is_(None), table.leased_until <= now, table.leased_by == name)
        columns = (table.id, table.domain, table.tier, table.text_a, table.text_b, table.skipped)
        query = select(*columns).where(
            table.policy_id == policy_id, table.sample == ACCEPTED, table.wrong.is_(None), free
        )
        with self._database.write(SCOPE) as connection:
            rows = connection.execute(query.order_by(table.skipped, table.day.desc(), table.draw)).all()
            rows = rows[: fair_share(len(rows)) if count is None else count]
            ids = [row.id for row in rows]
            connection.execute(update(live_pairs).where(table.leased_by == name).values(leased_until=None))
            values = {"leased_by": name, "leased_until": now + LEASE}
            connection.execute(update(live_pairs).where(table.id.in_(ids)).values(**values))
        return tuple(PairToReview(*row[:5], bool(row.skipped)) for row in rows)

    def answer(self, reviewer: str, answers: Sequence[Answer]) -> Taken:
        """Keep what a reviewer said: 1 where the pair deserves its tier, else 0; the last word of theirs counts.

        :raises BadArgument: no name.
        """
        name = checked_labeller(reviewer)
        kept: list[str] = []
        refused: dict[str, SimTierError] = {}
        with self._database.write(SCOPE) as connection:
            for one in answers:
                try:
                    _say(connection, name, one)
                    kept.append(one.id)
                except SimTierError as error:
                    refused[one.id] = error
        return Taken(tuple(kept), refused)


def _say(connection: Connection, name: str, answer: Answer) -> None:
    check_answer(answer, ACTIONS)
    check_text("reviewer", name)
    table = live_pairs.c
    here = table.id == answer.key
    row = connection.execute(select(table.wrong, table.reviewer, table.reviewed).where(here)).one_or_none()
    if row is None:
        raise NotFound(KIND, answer.key)
    if row.wrong is not None and row.reviewer != name:
        return  # somebody else was first: their word stands
    values: dict[str, object] = {"note": answer.note} if answer.note or answer.action == NOTE else {}
    if answer.action == SKIP:
        values |= {"skipped": 1, "leased_until": None}
    elif answer.action == LABEL:
        if answer.value not in (0, 1):
            raise BadArgument("label", "0 | 1", answer.value)
        place = row.reviewed or 1 + (connection.execute(select(func.max(table.reviewed))).scalar() or 0)
        values |= {"wrong": 1 - int(answer.value), "reviewer": name, "reviewed": place, "leased_until": None}
    if values:
        connection.execute(update(live_pairs).where(here).values(**values))


def _forget(connection: Connection, oldest: str) -> None:
    """Old pairs go; of reviewed ones the texts."""
    table = live_pairs.c
    old = table.day < oldest
    connection.execute(delete(live_pairs).where(old, table.wrong.is_(None)))
    blank = {"text_a": "", "text_b": "", "note": ""}
    connection.execute(update(live_pairs).where(old, table.text_a != "").values(**blank))


def _cut(connection: Connection, day: str, domain: str, sample: str, keep: int) -> float:
    """Leave the `keep` smallest draws of a place; the largest of them, or 1 where there is room."""
    table = live_pairs.c
    here = (table.day == day, table.domain == domain, table.sample == sample)
    query = select(table.draw).where(*here).order_by(table.draw).offset(keep - 1).limit(1)
    largest = connection.execute(query).scalar_one_or_none()
    if largest is None:
        return 1.0
    connection.execute(delete(live_pairs).where(*here, table.draw > largest, table.wrong.is_(None)))
    return float(largest)
