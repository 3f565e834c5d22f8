"""What a threshold is to keep low: the share of wrong pairs among those accepted, or of negatives accepted.

A risk says which labels are its trials at each threshold and which of them are errors; a procedure
(`calibration.certificates.procedures`) then finds the lowest threshold that passes.

FPR(t) is the share of negative pairs with score >= t, which does not depend on how common positives are. It falls
as t rises whatever the model, so testing the thresholds in order needs no correction: an error needs f(t*) <= b at
the last t* with FPR(t*) > alpha, and f(t*) is at least Binomial(m, alpha) among all m negatives.

Labels that share texts are divided by their design effect: for a precision that of the labels at or above each
threshold; for a rate that of the negatives' scoring at or above the threshold that a share alpha of them reaches,
where, at t*, the law of f matters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.stats import beta

from calibration.errors import N_, BadArgument
from calibration.stats.design_effect import deflate
from calibration.stats.shared_text_effect import curve_effects, sharing_effects
from calibration.stats.threshold_counts import Curve, Floats, Ints, quantise


@dataclass(frozen=True)
class Precision:
    """At least a share `target` of the pairs at or above a threshold is positive; in [0, 1]."""

    target: float
    monotone: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.target <= 1.0:
            raise BadArgument("precision", N_("between 0 and 1"), self.target)

    @property
    def right(self) -> float:
        """The share of trials that must be no error."""
        return self.target

    @property
    def asked(self) -> dict[str, Any]:
        """The fields of a certificate that say the target."""
        return {"precision": self.target}

    def effects(self, counts: Curve, scores: Floats, positives: Floats, texts: Ints) -> Floats:
        """(m,) the design effect of the labels at or above each threshold; from the (n,) usable ones."""
        return curve_effects(counts, scores, positives, texts)

    def trials(self, counts: Curve, effects: Floats) -> Curve:
        """The labels at or above each threshold and the wrong ones, as so many independent ones."""
        return deflate(counts, effects) if (effects > 1.0).any() else counts

    def bound(self, trials: int, errors: int, level: float) -> dict[str, Any]:
        """The fields of a certificate that bound it: Clopper-Pearson with one-sided error `level`."""
        return {"precision_lower": clopper_pearson_lower(trials, errors, level)}


@dataclass(frozen=True)
class FalsePositiveRate:
    """At most a share `target` of the negative pairs is at or above a threshold; in (0, 1)."""

    target: float
    monotone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0.0 < self.target < 1.0:
            raise BadArgument("fpr", N_("above 0 and below 1"), self.target)

    @property
    def right(self) -> float:
        """The share of trials that must be no error."""
        return 1.0 - self.target

    @property
    def asked(self) -> dict[str, Any]:
        """The fields of a certificate that say the target."""
        return {"precision": math.nan, "fpr": self.target}

    def effects(self, counts: Curve, scores: Floats, positives: Floats, texts: Ints) -> Floats:
        """(m,) the design effect of the negatives, one for all thresholds; from the (n,) usable labels."""
        negative = positives == 0.0
        if not negative.any():
            return np.ones(counts.thresholds.shape)
        kept = quantise(scores[negative])
        reached = np.quantile(kept, 1.0 - self.target, method="lower")
        deff = sharing_effects(texts[negative], (kept >= reached).astype(np.float64))[-1]
        return np.full(counts.thresholds.shape, deff)

    def trials(self, counts: Curve, effects: Floats) -> Curve:
        """All negatives at every threshold and those at or above it, as so many independent ones."""
        negatives = np.floor((counts.n - counts.positives) / effects + 1e-9)
        wrong = np.minimum(np.ceil(counts.false_positives / effects - 1e-9), negatives)
        return Curve(counts.thresholds, negatives.astype(np.int64), wrong.astype(np.int64), counts.dropped)

    def bound(self, trials: int, errors: int, level: float) -> dict[str, Any]:
        """The fields of a certificate that bound it: Clopper-Pearson with one-sided error `level`."""
        upper = float(beta.ppf(1.0 - level, errors + 1, trials - errors)) if errors < trials else 1.0
        return {"precision_lower": math.nan, "fpr_upper": upper}


Risk = Precision | FalsePositiveRate


def clopper_pearson_lower(n: int, errors: int, level: float) -> float:
    """Exact lower bound of a proportion with `n - errors` successes in `n`, one-sided error `level`, in [0, 1].

    Clopper & Pearson 1934. At least p exactly where binom.cdf(errors, n, 1 - p) <= level.
    """
    return 0.0 if errors >= n else float(beta.ppf(level, n - errors, errors + 1))
