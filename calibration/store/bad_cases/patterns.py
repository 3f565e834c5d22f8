"""Counts of bad cases by tag, domain, score band and week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Final

import pandas as pd
from sqlalchemy import Integer, Select, case, cast, extract, func, select

from calibration.errors import BadArgument
from calibration.store.bad_cases.filters import NO_TAG, BadCaseFilter
from calibration.store.bad_cases.matching import matching
from calibration.store.bad_cases.records import LABEL_WRONG, NEW
from calibration.store.database import Database
from calibration.store.schema import bad_case_tags, bad_cases

TAG: Final = "tag"
DOMAIN: Final = "domain"
BAND: Final = "band"
SOURCE: Final = "source"
DIMENSIONS: Final = (TAG, DOMAIN, BAND, SOURCE)

VALUE: Final = "value"
CASES: Final = "cases"
SORTED: Final = "sorted"
UPHELD: Final = "upheld"
WEEK: Final = "week"

BANDS: Final = 20
"""Score bands to a whole: each is 0.05 wide."""
_MILLION: Final = 1_000_000
_QUARTER: Final = 900
"""Seconds of a quarter of an hour."""


@dataclass(frozen=True)
class BadCasePatterns:
    """The counting half of the bad cases."""

    database: Database

    def by(self, dimension: str, wanted: BadCaseFilter) -> pd.DataFrame:
        """Counts of the matching cases by `tag`, `domain`, `band` or `source`, most first.

        Columns: `value` (a tag or NO_TAG; the number of a band, which begins at value / BANDS), `cases`, `sorted`
        (those that somebody sorted out) and, of these, `upheld` (whose expectation was right). A case of several
        tags counts under each; cases without a score are in no band.

        :raises BadArgument: another dimension.
        """
        if dimension not in DIMENSIONS:
            raise BadArgument("dimension", " | ".join(DIMENSIONS), dimension)
        value = _value(dimension)
        query = _counts(value).where(*matching(wanted)).group_by(value)
        if dimension == TAG:
            query = query.select_from(bad_cases.outerjoin(bad_case_tags, bad_case_tags.c.case_id == bad_cases.c.id))
        if dimension == BAND:
            query = query.where(bad_cases.c.score.is_not(None))
        with self.database.read() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        frame = pd.DataFrame(rows, columns=[VALUE, CASES, SORTED, UPHELD])
        return frame.sort_values([CASES, VALUE], ascending=[False, True], ignore_index=True)

    def by_week(self, wanted: BadCaseFilter, zone: tzinfo = UTC) -> pd.DataFrame:
        """Counts of the matching cases by week of report and by tag: `week` (its Monday), `value`, `cases`.

        A week begins at midnight in `zone`. The database counts by quarters of an hour, as no zone is off by less.
        """
        quarter = (cast(extract("epoch", bad_cases.c.created_at), Integer) // _QUARTER).label(WEEK)
        value = _value(TAG)
        query = (
            select(quarter, value.label(VALUE), func.count())
            .select_from(bad_cases.outerjoin(bad_case_tags, bad_case_tags.c.case_id == bad_cases.c.id))
            .where(*matching(wanted))
            .group_by(quarter, value)
        )
        with self.database.read() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        frame = pd.DataFrame(rows, columns=[WEEK, VALUE, CASES])
        moments = pd.to_datetime(frame[WEEK].astype("int64") * _QUARTER, unit="s", utc=True)
        days = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
        mondays = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
        counts = frame.assign(**{WEEK: mondays}).astype({CASES: "int64"})
        return counts.groupby([WEEK, VALUE])[[CASES]].sum().reset_index()


def _counts(value: Any) -> Select[Any]:
    status = bad_cases.c.status
    done = func.sum(case((status != NEW, 1), else_=0))
    upheld = func.sum(case((status.not_in((NEW, LABEL_WRONG)), 1), else_=0))
    return select(value.label(VALUE), func.count(), done, upheld)


def _value(dimension: str) -> Any:
    if dimension == TAG:
        return func.coalesce(bad_case_tags.c.tag, NO_TAG)
    if dimension == BAND:  # in whole millionths, which all databases divide alike
        millionths = cast(func.round(bad_cases.c.score * _MILLION), Integer) + _MILLION
        return millionths // (_MILLION // BANDS) - BANDS
    return bad_cases.c[dimension]
