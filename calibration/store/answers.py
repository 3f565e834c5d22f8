"""Answers that a browser has queued: each has an id of its own, so that one that is sent twice counts once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.sql.elements import KeyedColumnElement

from calibration.errors import N_, BadArgument, SimTierError
from calibration.messages.note import note
from calibration.store.rows import check_text

LONGEST_NOTE: Final = 2000
MOST: Final = 500
"""Answers that are taken at once."""
AHEAD: Final = 100
"""Items that a browser holds at most: ten seconds of the fastest answering, should the server be away."""
FEWEST_AHEAD: Final = 20
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


@dataclass(frozen=True)
class Answer:
    """What somebody said about one item (`key`: a position or the number of a case)."""

    id: str
    key: int
    action: str
    value: str | float | None = None
    note: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of answers. kept: ids of those that count, also from an earlier sending; refused: id to why."""

    kept: tuple[str, ...] = ()
    refused: Mapping[str, SimTierError] = field(default_factory=dict)


def fair_share(free: int) -> int:
    """How many of `free` items one person gets at once: half of a short queue is left to the next one.

    >>> fair_share(1000), fair_share(50), fair_share(12)
    (100, 25, 20)
    """
    return min(AHEAD, max(FEWEST_AHEAD, -(-free // 2)))


def check_answer(answer: Answer, actions: Sequence[str]) -> None:
    """Refuse an answer that breaks a rule.

    :raises BadArgument: its id, action or note is not one that can be kept.
    """
    if not _ID.fullmatch(answer.id):
        raise BadArgument("answer_id", N_("1 to 64 letters, digits, hyphens or dots"), answer.id[:40])
    if answer.action not in actions:
        raise BadArgument("action", " | ".join(actions), answer.action[:40])
    if len(answer.note) > LONGEST_NOTE:
        raise BadArgument("note", note(N_("at most {limit} characters"), limit=LONGEST_NOTE), answer.note[:40])
    check_text("note", answer.note)


def known_answers(connection: Connection, column: KeyedColumnElement[Any], answers: Sequence[Answer]) -> set[str]:
    """The ids of those answers that were kept before."""
    ids = [answer.id for answer in answers]
    return set(connection.execute(select(column).where(column.in_(ids))).scalars())


def read_answers(sent: Any) -> tuple[Answer, ...]:
    """What a browser says, less what no page of ours has sent.

    >>> read_answers([{"id": "a1", "key": 3, "action": "label", "value": 1.0}, {"id": 2}, None])
    (Answer(id='a1', key=3, action='label', value=1.0, note=''),)
    """
    given = [one for one in sent[:MOST] if isinstance(one, dict)] if isinstance(sent, list) else []
    found = []
    for one in given:
        key: Any = one.get("key")
        value, said = one.get("value"), one.get("note", "")
        plain = isinstance(one.get("id"), str) and isinstance(one.get("action"), str) and isinstance(said, str)
        number = isinstance(key, int) and not isinstance(key, bool) and abs(key) < 2**53
        if plain and number and (value is None or (isinstance(value, str | int | float) and value == value)):
            found.append(Answer(one["id"], key, one["action"], value, said))
    return tuple(found)
