"""Filters and orders of bad cases as SQL conditions."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, exists, select

from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.store.bad_cases.filters import DEAREST, MOST_WRONG, NO_TAG, BadCaseFilter, check_order
from calibration.store.rows import check_text
from calibration.store.schema import bad_case_tags, bad_cases
from calibration.text.differences import folded

SEARCH_LIMIT: Final = 1000
_EQUAL: Final = ("domain", "expected", "source", "reporter", "policy_id")


def matching(wanted: BadCaseFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter; `text` is taken literally, `%` and `_` included.

    :raises BadArgument: `text` is too long to search for, or cannot be in any text.
    """
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        statuses = (wanted.status,) if isinstance(wanted.status, str) else wanted.status
        conditions.append(bad_cases.c.status.in_(statuses))
    equal = {name: getattr(wanted, name) for name in _EQUAL}
    conditions += [bad_cases.c[name] == value for name, value in equal.items() if value is not None]
    conditions += _ranges(wanted)
    if wanted.conflict is not None:
        conditions.append(bad_cases.c.conflict == int(wanted.conflict))
    if wanted.tag is not None:
        conditions.append(_tagged(wanted.tag))
    if wanted.text:
        check_text("text", wanted.text)
        if len(wanted.text) > SEARCH_LIMIT:
            raise BadArgument("text", note(N_("at most {limit} characters"), limit=SEARCH_LIMIT), wanted.text[:40])
        conditions.append(bad_cases.c.searched.contains(folded(wanted.text), autoescape=True))
    return conditions


def _ranges(wanted: BadCaseFilter) -> list[ColumnElement[bool]]:
    """Scores and moments, from the first to before the second."""
    bounds = (
        (bad_cases.c.score, wanted.score_from, wanted.score_to),
        (bad_cases.c.created_at, wanted.since, wanted.until),
    )
    found: list[ColumnElement[bool]] = []
    for column, low, high in bounds:
        found += [column >= low] if low is not None else []
        found += [column < high] if high is not None else []
    return found


def _tagged(tag: str) -> ColumnElement[bool]:
    if tag == NO_TAG:
        return ~exists().where(bad_case_tags.c.case_id == bad_cases.c.id)
    return bad_cases.c.id.in_(select(bad_case_tags.c.case_id).where(bad_case_tags.c.tag == tag))


def ordering(order: str) -> list[Any]:
    """The order of a page; equals are newest first.

    :raises BadArgument: an unknown order.
    """
    check_order(order)
    first = {MOST_WRONG: bad_cases.c.margin, DEAREST: bad_cases.c.cost}.get(order)
    newest = bad_cases.c.id.desc()
    return [newest] if first is None else [first.desc().nulls_last(), newest]
