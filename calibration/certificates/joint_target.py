"""Two targets at once: a precision, and a recall or a coverage that it must leave.

Precision is certified from above down, recall from below up, each with half of the error: every threshold between
the two meets both. Coverage, the share of all pairs that is accepted, needs no label: unlabelled scores tell it.

The two are impossible where the labels rule out one of them at every threshold: precision where
P(Binomial(k, 1 - p) >= f) is at most half of the error, recall where P(Binomial(m, r) <= h) is, for h of m
positives. If a threshold did meet both, that one would be ruled out with at most the whole error, however many
thresholds there are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_fpr, certify_precision
from calibration.certificates.score_floor import floor_for_share
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument
from calibration.stats.shared_text_effect import curve_effects
from calibration.stats.threshold_counts import Curve, Flags, Floats, Ints, check_arrays, curve, mirrored, quantise

POSSIBLE: Final = "possible"
NOT_YET: Final = "not_provable_yet"
IMPOSSIBLE: Final = "impossible"


@dataclass(frozen=True)
class JointTarget:
    """Thresholds from `lowest` to `highest` meet both targets; there are none where `met` is false.

    precision: the certificate behind `lowest`. recall: the mirrored one behind `highest`; None where a coverage was
    asked. lowest: +inf, highest: -inf where nothing is certified. excluded: the labels rule out one of the
    targets at every threshold.
    """

    lowest: float
    highest: float
    precision: Certificate
    recall: Certificate | None
    excluded: bool = False

    @property
    def met(self) -> bool:
        """Whether these labels show that both targets can be met."""
        return self.lowest <= self.highest

    @property
    def verdict(self) -> str:
        """One of POSSIBLE, NOT_YET and IMPOSSIBLE."""
        return POSSIBLE if self.met else IMPOSSIBLE if self.excluded else NOT_YET


def joint_target(
    scores: ArrayLike,
    positives: ArrayLike,
    precision: float,
    *,
    recall: float | None = None,
    coverage: float | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    texts: Ints | None = None,
) -> JointTarget:
    """Whether a threshold has precision >= `precision` and recall >= `recall`, or accepts `coverage` of all pairs.

    scores, positives, texts: (n,) as for `certify_precision`, drawn from all pairs, above no floor. Exactly one of
    recall and coverage, in (0, 1). Raises BadArgument.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.random(1000)
    >>> joint_target(scores, scores > 0.5, 0.9, recall=0.9).met
    True
    >>> joint_target(scores, scores > 0.5, 0.9, coverage=0.7).met
    False
    """
    if (recall is None) == (coverage is None):
        raise BadArgument("recall, coverage", N_("one of them"), (recall, coverage))
    asked = recall if coverage is None else coverage
    if asked is None or not 0.0 < asked < 1.0:
        raise BadArgument("coverage" if recall is None else "recall", N_("above 0 and below 1"), asked)
    raw, labels = check_arrays(scores, positives)
    if recall is None:
        found = certify_precision(raw, labels, precision, confidence, texts=texts)
        highest = floor_for_share(raw, asked)
        counts, out = _precision_excluded(raw, labels, precision, 1.0 - confidence, texts)
        excluded = bool(out[counts.thresholds <= highest].all())
        return JointTarget(found.threshold, highest, found, None, excluded)
    half = 1.0 - (1.0 - confidence) / 2.0
    found = certify_precision(raw, labels, precision, half, texts=texts)
    missed = certify_fpr(-quantise(raw), 1.0 - labels, 1.0 - recall, half, texts=texts)
    # Positives below the threshold are the share that is missed: mirrored, `score > t` becomes `-score < -t`.
    counts, out = _precision_excluded(raw, labels, precision, 1.0 - half, texts)
    hits = np.ceil((counts.n_above - counts.false_positives) / missed.deff - 1e-9)
    positive = math.floor(counts.positives / missed.deff + 1e-9)
    lost = binom.cdf(hits, positive, recall) <= 1.0 - half
    nothing = binom.cdf(0, positive, recall) <= 1.0 - half  # a threshold above all scores
    excluded = bool(nothing and (out | lost).all())
    return JointTarget(found.threshold, mirrored(missed.threshold), found, missed, excluded)


def _precision_excluded(
    scores: Floats, labels: Floats, precision: float, level: float, texts: Ints | None
) -> tuple[Curve, Flags]:
    """The counts at every threshold, and where they rule the precision out."""
    counts = curve(scores, labels)
    effects = 1.0 if texts is None else curve_effects(counts, scores, labels, texts)
    k, f = (np.floor(count / effects + 1e-9) for count in (counts.n_above, counts.false_positives))
    return counts, np.asarray(binom.sf(f - 1, k, 1.0 - precision) <= level, dtype=np.bool_)
