"""A certified false positive rate: the target that does not depend on how common positives are.

FPR(t) is the share of negative pairs with score >= t. It falls as t rises whatever the model, so testing the
thresholds in order needs no correction: the lowest t with f(t) <= b, b = max{b : binom.cdf(b, m, alpha) <= delta},
where f counts the negatives at or above t among all m. An error needs f(t*) <= b at the last t* with
FPR(t*) > alpha, and f(t*) is at least Binomial(m, alpha): probability at most delta (monotone risk control, Bates
et al. 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta, binom

from calibration.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE
from calibration.curve import curve
from calibration.errors import N_, BadArgument

RULE: Final = N_("above 0 and below 1")


@dataclass(frozen=True)
class FprCertificate:
    """The lowest threshold whose false positive rate is certified, or why there is none.

    status: `certified`: with probability >= `confidence` over the draw of the labels, at most `fpr` of all negative
        pairs score at or above `threshold`. `insufficient_labels`: even no negative above would be too few labels.
        `not_certifiable`: the very highest score has too many negatives.
    threshold: an observed score, accepted with >=; +inf where nothing is certified.
    negatives, false_positives: negatives labelled, and those at or above the threshold. fpr_upper: Clopper-Pearson
        upper bound at the threshold, at most `fpr`; NaN where nothing is certified. labels_needed: the fewest
        negatives with which the target can be certified at all, where there are too few.
    """

    status: str
    threshold: float
    negatives: int
    false_positives: int
    fpr_upper: float
    labels_needed: int | None
    fpr: float
    confidence: float
    dropped: int


def certify_fpr(scores: ArrayLike, positives: ArrayLike, fpr: float, confidence: float = 0.9) -> FprCertificate:
    """The lowest threshold with a false positive rate of at most `fpr`; see the module for why it holds.

    scores, positives: as for `certify_precision`. fpr, confidence: in (0, 1). Raises BadArgument.

    >>> found = certify_fpr(np.arange(200) / 200, np.arange(200) >= 100, fpr=0.1)
    >>> found.threshold, found.false_positives, found.negatives
    (0.475, 5, 100)
    """
    for name, value in (("fpr", fpr), ("confidence", confidence)):
        if not 0.0 < value < 1.0:
            raise BadArgument(name, RULE, value)
    counts, delta = curve(scores, positives), round(1.0 - confidence, 12)
    negatives = counts.n - counts.positives
    allowed = int(binom.ppf(delta, negatives, fpr)) if negatives else 0
    allowed -= int(binom.cdf(allowed, negatives, fpr) > delta)
    passed = np.flatnonzero(counts.false_positives <= allowed)
    if allowed >= 0 and passed.size:
        wrong = int(counts.false_positives[passed[-1]])
        upper = float(beta.ppf(1.0 - delta, wrong + 1, negatives - wrong)) if wrong < negatives else 1.0
        threshold = float(counts.thresholds[passed[-1]])
        return FprCertificate(CERTIFIED, threshold, negatives, wrong, upper, None, fpr, confidence, counts.dropped)
    needed = math.ceil(math.log(delta) / math.log1p(-fpr)) if allowed < 0 else None
    status = INSUFFICIENT if needed else NOT_CERTIFIABLE
    return FprCertificate(status, math.inf, negatives, 0, math.nan, needed, fpr, confidence, counts.dropped)
