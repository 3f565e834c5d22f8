"""A start without labels: where random pairs of a team's own texts score.

Two texts drawn at random are almost surely different. So the share of random pairs at or above a threshold bounds
its false positive rate, exactly, without a label. The promise is about pairs of these texts: pairs are drawn from
all of them independently, and the bound is Clopper-Pearson's. It is no precision: how many of the pairs above the
threshold are the same depends on how many same pairs there are, which nobody has counted.

A few random pairs may be the same after all. A person who checks some of them bounds that share by s with half of
the error; then a rate of (1 - s) r among all random pairs, with the other half, is a rate of at most r among
different ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_fpr
from calibration.certificates.risk import FalsePositiveRate, clopper_pearson_lower
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, TEXT_A, TEXT_B
from calibration.errors import N_, BadArgument
from calibration.messages.note import Note, note
from calibration.stats.formatting import EXACT, threshold
from calibration.stats.intervals import check_confidence
from calibration.text.cleaning import clean

BACKGROUND: Final = "background"
"""The method's name in a certificate."""
PER_RATE: Final = 20.0
"""Random pairs are drawn until so many of them may be above a threshold."""
MOST_PAIRS: Final = 2_000_000
FEWEST_TEXTS: Final = 20

PROMISE: Final = N_(
    "{domain}: at most {rate} of random pairs of these {texts} texts score {threshold} or above, about "
    "{merges} of all {pairs} pairs; confidence {confidence}, {n} pairs drawn, no labels"
)
NO_PRECISION: Final = N_(
    "This is not a precision: the share of accepted pairs that mean the same depends on how common such pairs "
    "are. Label pairs drawn at random above the threshold to measure it."
)
NEAR: Final = N_(
    "{domain}: half of random pairs score above {median}, one in a hundred above {high}, the highest {top}"
)
TOO_HIGH: Final = N_("{domain}: no threshold: too many random pairs have the very highest score")


@dataclass(frozen=True)
class Background:
    """Random pairs of one domain. texts: distinct ones. scores: (n,) of the pairs drawn."""

    domain: str
    texts: int
    scores: np.ndarray
    certificate: Certificate
    checked: int = 0
    same: int = 0

    @property
    def notes(self) -> tuple[Note, ...]:
        """What it says, for people."""
        low, high, top = (float(np.quantile(self.scores, q)) for q in (0.5, 0.99, 1.0))
        near = note(NEAR, domain=self.domain, median=f"{low:.3f}", high=f"{high:.3f}", top=f"{top:.3f}")
        found = self.certificate
        if not found.certified:
            return (note(TOO_HIGH, domain=self.domain), near)
        pairs = self.texts * (self.texts - 1) // 2
        promise = note(
            PROMISE,
            domain=self.domain,
            threshold=threshold(found.threshold, digits=EXACT),
            rate=f"{found.fpr:g}",
            texts=f"{self.texts:,}",
            merges=f"{math.ceil(found.fpr_upper * pairs):,}",
            pairs=f"{pairs:,}",
            confidence=f"{found.confidence:g}",
            n=f"{found.n:,}",
        )
        return (promise, near, note(NO_PRECISION))


def distinct_texts(texts: Sequence[str]) -> list[str]:
    """The texts with something visible, each once, in their order; equal are those that clean and lower to one."""
    found: dict[str, str] = {}
    for text in texts:
        if cleaned := clean(str(text)):
            found.setdefault(cleaned.lower(), cleaned)
    return list(found.values())


def random_pairs(texts: Sequence[str], n: int, domain: str, seed: int = 0) -> pd.DataFrame:
    """n pairs of two different texts of the list, each drawn from all such pairs alike, with replacement.

    Raises BadArgument for fewer than FEWEST_TEXTS.
    """
    if len(texts) < FEWEST_TEXTS:
        raise BadArgument("TEXTS", note(N_("at least {n} different texts a domain"), n=FEWEST_TEXTS), len(texts))
    rng = np.random.default_rng(seed)
    first = rng.integers(0, len(texts), n)
    second = (first + rng.integers(1, len(texts), n)) % len(texts)
    known = np.asarray(texts, dtype=object)
    return pd.DataFrame({TEXT_A: known[first], TEXT_B: known[second], DOMAIN: domain})


def pairs_wanted(fpr: float) -> int:
    """How many random pairs to draw for a rate.

    >>> pairs_wanted(0.0001)
    200000
    """
    return min(MOST_PAIRS, math.ceil(PER_RATE / fpr))


def background(
    domain: str,
    texts: int,
    scores: np.ndarray,
    fpr: float,
    confidence: float = DEFAULT_CONFIDENCE,
    checked: int = 0,
    same: int = 0,
) -> Background:
    """The threshold that at most `fpr` of different pairs reach, from the scores (n,) of random ones.

    checked, same: random pairs that a person has judged, and those of them that are the same after all; 0: all
    random pairs are taken as different. Raises BadArgument.

    >>> found = background("bank", 1000, np.linspace(0, 0.9, 100_001), fpr=0.001)
    >>> found.certificate.certified, 0.898 < found.certificate.threshold < 0.9
    (True, True)
    """
    FalsePositiveRate(fpr)
    check_confidence(confidence)
    if not 0 <= same <= checked:
        raise BadArgument("same", N_("at most as many as were checked"), same)
    rate, sure = fpr, confidence
    if checked:
        sure = 1.0 - (1.0 - confidence) / 2.0
        rate *= clopper_pearson_lower(checked, same, 1.0 - sure)
    if not rate > 0.0:
        raise BadArgument("checked", N_("pairs of which not all are the same"), same)
    found = certify_fpr(scores, np.zeros(scores.size), rate, sure)
    upper = found.fpr_upper * fpr / rate if found.certified else math.nan
    made = replace(found, method=BACKGROUND, fpr=fpr, confidence=confidence, fpr_upper=upper)
    return Background(domain, texts, scores, made, checked, same)
