"""SQL statements for bad cases, run inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from calibration.errors import N_, AlreadyExists, Conflict, NotFound
from calibration.messages.note import note
from calibration.store.bad_cases.opinions import contradicted
from calibration.store.bad_cases.records import KIND, NEW, BadCase
from calibration.store.bad_cases.rules import cost_of, margin_of, searched_text
from calibration.store.schema import bad_case_history, bad_case_tags, bad_cases
from calibration.text.differences import TAGS

COLUMNS: Final = tuple(bad_cases.c[field.name] for field in fields(BadCase) if field.name != "tags")
HISTORY: Final = bad_case_history.c
AT_ONCE: Final = 500
"""How many ids one statement asks for; SQLite takes no more than some thousands of parameters."""


def cases_of(connection: Connection, rows: Sequence[RowMapping]) -> tuple[BadCase, ...]:
    """Rows of COLUMNS as cases, with their tags."""
    tags = tags_of(connection, [row["id"] for row in rows])
    return tuple(
        BadCase(
            **{**row, "thresholds": _read_json(row["thresholds"]), "conflict": bool(row["conflict"])},
            tags=tags.get(row["id"], ()),
        )
        for row in rows
    )


def _read_json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def tags_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of those cases that have some, in the order of TAGS."""
    found: dict[int, list[str]] = {}
    for begin in range(0, len(ids), AT_ONCE):
        part = bad_case_tags.c.case_id.in_(ids[begin : begin + AT_ONCE])
        for case_id, tag in connection.execute(select(bad_case_tags).where(part)):
            found.setdefault(case_id, []).append(tag)
    return {case_id: tuple(tag for tag in TAGS if tag in tags) for case_id, tags in found.items()}


def write_tags(connection: Connection, tags: Iterable[tuple[int, str]]) -> None:
    """Add tags as (case id, tag)."""
    rows = [{"case_id": case_id, "tag": tag} for case_id, tag in tags]
    if rows:
        connection.execute(insert(bad_case_tags), rows)


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
    return cases_of(connection, [fetch_case(connection, case_id)])[0]


def check_there(connection: Connection, ids: Sequence[int]) -> None:
    """Refuse ids of no case; asks for many at a time.

    :raises NotFound: one is not there.
    """
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        found = set(connection.execute(select(bad_cases.c.id).where(bad_cases.c.id.in_(part))).scalars())
        for case_id in part:
            if case_id not in found:
                raise NotFound(KIND, case_id)


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
    changed = {field: value, "version": case["version"] + 1, "updated_at": at, **_derived({**case, field: value})}
    if field == "status":  # a decision ends a conflict, and taking it back opens it again
        changed["conflict"] = int(value == NEW and contradicted(connection, case["id"]))
    try:
        done = connection.execute(update(bad_cases).where(mine).values(**changed)).rowcount
    except IntegrityError as error:
        raise AlreadyExists(N_("open bad case of this pair"), case["id"]) from error
    if done != 1:
        raise Conflict(KIND, case["id"])
    action = "changed" if undoes is None else "undone"
    write_history(connection, case["id"], at, actor, action, field=field, old=case[field], new=value, undoes=undoes)


def _derived(case: dict[str, Any]) -> dict[str, Any]:
    """What follows from the other columns, and must follow their changes."""
    return {
        "searched": searched_text(case["text_a"], case["text_b"], case["note"]),
        "margin": margin_of(case["score"], case["expected"], _read_json(case["thresholds"])),
        "cost": cost_of(case["expected"], case["tier_given"]),
    }


def last_change(connection: Connection, case_id: int, field: str | None) -> RowMapping:
    """The newest change, of `field` if given, that nobody has taken back.

    :raises NotFound: there is none.
    """
    taken_back = select(HISTORY.undoes).where(HISTORY.case_id == case_id, HISTORY.undoes.is_not(None))
    query = (
        select(bad_case_history)
        .where(HISTORY.case_id == case_id, HISTORY.action == "changed", HISTORY.id.not_in(taken_back))
        .order_by(HISTORY.id.desc())
        .limit(1)
    )
    if field is not None:
        query = query.where(HISTORY.field == field)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        of_field = N_("{field} change of bad case")
        raise NotFound(N_("change of bad case") if field is None else note(of_field, field=field), case_id)
    return row
