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

from dataclasses import dataclass
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
"""The tiers that have a threshold; what lies below them all is `unrelated`."""
NOT_SAME: Final = "not_same"
"""What a bad case may expect besides a tier: any tier but `same`."""
TIER_NAMES: Final = {SAME: N_("same"), RELATED: N_("related"), WEAK: N_("weak"), UNRELATED: N_("unrelated")}

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
PURPOSE_CALIBRATE: Final = "calibrate"
PURPOSE_REVIEW: Final = "review"


@dataclass(frozen=True)
class PairProblem:
    """One row that breaks a rule: where it stands and which rule.

    `row` is the line a person sees in the file: 1 is its first line, header included. `rule` is a message
    template of the catalogues; `params` are its fields.
    """

    file: str
    row: int
    column: str
    rule: str
    value: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        got = f" (got {self.value[:40]!r})" if self.value else ""
        return f"{self.file}, row {self.row}, column {self.column}: {self.rule.format(**dict(self.params))}{got}"
