"""The certificate as plain data, so that reading a policy needs no statistics library."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

CERTIFIED: Final = "certified"
INSUFFICIENT: Final = "insufficient_labels"
NOT_CERTIFIABLE: Final = "not_certifiable"
SEQUENTIAL: Final = "sequential"
"""The method of a certificate that holds however often it was looked at."""
STATUSES: Final = (CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE)

CLAIM_TIER: Final = "tier"
CLAIM_DOMAIN: Final = "domain"
CLAIM_ALL: Final = "all"
CLAIMS: Final = (CLAIM_TIER, CLAIM_DOMAIN, CLAIM_ALL)
"""What holds at once with the confidence asked: each certificate alone, all of a domain, or all there are."""


@dataclass(frozen=True)
class Certificate:
    """A threshold and the guarantee behind it, or why there is none.

    status: `certified`: with probability >= `confidence` over the draw of the labels, the pairs at or above
        `threshold` have precision >= `precision`; or, where `fpr` is given, at most that share of all negative
        pairs is there. `insufficient_labels`: not provable yet, since no threshold passes, but the labels do
        not exclude the target at all of them. `not_certifiable`: out of reach, since the labels exclude it at every
        threshold (see `calibration.certificates.verdict`).
    threshold: an observed score, accepted with >=; +inf where nothing is certified (an empty tier).
    n_above, false_positives: labels at or above the threshold, and the negatives among them.
    precision_lower: Clopper-Pearson lower bound at the threshold, at the error level that the method spent
        there; at least `precision`. NaN where nothing is certified, or `fpr` was asked.
    labels_needed: only where the status is `insufficient_labels`. Where even errorless labels would be too few, the
        fewest (for `fpr`: negatives) with which the target can be certified at all. Otherwise how many new labels,
        drawn at random at or above `draw_above`, certify it with a chance of 80%.
    draw_above: where to draw them; None for all pairs. For the mirrored `unrelated` they are drawn from all pairs.
    live_pairs: how many pairs to go through to find that many; None where `labels_needed` is the fewest.
    precision, confidence, method: what was asked; precision is NaN where `fpr` was. n, positives, dropped: labels
        used, positives among them, and rows left out for a score or label that is not a finite number.
    deff: design effect of labels that share texts, at the threshold; where nothing is certified, of all of them.
        The test counted 1 / deff of the labels.
    fpr: the false positive rate asked for, or None for a precision. fpr_upper: Clopper-Pearson upper bound of it
        at the threshold, at most `fpr`; NaN where nothing is certified.
    guards: the tags that hold pairs back: the promise is about the other pairs at or above the threshold. The
        labels counted are those of such pairs.
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
    draw_above: float | None = None
    live_pairs: int | None = None
    guards: tuple[str, ...] = ()

    @property
    def certified(self) -> bool:
        """Whether there is a guarantee."""
        return self.status == CERTIFIED

    @property
    def tested(self) -> bool:
        """Whether there were labels enough for a test; those that failed one may not be tested again."""
        return self.status != INSUFFICIENT or self.live_pairs is not None

    @property
    def anytime(self) -> bool:
        """Whether the guarantee holds however often the labels were looked at, and whenever labelling stopped."""
        return self.method == SEQUENTIAL

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
        data = {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }
        return data | {"guards": list(self.guards)} if self.guards else _without(data, "guards")

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Certificate:
        """The inverse of `to_json`; raises KeyError or TypeError on anything else."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["threshold"] = math.inf if data["threshold"] is None else float(data["threshold"])
        for name in ("precision_lower", "precision", "fpr_upper"):
            value = data[name] if name != "fpr_upper" else data.get(name)
            known[name] = math.nan if value is None else float(value)
        return cls(**known | {"guards": tuple(data.get("guards") or ())})


def _without(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != name}
