"""Precision at the live prevalence, where positives are rarer than among the labels.

Precision depends on how common positives are; the shares accepted within positives (TPR) and within negatives (FPR)
do not. So with labels whose classes were each drawn at random, precision can be carried over to any prevalence,
provided that live positives and live negatives score like the labelled ones (label shift). Nothing here is a
certificate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from calibration.certificates.sampling_design import UNKNOWN, data_draw
from calibration.certificates.score_floor import drawn_from_all
from calibration.columns import DEFAULT_CONFIDENCE, SAME, SCORE
from calibration.errors import N_, BadArgument
from calibration.messages.note import Note, note, short_percent
from calibration.pairs import positives
from calibration.pairs.purpose import calibration_rows
from calibration.stats.design_effect import clustered_proportion, design_effect
from calibration.stats.intervals import MELDED, Estimate, Proportion, check_confidence
from calibration.stats.text_groups import text_groups
from calibration.stats.threshold_counts import Flags, Floats, Ints

DRAWS: Final = 10_000

SHIFTED: Final = N_(
    "{labels} of the labels are positive, but {live} of live pairs: precision {here} among the labels is about "
    "{there} live."
)
NOT_CARRIED: Final = N_(
    "The adjusted precision holds only if positives and negatives were each drawn at random; for "
    "these labels this is not known."
)
FLOORED: Final = N_(
    "{n} labels were drawn above a score floor; they say nothing about the pairs below it, so they are left "
    "out here."
)


@dataclass(frozen=True)
class AdjustedPrecision:
    """A threshold's precision among the labels and at a live prevalence.

    here: precision among the labels. adjusted: at the live prevalence. tpr, fpr: share accepted among labelled
    positives and negatives. prevalence: share of positives among the labels. live: the prevalence asked about.
    shifted: whether `live` is outside the interval of `prevalence`. notes: what to say with the number.
    """

    tier: str
    threshold: float
    live: float
    here: Proportion
    adjusted: Estimate
    tpr: Proportion
    fpr: Proportion
    prevalence: Proportion
    shifted: bool
    notes: tuple[Note, ...] = ()


def precision_at(tpr: ArrayLike, fpr: ArrayLike, prevalence: ArrayLike) -> Floats:
    """Bayes: precision = pi TPR / (pi TPR + (1 - pi) FPR), all in [0, 1]; NaN where nothing is accepted.

    Precision .90 where half of the pairs are positive is .32 where one in twenty is:

    >>> precision_at(0.9, 0.1, [0.5, 0.05]).round(2).tolist()
    [0.9, 0.32]
    """
    pi = np.asarray(prevalence, dtype=np.float64)
    true, false = pi * np.asarray(tpr), (1.0 - pi) * np.asarray(fpr)
    with np.errstate(invalid="ignore"):
        return np.asarray(true / (true + false), dtype=np.float64)


def equivalent_target(precision: float, prevalence: float, live: float) -> float:
    """The precision to ask of labels with `prevalence`, for `precision` where it is `live`; all inside (0, 1).

    odds(target) = odds(precision) odds(prevalence) / odds(live): the likelihood ratio TPR / FPR stays.

    >>> round(equivalent_target(0.9, prevalence=0.5, live=0.05), 4)
    0.9942
    """
    for name, value in (("precision", precision), ("prevalence", prevalence), ("live", live)):
        _check_share(name, value)
    odds = _odds(precision) * _odds(prevalence) / _odds(live)
    return odds / (1.0 + odds)


def adjust_precision(
    rows: pd.DataFrame,
    threshold: float,
    live: float | Proportion,
    tier: str = SAME,
    confidence: float = DEFAULT_CONFIDENCE,
    drawn: str | None = UNKNOWN,
) -> AdjustedPrecision:
    """The precision of {score >= threshold} at prevalence `live`, from the scored, labelled rows of one domain.

    live: in (0, 1), or a proportion counted on pairs drawn at random from the live ones, whose own uncertainty is
    then included. drawn: how the rows were drawn, see `calibration.certificates.sampling_design`. Rows picked for
    review, and those whose
    label or score cannot tell, are left out; so are those drawn above a recorded floor, which know nothing of the
    pairs below it.
    The interval melds the Clopper-Pearson intervals of TPR, FPR (and `live`), each widened by the design effect of
    its groups: quantiles of precision over draws from their confidence distributions, each from the side that
    lowers (raises) it (Fay, Proschan & Brittain 2015); it errs on the wide side.
    """
    check_confidence(confidence)
    counted = live if isinstance(live, Proportion) else None
    asked = _check_share("live", live.value if isinstance(live, Proportion) else live)
    random = calibration_rows(rows)
    whole = drawn_from_all(random)
    sample = _sample(whole, threshold, tier)
    adjusted = _adjusted(sample, counted or asked, confidence)
    here, prevalence = sample.share(sample.positive, sample.accepted, confidence), sample.prevalence(confidence)
    low, high = (counted.low, counted.high) if counted else (asked, asked)
    shifted = high < prevalence.low or low > prevalence.high
    notes = _notes(here, adjusted, prevalence, asked, shifted)
    notes += _floor_notes(len(random) - len(whole)) + _draw_notes(drawn)
    tpr, fpr = sample.rates(confidence)
    return AdjustedPrecision(tier, threshold, asked, here, adjusted, tpr, fpr, prevalence, shifted, notes)


@dataclass(frozen=True)
class _Sample:
    """Usable rows: (n,) accepted, positive, group; and the correlation of labels within groups."""

    accepted: Flags
    positive: Flags
    groups: Ints
    icc: float

    def share(self, of: Flags, among: Flags, confidence: float) -> Proportion:
        return clustered_proportion(of[among], self.groups[among], confidence, self.icc)

    def rates(self, confidence: float) -> tuple[Proportion, Proportion]:
        """TPR and FPR."""
        return (
            self.share(self.accepted, self.positive, confidence),
            self.share(self.accepted, ~self.positive, confidence),
        )

    def prevalence(self, confidence: float) -> Proportion:
        return self.share(self.positive, np.ones_like(self.positive), confidence)


def _sample(usable: pd.DataFrame, threshold: float, tier: str) -> _Sample:
    scores, positive = usable[SCORE].to_numpy(dtype=np.float64), positives(usable, tier)
    known = np.isfinite(scores) & np.isfinite(positive)
    groups, flags = text_groups(usable)[known], positive[known] == 1.0
    return _Sample(scores[known] >= threshold, flags, groups, design_effect(flags, groups).icc)


def _adjusted(sample: _Sample, live: float | Proportion, confidence: float) -> Estimate:
    tpr, fpr = sample.rates(confidence)
    value = live.value if isinstance(live, Proportion) else live
    estimate, n = float(precision_at(tpr.value, fpr.value, value)), sample.positive.size
    if math.isnan(estimate):
        return Estimate(math.nan, 0.0, 1.0, n, confidence, MELDED)
    random, tail = np.random.default_rng(0), (1.0 - confidence) / 2.0

    def drawn(high: bool) -> Floats:
        """Precision from the confidence distributions that lean to one side of it."""
        pi = _confidence_draws(live, high, random) if isinstance(live, Proportion) else live
        return precision_at(_confidence_draws(tpr, high, random), _confidence_draws(fpr, not high, random), pi)

    low, high = np.nanquantile(drawn(high=False), tail), np.nanquantile(drawn(high=True), 1.0 - tail)
    return Estimate(estimate, float(low), float(high), n, confidence, MELDED)


def _confidence_draws(found: Proportion, high: bool, random: np.random.Generator) -> Floats:
    """(DRAWS,) from the distribution whose quantiles are the Clopper-Pearson bounds of one side."""
    k, misses = found.hits / found.deff, (found.n - found.hits) / found.deff
    if found.hits == (found.n if high else 0):
        return np.full(DRAWS, float(high))
    return random.beta(k + high, misses + (not high), DRAWS)


def _notes(
    here: Proportion, adjusted: Estimate, prevalence: Proportion, live: float, shifted: bool
) -> tuple[Note, ...]:
    if not shifted or math.isnan(adjusted.value):
        return ()
    values = {"labels": prevalence.value, "live": live, "here": here.value, "there": adjusted.value}
    return (note(SHIFTED, **{name: short_percent(value) for name, value in values.items()}),)


def _floor_notes(left_out: int) -> tuple[Note, ...]:
    return (note(FLOORED, n=f"{left_out:,}"),) if left_out else ()


def _draw_notes(drawn: str | None) -> tuple[Note, ...]:
    return () if data_draw(drawn).rates else (note(NOT_CARRIED),)


def _odds(share: float) -> float:
    return share / (1.0 - share)


def _check_share(name: str, value: float) -> float:
    if not 0.0 < value < 1.0:
        raise BadArgument(name, N_("above 0 and below 1"), value)
    return value
