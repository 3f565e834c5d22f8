"""The statements behind the bad cases, each inside the caller's transaction."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from calibration.errors import AlreadyExists, BadArgument, Conflict, NotFound
from calibration.store.bad_case_records import KIND, BadCase, BadCaseFilter
from calibration.store.rows import check_text
from calibration.store.schema import bad_case_history, bad_cases

COLUMNS: Final = tuple(bad_cases.c[field.name] for field in fields(BadCase))
HISTORY: Final = bad_case_history.c
SEARCH_LIMIT: Final = 1000


def matching(wanted: BadCaseFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter; `text` is taken literally, `%` and `_` included.

    :raises BadArgument: `text` is too long to search for, or cannot be in any text.
    """
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        statuses = (wanted.status,) if isinstance(wanted.status, str) else wanted.status
        conditions.append(bad_cases.c.status.in_(statuses))
    if wanted.domain is not None:
        conditions.append(bad_cases.c.domain == wanted.domain)
    if wanted.expected is not None:
        conditions.append(bad_cases.c.expected == wanted.expected)
    if wanted.text:
        check_text("text", wanted.text)
        if len(wanted.text) > SEARCH_LIMIT:
            raise BadArgument("text", f"at most {SEARCH_LIMIT} characters", wanted.text[:40])
        searched = (bad_cases.c.text_a, bad_cases.c.text_b, bad_cases.c.note)
        conditions.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in searched)))
    return conditions


def fetch_case(connection: Connection, case_id: int, version: int | None = None) -> RowMapping:
    """One case, still at `version` if that is given.

    :raises NotFound, Conflict: it is not there, or at another version.
    """
    row = connection.execute(select(*COLUMNS).where(bad_cases.c.id == case_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(KIND, case_id)
    if version is not None and row["version"] != version:
        raise Conflict(KIND, case_id)
    return row


def read_case(connection: Connection, case_id: int) -> BadCase:
    """One case as it is now.

    :raises NotFound: it is not there.
    """
    return BadCase(**fetch_case(connection, case_id))


def write_history(
    connection: Connection, case_id: int, at: datetime, actor: str, action: str, **values: Any
) -> None:
    """Add an entry: `field`, and `old`, `new`, `undoes` as they apply."""
    connection.execute(
        insert(bad_case_history).values(case_id=case_id, at=at, actor=actor, action=action, **values)
    )


def change_field(
    connection: Connection,
    case: RowMapping,
    field: str,
    value: str,
    at: datetime,
    actor: str,
    *,
    undoes: int | None = None,
) -> None:
    """Set one field of `case` and write it to its history; nothing happens where it has that value.

    :raises Conflict: somebody changed the case since it was read.
    :raises AlreadyExists: it would be the second open case of its pair.
    """
    if case[field] == value:
        return
    mine = (bad_cases.c.id == case["id"]) & (bad_cases.c.version == case["version"])
    changed = {field: value, "version": case["version"] + 1, "updated_at": at}
    try:
        done = connection.execute(update(bad_cases).where(mine).values(**changed)).rowcount
    except IntegrityError as error:
        raise AlreadyExists("open bad case of this pair", case["id"]) from error
    if done != 1:
        raise Conflict(KIND, case["id"])
    action = "changed" if undoes is None else "undone"
    write_history(connection, case["id"], at, actor, action, field=field, old=case[field], new=value, undoes=undoes)


def last_status_change(connection: Connection, case_id: int) -> RowMapping:
    """The newest status change that nobody has taken back.

    :raises NotFound: there is none.
    """
    taken_back = select(HISTORY.undoes).where(HISTORY.case_id == case_id, HISTORY.undoes.is_not(None))
    query = (
        select(bad_case_history)
        .where(HISTORY.case_id == case_id, HISTORY.field == "status", HISTORY.action == "changed")
        .where(HISTORY.id.not_in(taken_back))
        .order_by(HISTORY.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("status change of bad case", case_id)
    return row
