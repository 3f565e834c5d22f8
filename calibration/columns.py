"""The pairs frame: names, kinds and ranges, each defined once.

A pairs frame has one row a labelled pair and these columns:

======== ======= ==========================================================================================
column   dtype   meaning
======== ======= ==========================================================================================
text_a   str     first text, as the user gave it (cleaning happens at scoring), not blank
text_b   str     second text, likewise
label    float64 in the scale of `kind`; the higher the more alike
kind     str     `binary` (0, 1) | `tier` (0..3) | `graded` (0..5)
domain   str     the team's field, say `bank`; `default` where none was given
id       str     optional; the user's own key
split    str     optional; the user's own split
purpose  str     optional; `calibrate` (may certify) or `review` (never enters a certificate)
note     str     optional; free text
score    float64 only in a scored frame: cosine in [-1, 1]
======== ======= ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from calibration.errors import N_

TEXT_A: Final = "text_a"
TEXT_B: Final = "text_b"
LABEL: Final = "label"
KIND: Final = "kind"
DOMAIN: Final = "domain"
ID: Final = "id"
SPLIT: Final = "split"
PURPOSE: Final = "purpose"
NOTE: Final = "note"
SCORE: Final = "score"

REQUIRED: Final = (TEXT_A, TEXT_B, LABEL)
OPTIONAL: Final = (ID, SPLIT, PURPOSE, NOTE)

BINARY: Final = "binary"
TIER: Final = "tier"
GRADED: Final = "graded"
LABEL_KINDS: Final = (BINARY, TIER, GRADED)
LABEL_MAX: Final = {BINARY: 1.0, TIER: 3.0, GRADED: 5.0}

SAME: Final = "same"
RELATED: Final = "related"
WEAK: Final = "weak"
UNRELATED: Final = "unrelated"
TIERS: Final = (SAME, RELATED, WEAK, UNRELATED)
"""The four tiers, high to low."""
THRESHOLD_TIERS: Final = (SAME, RELATED, WEAK)
"""The tiers that have a threshold; what is below them all is `unrelated`."""
NOT_SAME: Final = "not_same"
"""What a bad case may expect besides a tier: any tier but `same`."""
TIER_NAMES: Final = {SAME: N_("same"), RELATED: N_("related"), WEAK: N_("weak"), UNRELATED: N_("unrelated")}

MERGE: Final = "merge"
PERSON: Final = "person"
DIFFERENT: Final = "different"
"""What people read in place of a tier where labels only say same or not; files and programs keep the tiers."""
BINARY_WORDS: Final = {SAME: MERGE, RELATED: PERSON, WEAK: PERSON, UNRELATED: DIFFERENT}
SHOWN_NAMES: Final = {
    **TIER_NAMES,
    MERGE: N_("can merge"),
    PERSON: N_("needs a person"),
    DIFFERENT: N_("different"),
}
"""Every tier and word that people read, by its key."""

POSITIVE_FROM: Final[dict[str, dict[str, float | None]]] = {
    BINARY: {SAME: 1.0, RELATED: None, WEAK: None},
    TIER: {SAME: 3.0, RELATED: 2.0, WEAK: 1.0},
    GRADED: {SAME: 4.0, RELATED: 3.0, WEAK: 1.0},
}
"""The lowest label of each kind that is at least of a tier; None: this kind of label cannot tell.

Graded labels follow the STS scale (Cer et al. 2017, SemEval task 1): 4 is "mostly equivalent", 3 "roughly
equivalent, important details differ", 1-2 share some details or only the topic, 0 is unrelated.
"""

LOWEST_SCORE: Final = -1.0
"""The lowest cosine. A tier that starts here takes in everything that no tier above does, and claims nothing."""

DEFAULT_DOMAIN: Final = "default"
DEFAULT_PRECISION: Final = 0.9
"""The target precision where none is asked for."""
DEFAULT_CONFIDENCE: Final = 0.9
"""The confidence of certificates and intervals where none is asked for."""
PURPOSE_CALIBRATE: Final = "calibrate"
PURPOSE_REVIEW: Final = "review"


def is_binary(kinds: Iterable[str], certified: Iterable[str] = ()) -> bool:
    """Whether labels of these kinds only say same or not, so that people read words in place of the four tiers.

    certified: the tiers that certificates speak of. Where the kinds are not known they tell: that of `unrelated` is
    made of binary labels only.

    >>> is_binary(["binary"]), is_binary(["binary", "tier"]), is_binary([]), is_binary([], ["same", "unrelated"])
    (True, False, False, True)
    """
    known = set(kinds)
    return known == {BINARY} if known else UNRELATED in set(certified)


def shown_tier(tier: str, binary: bool, thresholds: Mapping[str, float | None] | None = None) -> str:
    """The key, in SHOWN_NAMES, of what people read for a tier; the tier itself where labels are not binary.

    In a binary domain a pair can merge at `same`; it is different below the lowest threshold, where there is one
    besides `same`; everything else needs a person. thresholds: of the domain, None where one below `same` is known.

    >>> [shown_tier(tier, True, {"same": 0.9, "related": 0.7}) for tier in TIERS]
    ['merge', 'person', 'person', 'different']
    >>> shown_tier("unrelated", True, {"same": 0.9}), shown_tier("unrelated", False, {"same": 0.9})
    ('person', 'unrelated')
    """
    if not binary:
        return tier
    if tier == UNRELATED and thresholds is not None and lowest_line(thresholds) is None:
        return PERSON
    return BINARY_WORDS.get(tier, tier)


def lowest_line(thresholds: Mapping[str, float | None]) -> float | None:
    """The lowest threshold besides `same`: in a binary domain, pairs below it are different."""
    lines = [thresholds.get(tier) for tier in (RELATED, WEAK)]
    return min((line for line in lines if line is not None), default=None)


def shown_rows(binary: bool) -> tuple[str, ...]:
    """The tiers that a table has rows for: binary labels know `same` and its opposite only."""
    return (SAME, UNRELATED) if binary else TIERS


def shown_lines(binary: bool) -> tuple[str, ...]:
    """The tiers whose thresholds people see and set; with binary labels, those of merging and of checking."""
    return (SAME, RELATED) if binary else THRESHOLD_TIERS
