"""Evaluate matching on queries with known answers; every number has its n and interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_precision
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.corpus.matches import ANSWERED, Matches
from calibration.stats.intervals import Estimate, Proportion, proportion, spread_estimate
from calibration.stats.threshold_counts import Floats

AT: Final = (1, 3, 5, 10)
"""Ranks at which hits are counted."""
DEPTH: Final = max(AT)
FOLDS: Final = 5
FEWEST: Final = 50
"""Labelled queries below which nothing is said out of fold: a fifth of them would tell nothing."""
_RESAMPLES: Final = 1000
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class MatchEvaluation:
    """n: distinct labelled queries; in_scope: those whose answer the FAQ has.

    hits: by rank, of the queries in scope, those whose answer is among the best so many. reciprocal_rank: mean
    over the same queries of 1 / rank of the right answer, 0 beyond rank DEPTH (MRR). answered, right: by the
    threshold and margin in use, the share of all queries that get an answer, and of those answers the share that
    is right (a query without an answer in the FAQ has none that is right). certificate: the lowest score from
    which on best answers are right as often as asked. coverage, precision: out of fold, the share of all queries
    that reach a cut-off certified on the other folds, and of those the share that is right; None below FEWEST
    queries.
    """

    n: int
    in_scope: int
    hits: Mapping[int, Proportion]
    reciprocal_rank: Estimate
    answered: Proportion
    right: Proportion
    certificate: Certificate
    coverage: Proportion | None
    precision: Proportion | None


def evaluate_matches(
    matches: Matches,
    expected: Sequence[str],
    queries: Sequence[str],
    precision: float = DEFAULT_PRECISION,
    confidence: float = DEFAULT_CONFIDENCE,
) -> MatchEvaluation:
    """Judge matches (with k at least DEPTH, or the whole FAQ) by the key that each query should get; "" for none.

    A query that occurs several times counts once. Queries must be drawn at random from those that will come.
    Raises BadArgument for a precision or confidence out of range.
    """
    chosen = list({text: at for at, text in reversed(list(enumerate(queries)))}.values())[::-1]
    ranks = np.array([_rank(matches, at, expected[at]) for at in chosen], np.float64)
    scope = np.array([bool(expected[at]) for at in chosen])
    top = np.array([matches.found[at].scores[0] for at in chosen])
    entry = np.array([matches.found[at].rows[0] for at in chosen])
    given = np.array([matches.found[at].decision == ANSWERED for at in chosen])
    right = ranks == 1
    # An entry of the FAQ that many queries end at is one text in many pairs.
    codes = np.stack([np.arange(len(chosen)), len(chosen) + entry], axis=1)
    coverage, held = _out_of_fold(top, right, codes, precision, confidence)
    return MatchEvaluation(
        n=len(chosen),
        in_scope=int(scope.sum()),
        hits={at: proportion(int((ranks[scope] <= at).sum()), int(scope.sum()), confidence) for at in AT},
        reciprocal_rank=_mean_reciprocal(1.0 / ranks[scope], confidence),
        answered=proportion(int(given.sum()), len(chosen), confidence),
        right=proportion(int((given & right).sum()), int(given.sum()), confidence),
        certificate=certify_precision(top, right, precision, confidence, texts=codes),
        coverage=coverage,
        precision=held,
    )


def _rank(matches: Matches, query: int, key: str) -> float:
    """The rank of the right answer, infinite where it is not among the best DEPTH."""
    for rank, row in enumerate(matches.found[query].rows[:DEPTH].tolist(), start=1):
        if key and matches.keys[row] == key:
            return rank
    return float("inf")


def _mean_reciprocal(values: Floats, confidence: float) -> Estimate:
    mean = float(values.mean()) if values.size else float("nan")
    rng = np.random.default_rng(0)
    samples = (
        [float(values[rng.integers(0, values.size, values.size)].mean()) for _ in range(_RESAMPLES)]
        if values.size
        else []
    )
    return spread_estimate(mean, samples, int(values.size), confidence, bounds=(0.0, 1.0))


def _out_of_fold(
    top: Floats, right: Mask, codes: NDArray[np.int64], precision: float, confidence: float
) -> tuple[Proportion | None, Proportion | None]:
    """Coverage and precision of cut-offs that were certified without the queries that they are judged on."""
    n = len(top)
    if n < FEWEST:
        return None, None
    folds = np.random.default_rng(0).permutation(n) % FOLDS
    over = np.zeros(n, bool)
    for fold in range(FOLDS):
        rest = folds != fold
        cut = certify_precision(top[rest], right[rest], precision, confidence, texts=codes[rest]).threshold
        over[~rest] = top[~rest] >= cut
    reached = int(over.sum())
    return proportion(reached, n, confidence), proportion(int((over & right).sum()), reached, confidence)
