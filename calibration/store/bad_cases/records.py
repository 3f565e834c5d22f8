"""Bad cases as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from calibration.columns import DEFAULT_DOMAIN, NOT_SAME, TIERS
from calibration.policies.tiers import Thresholds
from calibration.text.differences import TRUNCATED

KIND: Final = "bad case"

EXPECTATIONS: Final = (*TIERS, NOT_SAME)

NEW: Final = "new"
CONFIRMED: Final = "confirmed"
LABEL_WRONG: Final = "label_wrong"
FIXED: Final = "fixed"
WONT_FIX: Final = "wont_fix"
STATUSES: Final = (NEW, CONFIRMED, LABEL_WRONG, FIXED, WONT_FIX)
OPEN_STATUSES: Final = (NEW, CONFIRMED)
"""Of a pair in a domain at most one case is open; the index uq_bad_cases_open_pair says the same."""


@dataclass(frozen=True)
class BadCaseDraft:
    """A report: these two texts should have been `expected` (a tier, `not_same`, 1 or 0).

    `score` is the cosine in [-1, 1] that was seen, `tier_given` the tier that was answered by `thresholds`; where
    these are not given, those of `policy_id` in `domain` are taken, if the store has that policy. `truncated`: the
    model read one of the texts in part.
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
    thresholds: Thresholds | None = None
    truncated: bool = False


@dataclass(frozen=True)
class BadCase:
    """A kept report. Times are UTC; `version` counts its changes and guards against lost ones.

    `margin`: how far the score is on the wrong side of the threshold that would have given what is expected, None
    where that is not known. `cost`: what the mistake costs by the default amounts of `UnitCosts`. `tags`: what the
    texts surely differ in, see `calibration.text.differences`. `conflict`: the reports of this pair contradict each
    other, and nobody has decided between them.
    """

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
    thresholds: Thresholds | None = None
    margin: float | None = None
    cost: float | None = None
    tags: tuple[str, ...] = ()
    conflict: bool = False

    @property
    def truncated(self) -> bool:
        """Whether the model read one of the texts in part."""
        return TRUNCATED in self.tags


@dataclass(frozen=True)
class KnownCase:
    """The newest case of a pair in a domain: its number and status."""

    id: int
    status: str

    @property
    def open(self) -> bool:
        """Whether it is reported and not settled."""
        return self.status in OPEN_STATUSES


@dataclass(frozen=True)
class Judgement:
    """What the model and a policy make of a case that came without: its score, its tier and by what."""

    case_id: int
    score: float
    tier_given: str
    thresholds: Thresholds
    policy_id: str | None
    fingerprint: str
    truncated: bool = False


@dataclass(frozen=True)
class BadCasePage:
    """One page of cases, and how many there are on all pages."""

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
