"""Procedures that are looked at again and again while labels come in: thresholds at every look."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from scipy.special import betainc, betaln, logsumexp

from benchmarks.calibration.methods import certified, mapie, pointwise
from benchmarks.calibration.pools import Pool
from calibration.certificates.pool import Pool as ScorePool
from calibration.certificates.procedures import AUTO
from calibration.certificates.sequential import EXPECTED
from calibration.stats.sequential_thresholds import Stream, ThresholdTest, certified_at
from calibration.stats.threshold_counts import Floats, Ints

Watched = Callable[[Pool, Floats, Floats, Ints, float], Floats]
"""(pool, scores, positives, looks, delta) -> (l,) the threshold in hand at each look, +inf for none.

Of the pool only its scores may be read. Scores and positives are in the order of the draw.
"""

GRID: Final = 40
GEOMETRIC: Final = 0.8
BARGAIN_ROWS: Final = 5_000
"""Pairs of the pool that BARGAIN is given: its time grows with them."""


@dataclass(frozen=True)
class Procedure:
    """promises: whether it claims validity at any stopping time. slow: tens of milliseconds a look and more.
    proven: its proof is on trial on the hardest pool."""

    name: str
    promises: bool
    thresholds: Watched
    slow: bool = False
    proven: bool = False


@lru_cache(maxsize=64)
def prepared(pool: Pool, delta: float, expected: int = EXPECTED) -> tuple[Floats, ThresholdTest]:
    """What `SequentialCertifier` fixes before the first label."""
    made = ScorePool.of(pool.scores, None, pool.target, delta, expected)
    return made.thresholds, ThresholdTest(made.shares, pool.target, delta, expected, made.fine)


def sequential(pool: Pool, scores: Floats, positives: Floats, looks: Ints, delta: float) -> Floats:
    """`SequentialCertifier`: its certificates are functions of the labels so far, so one pass gives all looks."""
    thresholds, test = prepared(pool, delta)
    bands = np.searchsorted(-thresholds, -scores, side="left")
    stream = Stream(bands, 1.0 - positives, np.full(scores.size, thresholds.size))
    times = certified_at(test, stream)
    counts = np.array([np.count_nonzero((times >= 0) & (times <= look)) for look in looks])
    return np.append(np.inf, thresholds)[counts]


def mixture(pool: Pool, scores: Floats, positives: Floats, looks: Ints, delta: float) -> Floats:
    """Likelihood ratios mixed over q and over thresholds with geometric weights, nested: the first try."""
    grid = np.unique(np.quantile(pool.scores, np.linspace(0.97, 0.0, GRID), method="lower"))[::-1]
    above = np.searchsorted(-grid, -scores)[None, :] <= np.arange(grid.size)[:, None]
    k = above.cumsum(axis=1)[:, looks - 1]
    f = (above * (1.0 - positives)).cumsum(axis=1)[:, looks - 1]
    evidence = _log_evidence(k, f, pool.target)
    lag = np.subtract.outer(np.arange(grid.size), np.arange(grid.size)).T
    weights = np.where(lag >= 0, GEOMETRIC ** np.maximum(lag, 0.0), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    mixed = np.stack([logsumexp(evidence, axis=0, b=row[:, None]) for row in weights])
    ever = np.maximum.accumulate(mixed, axis=1) >= -math.log(delta)
    counts = np.cumprod(ever, axis=0).sum(axis=0)
    return np.append(np.inf, grid)[counts]


def _log_evidence(k: Ints, f: Floats, precision: float) -> Floats:
    """The log likelihood ratio against `precision`, mixed over a uniform q above it."""
    with np.errstate(divide="ignore"):
        right = np.log(betainc(f + 1.0, k - f + 1.0, 1.0 - precision)) + betaln(k - f + 1.0, f + 1.0)
    return np.asarray(
        right - math.log(1.0 - precision) - (k - f) * math.log(precision) - f * math.log(1.0 - precision)
    )


def at_every_look(
    _pool: Pool, scores: Floats, positives: Floats, looks: Ints, delta: float, one: Any, split: bool
) -> Floats:
    """A procedure for one look, used at every look; split: each look has its share of delta."""
    level = delta / looks.size if split else delta
    return np.array([one(scores[:n], positives[:n], _pool.target, level) for n in looks.tolist()])


def bargain(pool: Pool, scores: Floats, _positives: Floats, looks: Ints, delta: float) -> Floats:
    """BARGAIN for a precision target: it draws by itself, once, from the pool with a budget of the last look.

    Its own draws need the pool's labels, so they are made here by the pool's chances; `scores` only seed them.
    """
    from BARGAIN.models.AbstractModels import Oracle, Proxy  # type: ignore[import-not-found, unused-ignore]
    from BARGAIN.process.BARGAIN_P import BARGAIN_P  # type: ignore[import-not-found, unused-ignore]

    rng = np.random.default_rng(int(scores.sum() * 1e6) % 2**32)
    rows = np.sort(rng.choice(pool.scores.size, min(pool.scores.size, BARGAIN_ROWS), replace=False))
    labels = (rng.random(rows.size) < pool.chances[rows]).astype(np.int64)

    class Scores(Proxy):  # type: ignore[misc, unused-ignore]
        def get_preds_and_scores(self, indxs: Any, _records: Any) -> tuple[Ints, Floats]:
            return np.ones(len(indxs), dtype=np.int64), pool.scores[rows[np.asarray(indxs)]]

    class Labels(Oracle):  # type: ignore[misc, unused-ignore]
        def get_pred(self, _records: Any, indxs: Any = None) -> Ints:
            return labels[np.asarray(indxs)]

    found = np.full(looks.size, np.inf)
    procedure = BARGAIN_P(
        Scores(False), Labels(False), delta, pool.target, int(looks[-1]), seed=int(rng.integers(2**31))
    )
    chosen = np.asarray(procedure.process([str(row) for row in rows]), dtype=np.int64)
    # It returns all pairs above its threshold, and positive labels below it: the threshold is above the first gap.
    left_out = np.setdiff1d(np.arange(rows.size), chosen)
    gap = pool.scores[rows[left_out]].max() if left_out.size else -np.inf
    kept = pool.scores[rows][pool.scores[rows] > gap]
    if kept.size:
        found[-1] = float(kept.min())
    return found


def all_procedures() -> list[Procedure]:
    """Ours first; others' only where they are installed (benchmarks/requirements.txt)."""
    found = [
        Procedure("SequentialCertifier", True, sequential, proven=True),
        Procedure("mixture of likelihood ratios", True, mixture, proven=True),
        Procedure(
            "stepwise, delta split over the looks",
            True,
            partial(at_every_look, one=partial(certified, method=AUTO), split=True),
            slow=True,
        ),
        Procedure(
            "stepwise, peeking",
            False,
            partial(at_every_look, one=partial(certified, method=AUTO), split=False),
            slow=True,
        ),
        Procedure("pointwise Clopper-Pearson, peeking", False, partial(at_every_look, one=pointwise, split=False)),
    ]
    if find_spec("mapie") is not None:
        one = partial(mapie, grid="quantiles", fwer_method="bonferroni_holm")
        found += [
            Procedure("MAPIE, peeking", False, partial(at_every_look, one=one, split=False), slow=True),
            Procedure(
                "MAPIE, delta split over the looks", True, partial(at_every_look, one=one, split=True), slow=True
            ),
        ]
    if find_spec("BARGAIN") is not None:
        found.append(Procedure("BARGAIN, one run with all labels", True, bargain, slow=True))
    return found
