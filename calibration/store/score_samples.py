"""A daily sample of live scores, from which drift is detected. Never a text.

Of each day and domain a fixed number is kept, drawn at random from all that were given: every score gets a uniform
number, and those with the smallest stay. That works over any number of servers, and tells each of them early which
scores need not be written at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from sqlalchemy import Connection, delete, insert, select

from calibration.columns import DOMAIN, SCORE
from calibration.store.database import Database
from calibration.store.schema import score_samples

SCOPE: Final = "score_samples"
KEPT_DAYS: Final = 90
POLICY: Final = "policy_id"
DAY: Final = "day"


@dataclass(frozen=True)
class ScoreSample:
    """One live score, in [-1, 1], with the `draw`, uniform in [0, 1), that decides whether it is kept."""

    domain: str
    score: float
    draw: float
    at: datetime
    fingerprint: str
    policy_id: str

    @property
    def day(self) -> str:
        """The day in UTC, ISO 8601."""
        return self.at.date().isoformat()


class ScoreSampleRepository:
    """The sampled scores of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, samples: Sequence[ScoreSample], *, keep: int) -> Mapping[tuple[str, str], float]:
        """Add scores, then keep the `keep` of each day and domain that were drawn; forget what is 90 days old.

        Returns, by day and domain, the draw that a score must stay below to be kept: 1 while there is room.
        """
        places = sorted({(sample.day, sample.domain) for sample in samples})
        with self._database.write(SCOPE) as connection:
            if samples:
                connection.execute(insert(score_samples), [{**asdict(one), "day": one.day} for one in samples])
            oldest = (self._database.clock() - timedelta(days=KEPT_DAYS)).date().isoformat()
            connection.execute(delete(score_samples).where(score_samples.c.day < oldest))
            return {place: _cut(connection, *place, keep) for place in places}

    def frame(self, days: int, fingerprint: str, policies: Sequence[str] | None = None) -> pd.DataFrame:
        """Scores that one model gave on the last `days` days and today: columns day, domain, score, policy_id.

        policies: of these only.
        """
        since = (self._database.clock() - timedelta(days=days)).date().isoformat()
        table = score_samples.c
        query = select(table.day, table.domain, table.score, table.policy_id).order_by(table.id)
        query = query.where(table.day >= since, table.fingerprint == fingerprint)
        if policies is not None:
            query = query.where(table.policy_id.in_(policies))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return pd.DataFrame(rows, columns=[DAY, DOMAIN, SCORE, POLICY]).astype({SCORE: "float64"})


def _cut(connection: Connection, day: str, domain: str, keep: int) -> float:
    """Leave the `keep` smallest draws of a day and domain; the largest of them, or 1 where there is room."""
    here = (score_samples.c.day == day, score_samples.c.domain == domain)
    query = select(score_samples.c.draw).where(*here).order_by(score_samples.c.draw).offset(keep - 1).limit(1)
    largest = connection.execute(query).scalar_one_or_none()
    if largest is None:
        return 1.0
    connection.execute(delete(score_samples).where(*here, score_samples.c.draw > largest))
    return float(largest)
