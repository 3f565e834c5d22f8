"""Certificates that may be looked at while labelling goes on, as often as one likes, and stopped at any moment.

`certify_precision` holds for one look at labels whose number was set in advance: labelling until it passes breaks
its promise about four times as often as stated. `SequentialCertifier` keeps it at any stopping time
(docs/decisions/0011-sequential-certificates.md): the chance that it EVER certifies a threshold that misses the
target is at most 1 - confidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, SEQUENTIAL, Certificate
from calibration.certificates.drawn_labels import DrawnLabels
from calibration.certificates.next_draw import NextDraw, next_draw
from calibration.certificates.pool import Pool
from calibration.columns import DEFAULT_CONFIDENCE, LOWEST_SCORE
from calibration.errors import N_, BadArgument, DrawOutOfOrder
from calibration.stats.sequential_thresholds import (
    OWN,
    ThresholdTest,
    certified_at,
    certified_count,
    out_of_reach,
)
from calibration.stats.threshold_counts import Floats, Ints, check_arrays, quantise

EXPECTED: Final = 1000
FORMAT: Final = 1
OWN_BEFORE: Final = 0.75
"""How budgets were shared when files did not say it: what was begun so goes on so, as it was looked at already."""


class SequentialCertifier:
    """The lowest threshold whose precision is certified, valid at any stopping time.

    Parameters
    ----------
    scores : array_like, shape (N,)
        Scores of unlabelled pairs, from which the labelled ones are drawn at random; the higher the more alike.
        They alone decide at which thresholds to look. NaN and infinite ones are left out.
    precision : float
        Target, above 0 and below 1.
    confidence : float
        1 - delta, above 0 and below 1.
    labels : int
        About how many labels you expect to draw. It decides when most of delta is spent, so how soon a threshold is
        certified; the guarantee holds whatever it is, and however many are drawn.
    floor : float, optional
        Only pairs at or above this score are drawn; a batch may have a higher floor of its own.

    Notes
    -----
    The promise: with probability at least `confidence` no certificate that is ever returned has a threshold whose
    precision in the population is below the target. It assumes what `certify_precision` assumes: labels are drawn
    at random, and precision falls as the threshold falls.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> certifier = SequentialCertifier(rng.random(5000), precision=0.9)
    >>> drawn = rng.random(400)
    >>> certifier.update(drawn[:100], drawn[:100] > 0.5).status
    'insufficient_labels'
    >>> found = certifier.update(drawn[100:], drawn[100:] > 0.5)
    >>> found.status, 0.4 < found.threshold < 0.6
    ('certified', True)
    """

    def __init__(
        self,
        scores: ArrayLike,
        precision: float,
        confidence: float = DEFAULT_CONFIDENCE,
        *,
        labels: int = EXPECTED,
        floor: float | None = None,
    ) -> None:
        for name, value in (("precision", precision), ("confidence", confidence)):
            if not 0.0 < value < 1.0:
                raise BadArgument(name, N_("above 0 and below 1"), value)
        if isinstance(labels, bool) or not isinstance(labels, int) or labels < 1:
            raise BadArgument("labels", N_("a whole number from 1"), labels)
        self.precision, self.confidence, self.labels = float(precision), float(confidence), labels
        self.floor = LOWEST_SCORE if floor is None else _floor(floor)
        self._pool = Pool.of(scores, None if floor is None else self.floor, self.precision, self._delta, labels)
        self._labels, self._own = DrawnLabels(), OWN
        self._begin()

    def _begin(self) -> None:
        """The test of the pool's thresholds, and the certificate of the labels so far."""
        pool = self._pool
        self._test = ThresholdTest(pool.shares, self.precision, self._delta, self.labels, pool.fine, self._own)
        self.certificate = self._judge()

    @property
    def n(self) -> int:
        """Labels so far."""
        return self._labels.n

    @property
    def thresholds(self) -> Floats:
        """(m,) the thresholds that can be certified, falling."""
        return self._pool.thresholds.copy()

    @property
    def _delta(self) -> float:
        return round(1.0 - self.confidence, 12)

    def update(
        self,
        scores: ArrayLike,
        positives: ArrayLike,
        *,
        floor: float | None = None,
        first: int | None = None,
        texts: Ints | None = None,
    ) -> Certificate:
        """Take in more labels, in the order of their draw, and return the certificate that all of them give.

        Parameters
        ----------
        scores, positives : array_like, shape (b,)
            Scores, and 1 or 0; NaN for a label that is not known, which is left out and counted.
        floor : float, optional
            This batch was drawn from the pairs at or above it. It may depend on all labels before. A batch counts
            for the thresholds at or above its floor only: a floor moved upwards adds nothing below it.
        first : int, optional
            The number, from 0, of the first of these labels in the draw, to be checked against those taken in.
        texts : ndarray of int, shape (b, 2)
            Numbers of the texts of each pair, the same numbers in every batch. Labels that share texts then count
            for less (see `calibration.stats.shared_text_effect`). All batches have them, or none.

        Raises
        ------
        BadArgument, DrawOutOfOrder, DrawMismatch
            And then nothing is taken in.
        """
        raw, labels = check_arrays(scores, positives)
        if first is not None and first != self._labels.n + self._labels.dropped:
            raise DrawOutOfOrder(self._labels.n + self._labels.dropped, first)
        lowest = self.floor if floor is None else _floor(floor)
        if lowest < self.floor:
            raise BadArgument("floor", N_("at or above the floor that was set at the start"), floor)
        usable = np.isfinite(raw) & np.isfinite(labels)
        kept = quantise(raw[usable])
        if kept.size and kept.min() < lowest:
            raise BadArgument("scores", N_("at or above the floor of their draw"), float(kept.min()))
        self._pool.check_draw(kept, lowest)
        self._labels = self._labels.with_batch(kept, labels[usable], lowest, texts, usable)
        self.certificate = self._judge()
        return self.certificate

    def next_draw(self, *, everywhere: bool = False) -> NextDraw | None:
        """Where labels bring the next certificate nearest, and how many; None where none is in sight.

        everywhere: for labels that are drawn from all pairs, above no floor.
        """
        stream = self._labels.stream(self.thresholds)
        return next_draw(self._test, stream, self.thresholds, self._done, everywhere)

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON data, so that labelling can go on elsewhere; `from_json` gives the certifier back."""
        return {
            "kind": SEQUENTIAL,
            "format": FORMAT,
            "precision": self.precision,
            "confidence": self.confidence,
            "labels": self.labels,
            "floor": self.floor,
            "own": self._own,
            **self._pool.to_json(),
            "drawn": self._labels.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SequentialCertifier:
        """The inverse of `to_json`; raises BadArgument on anything else."""
        try:
            if data["kind"] != SEQUENTIAL or data["format"] != FORMAT:
                raise ValueError
            made = cls(data["pool"]["scores"], data["precision"], data["confidence"], labels=data["labels"])
            made.floor, made._pool = _floor(data["floor"]), Pool.from_json(data)
            made._labels = DrawnLabels.from_json(data["drawn"])
            made._own = float(data.get("own", OWN_BEFORE))
            if not 0.0 < made._own < 1.0:
                raise ValueError
            made._begin()
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadArgument("data", N_("what SequentialCertifier.to_json gives"), type(error).__name__) from error
        return made

    def _judge(self) -> Certificate:
        test, labels, thresholds = self._test, self._labels, self._pool.thresholds
        stream = labels.stream(thresholds)
        self._done = done = certified_count(certified_at(test, stream))
        made = Certificate(
            INSUFFICIENT,
            math.inf,
            0,
            0,
            math.nan,
            None,
            self.precision,
            self.confidence,
            SEQUENTIAL,
            labels.n,
            int(labels.positives.sum()),
            labels.dropped,
        )
        if done:
            places = stream.at_or_above(done - 1)
            return replace(
                made,
                status=CERTIFIED,
                threshold=float(thresholds[done - 1]),
                n_above=places.size,
                false_positives=int(stream.wrong[places].sum()),
                precision_lower=self.precision,
            )
        if labels.n and out_of_reach(test, stream):
            return replace(made, status=NOT_CERTIFIABLE)
        ahead = next_draw(test, stream, thresholds, 0)
        needed = None if ahead is None else labels.n + ahead.labels
        return replace(made, labels_needed=needed)


def _floor(floor: float) -> float:
    if not LOWEST_SCORE <= floor <= 1.0:
        raise BadArgument("floor", N_("between -1 and 1"), floor)
    return float(quantise([floor])[0])
