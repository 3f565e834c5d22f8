"""Bad cases as values: what is reported, what is kept, and the rules for both.

Expectations. A report says which tier the pair should have had. From a yes/no label, 1 means `same`; 0 says only
that the pair is not the same, which no single tier expresses, so it is kept as `not_same` and goes back into a
pairs frame as the binary label 0 that it is.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from calibration.columns import BINARY, DEFAULT_DOMAIN, SAME, TIER, TIERS
from calibration.errors import BadArgument
from calibration.store.rows import check_text

KIND: Final = "bad case"

NOT_SAME: Final = "not_same"
EXPECTATIONS: Final = (*TIERS, NOT_SAME)

NEW: Final = "new"
CONFIRMED: Final = "confirmed"
LABEL_WRONG: Final = "label_wrong"
FIXED: Final = "fixed"
WONT_FIX: Final = "wont_fix"
STATUSES: Final = (NEW, CONFIRMED, LABEL_WRONG, FIXED, WONT_FIX)
OPEN_STATUSES: Final = (NEW, CONFIRMED)
"""Of a pair in a domain at most one case is open; the index uq_bad_cases_open_pair says the same."""

TOLERANCE: Final = 1e-6  # a cosine of float32 vectors may miss [-1, 1] by rounding


@dataclass(frozen=True)
class BadCaseDraft:
    """A report: these two texts should have been `expected` (a tier, `not_same`, 1 or 0).

    `score` is the cosine in [-1, 1] that was seen, `tier_given` the tier that was answered.
    """

    text_a: str
    text_b: str
    expected: str | int
    domain: str = DEFAULT_DOMAIN
    score: float | None = None
    tier_given: str | None = None
    policy_id: str | None = None
    fingerprint: str | None = None
    note: str = ""
    source: str = ""
    reporter: str = ""


@dataclass(frozen=True)
class BadCase:
    """A kept report. Times are UTC; `version` counts its changes and guards against lost ones."""

    id: int
    text_a: str
    text_b: str
    domain: str
    expected: str
    score: float | None
    tier_given: str | None
    policy_id: str | None
    fingerprint: str | None
    note: str
    source: str
    reporter: str
    status: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class BadCaseFilter:
    """Which cases: None means any; `text` is a part of either text or of the note, `status` one or several."""

    status: str | tuple[str, ...] | None = None
    domain: str | None = None
    expected: str | None = None
    text: str = ""


@dataclass(frozen=True)
class BadCasePage:
    """One page of cases, newest first, and how many there are on all pages."""

    rows: tuple[BadCase, ...]
    total: int


@dataclass(frozen=True)
class HistoryEntry:
    """At `at` (UTC) `actor` changed `field` from `old` to `new`.

    `action` is `created`, `changed`, `undone` (then `undoes` is the entry taken back) or `reported` (the same pair
    once more: `new` is what that report said, the case itself stays).
    """

    id: int
    case_id: int
    at: datetime
    actor: str
    action: str
    field: str
    old: str | None
    new: str | None
    undoes: int | None


def expectation(value: str | int) -> str:
    """The expectation that `value` stands for: a tier, `not_same`, 1 or 0.

    :raises BadArgument: it stands for none.
    """
    if value in EXPECTATIONS:
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1):
        return SAME if value else NOT_SAME
    raise BadArgument("expected", "one of " + ", ".join(EXPECTATIONS) + ", 1 or 0", value)


def label_of(expected: str) -> tuple[str, float]:
    """Kind and label of a pair with this expectation."""
    if expected == NOT_SAME:
        return BINARY, 0.0
    return TIER, float(len(TIERS) - 1 - TIERS.index(expected))


def check_status(status: str) -> None:
    """Refuse an unknown status.

    :raises BadArgument: it is unknown.
    """
    if status not in STATUSES:
        raise BadArgument("status", "one of " + ", ".join(STATUSES), status)


def check_draft(draft: BadCaseDraft) -> None:
    """Refuse a report that cannot be kept.

    :raises BadArgument: a blank text or domain, an unknown tier, a score outside [-1, 1].
    """
    expectation(draft.expected)
    for name in ("text_a", "text_b", "domain"):
        if not getattr(draft, name).strip():
            raise BadArgument(name, "text that is not blank", getattr(draft, name))
    for name in ("text_a", "text_b", "domain", "policy_id", "fingerprint", "note", "source", "reporter"):
        check_text(name, getattr(draft, name))
    if draft.tier_given is not None and draft.tier_given not in TIERS:
        raise BadArgument("tier_given", "one of " + ", ".join(TIERS), draft.tier_given)
    if draft.score is not None and not (math.isfinite(draft.score) and abs(draft.score) <= 1 + TOLERANCE):
        raise BadArgument("score", "a number in [-1, 1]", draft.score)


def pair_key(text_a: str, text_b: str) -> str:
    """Equal for the same two texts in either order, blanks aside.

    >>> pair_key("a  b", "c") == pair_key("c", " a b")
    True
    """
    texts = sorted(" ".join(text.split()) for text in (text_a, text_b))
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
