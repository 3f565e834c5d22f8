"""What a certificate says; plain data, so that reading a policy needs no statistics library."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

CERTIFIED: Final = "certified"
INSUFFICIENT: Final = "insufficient_labels"
NOT_CERTIFIABLE: Final = "not_certifiable"
STATUSES: Final = (CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE)


@dataclass(frozen=True)
class Certificate:
    """A threshold and the guarantee behind it, or why there is none.

    status: `certified`: with probability >= `confidence` over the draw of the labels, the pairs at or above
        `threshold` have precision >= `precision`; or, where `fpr` is given, at most that share of all negative
        pairs lies there. `insufficient_labels`: even errorless labels would be too few. `not_certifiable`: there
        are labels enough, but they do not support the target.
    threshold: an observed score, accepted with >=; +inf where nothing is certified (an empty tier).
    n_above, false_positives: labels at or above the threshold, and the negatives among them.
    precision_lower: Clopper-Pearson lower bound at the threshold, at the error level that the method spent
        there; at least `precision`. NaN where nothing is certified, or `fpr` was asked.
    labels_needed: the fewest labels (for `fpr`: negatives) with which the target can be certified at all
        (errorless ones); only where the status is `insufficient_labels`.
    precision, confidence, method: what was asked; precision is NaN where `fpr` was. n, positives, dropped: labels
        used, positives among them, and rows left out for a score or label that is not a finite number.
    deff: design effect of labels that share texts, at the threshold; where nothing is certified, of all of them.
        The test counted 1 / deff of the labels.
    fpr: the false positive rate asked for, or None for a precision. fpr_upper: Clopper-Pearson upper bound of it
        at the threshold, at most `fpr`; NaN where nothing is certified.
    """

    status: str
    threshold: float
    n_above: int
    false_positives: int
    precision_lower: float
    labels_needed: int | None
    precision: float
    confidence: float
    method: str
    n: int
    positives: int
    dropped: int = 0
    deff: float = 1.0
    fpr: float | None = None
    fpr_upper: float = math.nan

    @property
    def certified(self) -> bool:
        """Whether there is a guarantee."""
        return self.status == CERTIFIED

    @property
    def negatives(self) -> int:
        """Negatives among the labels: what a false positive rate is counted on."""
        return self.n - self.positives

    @property
    def effective(self) -> float:
        """As many independent labels as those that the promise counts are worth."""
        counted = self.n if self.fpr is None else self.negatives
        return (self.n_above if self.certified and self.fpr is None else counted) / self.deff

    def to_json(self) -> dict[str, Any]:
        """JSON numbers only: null stands for the infinite threshold and the NaN bound of an empty tier."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Certificate:
        """The inverse of `to_json`; raises KeyError or TypeError on anything else."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["threshold"] = math.inf if data["threshold"] is None else float(data["threshold"])
        for name in ("precision_lower", "precision", "fpr_upper"):
            value = data[name] if name != "fpr_upper" else data.get(name)
            known[name] = math.nan if value is None else float(value)
        return cls(**known)
