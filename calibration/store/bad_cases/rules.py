"""Rules for bad cases: what may be reported, which label it implies, and which pairs are equal.

Expectations. A report says which tier the pair should have had. From a yes/no label, 1 means `same`; 0 says only
that the pair is not the same, which no single tier expresses, so it is kept as `not_same` and goes back into a
pairs frame as the binary label 0 that it is.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, Final

from calibration.columns import BINARY, NOT_SAME, SAME, THRESHOLD_TIERS, TIER, TIERS
from calibration.costs.mistake import margin, mistake_cost
from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.policies.tiers import Thresholds
from calibration.store.bad_cases.records import EXPECTATIONS, STATUSES, BadCaseDraft
from calibration.store.rows import check_text
from calibration.text.differences import folded

_BETWEEN: Final = "\x1f"
"""Between the texts that are searched as one."""

LONGEST_DOMAIN: Final = 200
"""Characters: as in a policy."""
TOLERANCE: Final = 1e-6
"""A cosine of float32 vectors may miss [-1, 1] by rounding."""


def expectation(value: str | int) -> str:
    """The expectation that `value` stands for: a tier, `not_same`, 1 or 0.

    :raises BadArgument: it stands for none.
    """
    if value in EXPECTATIONS:
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1):
        return SAME if value else NOT_SAME
    raise BadArgument("expected", " | ".join((*EXPECTATIONS, "1", "0")), value)


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
        raise BadArgument("status", " | ".join(STATUSES), status)


def check_draft(draft: BadCaseDraft) -> None:
    """Refuse a report that cannot be kept.

    :raises BadArgument: a blank text or domain, an unknown tier, a score outside [-1, 1].
    """
    expectation(draft.expected)
    for name in ("text_a", "text_b", "domain"):
        if not getattr(draft, name).strip():
            raise BadArgument(name, N_("text that is not blank"), getattr(draft, name))
    for name in ("text_a", "text_b", "domain", "policy_id", "fingerprint", "note", "source", "reporter"):
        check_text(name, getattr(draft, name))
    if len(draft.domain) > LONGEST_DOMAIN:
        raise BadArgument("domain", N_("a name of at most 200 characters"), draft.domain[:40])
    if draft.tier_given is not None and draft.tier_given not in TIERS:
        raise BadArgument("tier_given", " | ".join(TIERS), draft.tier_given)
    for tier, value in (draft.thresholds or {}).items():
        if tier not in THRESHOLD_TIERS or (value is not None and not math.isfinite(value)):
            rule = note(N_("a number or null for {tiers}"), tiers=", ".join(THRESHOLD_TIERS))
            raise BadArgument("thresholds", rule, {tier: value})
    if draft.score is not None and not (math.isfinite(draft.score) and abs(draft.score) <= 1 + TOLERANCE):
        raise BadArgument("score", N_("between -1 and 1"), draft.score)


def margin_of(score: float | None, expected: str, thresholds: Thresholds | None) -> float | None:
    """How far on the wrong side, see `wrong_side.margin`; None where that is not known."""
    return None if score is None or thresholds is None else margin(score, expected, thresholds)


def cost_of(expected: str, tier_given: str | None) -> float | None:
    """What the mistake costs by the default amounts; None where the tier given is not known."""
    return None if tier_given is None else mistake_cost(expected, tier_given)


def thresholds_in(document: Mapping[str, Any], domain: str) -> Thresholds | None:
    """The thresholds of a domain in a policy's JSON; None where the policy does not know the domain."""
    found: Thresholds | None = document["domains"].get(domain, {}).get("thresholds")
    return found


def searched_text(text_a: str, text_b: str, note: str) -> str:
    """What a search looks through: one column reads three times as fast as three, in any language.

    A scan, not an index of trigrams: most Chinese words have two characters, which no trigram finds.
    """
    return _BETWEEN.join(folded(text) for text in (text_a, text_b, note))


def pair_key(text_a: str, text_b: str) -> str:
    """Equal for the same two texts in either order, blanks aside.

    >>> pair_key("a  b", "c") == pair_key("c", " a b")
    True
    """
    texts = sorted(" ".join(text.split()) for text in (text_a, text_b))
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
