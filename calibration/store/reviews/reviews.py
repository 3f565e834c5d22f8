"""Reviews of bad cases: leases, so that no two people decide one case, decisions that count once, and undo."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, exists, func, insert, select, update

from calibration.columns import NOT_SAME, SAME
from calibration.errors import Conflict, NotFound, SimTierError
from calibration.store.answers import Answer, Taken, check_answer, fair_share, known_answers
from calibration.store.bad_cases.filters import MOST_WRONG, BadCaseFilter
from calibration.store.bad_cases.matching import matching, ordering
from calibration.store.bad_cases.opinions import Opinion, contradicted, read_opinions
from calibration.store.bad_cases.records import CONFIRMED, KIND, LABEL_WRONG, NEW, WONT_FIX, BadCase
from calibration.store.bad_cases.rules import expectation
from calibration.store.bad_cases.sql import COLUMNS, cases_of, change_field, fetch_case, last_change
from calibration.store.bad_cases.write import SCOPE
from calibration.store.database import Database
from calibration.store.labellings.labellings import checked_labeller
from calibration.store.reviews.labels import WrongLabel, wrong_labels
from calibration.store.schema import bad_cases, review_answers, review_leases

CONFIRM: Final = "confirm"
"""The report is right: the pair should have been what it says."""
REJECT: Final = "reject"
"""The report is wrong: the policy judged rightly."""
RIGHT_TIER: Final = "tier"
"""This is the right tier, whatever was reported."""
GIVE_UP: Final = "wont_fix"
SKIP: Final = "skip"
NOTE: Final = "note"
UNDO: Final = "undo"
ACTIONS: Final = (CONFIRM, REJECT, RIGHT_TIER, GIVE_UP, SKIP, NOTE, UNDO)

LEASE: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class ReviewCase:
    """A case to decide, with what each reporter said of it."""

    case: BadCase
    opinions: tuple[Opinion, ...]


class ReviewRepository:
    """Decisions on the new bad cases of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, reviewer: str, wanted: BadCaseFilter | None = None, order: str = MOST_WRONG, count: int | None = None
    ) -> tuple[ReviewCase, ...]:
        """The next new cases for a reviewer, kept from others for a while: conflicts first, what they skipped last.

        count: their fair share unless given.

        :raises BadArgument: no name, or the filter or order is none.
        """
        name, now = checked_labeller(reviewer), self._database.clock()
        answers, leases = review_answers.c, review_leases.c
        theirs = exists().where(leases.case_id == bad_cases.c.id, leases.until > now, leases.reviewer != name)
        put_off = exists().where(
            answers.case_id == bad_cases.c.id, answers.reviewer == name, answers.action == SKIP
        )
        order_by = [put_off, bad_cases.c.conflict.desc(), *ordering(order)]
        query = select(*COLUMNS).where(*_new(wanted), ~theirs).order_by(*order_by)
        with self._database.write(SCOPE) as connection:
            free = select(func.count(bad_cases.c.id)).where(*_new(wanted), ~theirs)
            limit = fair_share(connection.execute(free).scalar_one()) if count is None else count
            query = query.limit(limit)
            cases = cases_of(connection, connection.execute(query).mappings().all())
            _lease(connection, name, [case.id for case in cases], now)
            opinions = read_opinions(connection, [case.id for case in cases])
        return tuple(ReviewCase(case, opinions.get(case.id, ())) for case in cases)

    def release(self, reviewer: str) -> None:
        """Give back what a reviewer has before them, so that others need not wait."""
        with self._database.write(SCOPE) as connection:
            connection.execute(delete(review_leases).where(review_leases.c.reviewer == checked_labeller(reviewer)))

    def waiting(self, wanted: BadCaseFilter | None = None, reviewer: str = "") -> tuple[int, int, int]:
        """New cases that match, conflicts among them, and those before other reviewers now."""
        now, leases = self._database.clock(), review_leases.c
        conditions = _new(wanted)
        theirs = exists().where(
            leases.case_id == bad_cases.c.id, leases.until > now, leases.reviewer != reviewer.strip()
        )
        columns = (func.count(bad_cases.c.id), func.coalesce(func.sum(bad_cases.c.conflict), 0))
        with self._database.read() as connection:
            total, conflicts = connection.execute(select(*columns).where(*conditions)).one()
            held = connection.execute(select(columns[0]).where(*conditions, theirs)).scalar_one()
        return int(total), int(conflicts), int(held)

    def answer(self, reviewer: str, answers: Sequence[Answer]) -> Taken:
        """Carry out what a reviewer decided, in the order given; each answer counts once, however often it is sent.

        One that cannot be carried out, say because somebody else has decided that case, is refused by itself.

        :raises BadArgument: no name.
        """
        name, now = checked_labeller(reviewer), self._database.clock()
        refused: dict[str, SimTierError] = {}
        with self._database.write(SCOPE) as connection:
            known = known_answers(connection, review_answers.c.answer_id, answers)
            for one in answers:
                if one.id in known:
                    continue
                known.add(one.id)
                try:
                    check_answer(one, ACTIONS)
                    with connection.begin_nested():
                        changes = _carry_out(connection, one, name, now)
                        _keep(connection, one, name, now, changes)
                except SimTierError as error:
                    refused[one.id] = error
        return Taken(tuple(one.id for one in answers if one.id not in refused), refused)

    def wrong_labels(self, cases: Sequence[BadCase]) -> tuple[WrongLabel, ...]:
        """The labels of datasets that decisions on these cases contradict."""
        return wrong_labels(self._database, cases)

    def opinions(self, ids: Sequence[int]) -> dict[int, tuple[Opinion, ...]]:
        """What was said of each of these cases, oldest first."""
        with self._database.read() as connection:
            return read_opinions(connection, ids)


def model_was_right(expected: str, tier_given: str | None) -> bool:
    """Whether the tier given is what is expected, so that the report was wrong.

    >>> model_was_right("not_same", "related"), model_was_right("same", "related")
    (True, False)
    """
    if expected == NOT_SAME:
        return tier_given is not None and tier_given != SAME
    return expected == tier_given


def _new(wanted: BadCaseFilter | None) -> list[ColumnElement[bool]]:
    """New cases, and confirmed ones that somebody has contradicted since."""
    conditions = [] if wanted is None else matching(wanted)
    table = bad_cases.c
    return [*conditions, (table.status == NEW) | ((table.conflict == 1) & (table.status == CONFIRMED))]


def _lease(connection: Connection, reviewer: str, ids: Sequence[int], now: datetime) -> None:
    table = review_leases.c
    connection.execute(delete(review_leases).where(table.reviewer == reviewer))
    if ids:
        connection.execute(delete(review_leases).where(table.case_id.in_(ids)))
        rows = [{"case_id": case_id, "reviewer": reviewer, "until": now + LEASE} for case_id in ids]
        connection.execute(insert(review_leases), rows)


def _keep(connection: Connection, one: Answer, reviewer: str, now: datetime, changes: Mapping[str, Any]) -> None:
    row = {"answer_id": one.id, "case_id": one.key, "reviewer": reviewer, "action": one.action, "at": now}
    text = json.dumps(changes, ensure_ascii=False)
    connection.execute(insert(review_answers).values(**row, changes=text, undone=0))


def _carry_out(connection: Connection, one: Answer, reviewer: str, now: datetime) -> dict[str, Any]:
    """What an answer changes: field to its value before and after."""
    case = fetch_case(connection, one.key)
    if one.action == UNDO:
        return _undo(connection, case, str(one.value), reviewer, now)
    if one.action == SKIP:
        return {}
    if one.action == NOTE:
        return _change(connection, case, {"note": one.note.strip()}, reviewer, now)
    if case["status"] != NEW and not case["conflict"]:
        raise Conflict(KIND, one.key)
    wanted = _decision(case, one)
    changes = _change(connection, case, wanted, reviewer, now)
    if case["conflict"] and "status" not in changes:
        connection.execute(update(bad_cases).where(bad_cases.c.id == case["id"]).values(conflict=0))
        changes["conflict"] = [1, 0]
    return changes


def _decision(case: RowMapping, one: Answer) -> dict[str, str]:
    """The fields that a decision sets."""
    if one.action == RIGHT_TIER:
        right = expectation(one.value if isinstance(one.value, str) else "")
        status = LABEL_WRONG if model_was_right(right, case["tier_given"]) else CONFIRMED
        return {"expected": right, "status": status}
    return {"status": {CONFIRM: CONFIRMED, REJECT: LABEL_WRONG, GIVE_UP: WONT_FIX}[one.action]}


def _change(
    connection: Connection, case: RowMapping, wanted: Mapping[str, str], reviewer: str, now: datetime
) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for field, value in wanted.items():
        if case[field] != value:
            changes[field] = [case[field], value]
            change_field(connection, case, field, value, now, reviewer)
            case = fetch_case(connection, case["id"])
    return changes


def _undo(connection: Connection, case: RowMapping, answer_id: str, reviewer: str, now: datetime) -> dict[str, Any]:
    """Take back one's own answer, where what it set still stands; nothing else of the case or of others moves."""
    table = review_answers.c
    mine = (table.answer_id == answer_id) & (table.case_id == case["id"]) & (table.reviewer == reviewer)
    row = connection.execute(select(table.changes, table.undone).where(mine)).one_or_none()
    if row is None:
        raise NotFound("answer", answer_id)
    if row.undone:
        return {}
    before: dict[str, Any] = {}
    for field, (old, new) in reversed(json.loads(row.changes).items()):
        if field == "conflict":
            again = int(contradicted(connection, case["id"]))
            connection.execute(update(bad_cases).where(bad_cases.c.id == case["id"]).values(conflict=again))
            continue
        case = fetch_case(connection, case["id"])
        if case[field] != new:
            raise Conflict(KIND, case["id"])
        last = last_change(connection, case["id"], field)
        change_field(connection, case, field, old, now, reviewer, undoes=last["id"])
        before[field] = [new, old]
    connection.execute(update(review_answers).where(mine).values(undone=1))
    return before
