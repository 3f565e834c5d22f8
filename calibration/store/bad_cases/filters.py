"""Filters and orders of bad cases, and their JSON form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from calibration.errors import N_, BadArgument

NEWEST: Final = "newest"
MOST_WRONG: Final = "margin"
DEAREST: Final = "cost"
ORDERS: Final = (NEWEST, MOST_WRONG, DEAREST)
"""Newest first; furthest on the wrong side first; what costs most first. Where that is unknown, last."""

NO_TAG: Final = "none"
"""In place of a tag: the cases that have none."""
_MOMENTS: Final = ("since", "until")


@dataclass(frozen=True)
class BadCaseFilter:
    """Which cases: None means any; `status` is one or several.

    text: a part of either text or of the note, case and width aside. tag: one of
    `calibration.text.differences.TAGS`, or NO_TAG. conflict: whether reports contradict each other. score_from,
    score_to: scores in [from, to); cases without a score are left out. since, until: reported in [since, until).
    """

    status: str | tuple[str, ...] | None = None
    domain: str | None = None
    expected: str | None = None
    text: str = ""
    tag: str | None = None
    source: str | None = None
    reporter: str | None = None
    policy_id: str | None = None
    conflict: bool | None = None
    score_from: float | None = None
    score_to: float | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("score_from", "score_to"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise BadArgument(name, N_("a number"), value)

    def to_json(self) -> dict[str, Any]:
        """What is asked for, by name; `from_json` gives it back unchanged.

        >>> BadCaseFilter(domain="bank", status=("new", "confirmed")).to_json()
        {'status': ['new', 'confirmed'], 'domain': 'bank'}
        """
        asked = {field.name: getattr(self, field.name) for field in fields(self)}
        given = {name: value for name, value in asked.items() if value not in (None, "")}
        return {name: _plain(value) for name, value in given.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BadCaseFilter:
        """The inverse of `to_json`; unknown names are left aside: a newer version may have written them."""
        known = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        if isinstance(known.get("status"), list):
            known["status"] = tuple(known["status"])
        return cls(**known | {name: datetime.fromisoformat(known[name]) for name in _MOMENTS if name in known})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def check_order(order: str) -> None:
    """Refuse an unknown order.

    :raises BadArgument: it is unknown.
    """
    if order not in ORDERS:
        raise BadArgument("order", " | ".join(ORDERS), order)
