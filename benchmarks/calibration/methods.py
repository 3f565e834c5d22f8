"""The methods that are compared: each takes labelled scores and gives a threshold (+inf: it declines).

Those that promise nothing are asked the question all the same: the lowest threshold with precision >= p.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Final

import numpy as np

from calibration.certificates.certify import certify_precision
from calibration.certificates.procedures import AUTO, FST, SCP, p_values
from calibration.fitting.empirical_threshold import nominal_threshold
from calibration.stats.threshold_counts import Floats, curve

Threshold = Callable[[Floats, Floats, float, float], float]
"""(scores, positives, precision, delta) -> threshold."""

REDISVL_GRID: Final = 1.0 - np.linspace(0.01, 0.8, 60)
"""The cosines that redisvl's cache threshold optimizer tries, whatever the scores are."""
UNION_FROM: Final = 300
"""Labels from which fst and scp together beat fst alone."""
LINSPACE: Final = 100
"""How many thresholds scikit-learn's TunedThresholdClassifierCV spreads over the range of the scores."""

MAPIE_QUANTILES: Final = 30


@dataclass(frozen=True)
class Method:
    """promises: whether it claims P(precision >= p) >= 1 - delta for what it returns. limit: the most labels."""

    name: str
    promises: bool
    threshold: Threshold
    limit: int = 1_000_000


def certified(scores: Floats, positives: Floats, precision: float, delta: float, method: str) -> float:
    """A method of SimTier."""
    return certify_precision(scores, positives, precision, confidence=1.0 - delta, method=method).threshold


def union(scores: Floats, positives: Floats, precision: float, delta: float) -> float:
    """What `auto` was before it was stepwise: fst below 300 labels, else the lower of both at delta/2."""
    if scores.size < UNION_FROM:
        return certified(scores, positives, precision, delta, FST)
    return min(certified(scores, positives, precision, delta / 2, method) for method in (FST, SCP))


def pointwise(scores: Floats, positives: Floats, precision: float, delta: float) -> float:
    """The lowest threshold that passes an exact binomial test, as if it had not been searched for."""
    counts = curve(scores, positives)
    passed = np.flatnonzero(p_values(counts, precision) <= delta)
    return float(counts.thresholds[passed[-1]]) if passed.size else math.inf


def empirical(scores: Floats, positives: Floats, precision: float, _delta: float) -> float:
    """The lowest threshold whose precision on these labels is enough."""
    return nominal_threshold(curve(scores, positives), precision)


def empirical_on(grid: Floats, scores: Floats, positives: Floats, precision: float) -> float:
    """The lowest threshold of `grid` whose precision on these labels is enough."""
    order = np.argsort(scores)
    hits_below = np.concatenate([[0.0], np.cumsum(positives[order])])
    below = np.searchsorted(scores[order], grid, side="left")
    accepted, hits = scores.size - below, hits_below[-1] - hits_below[below]
    enough = (accepted > 0) & (hits >= precision * accepted)
    return float(grid[enough].min()) if enough.any() else math.inf


def uniform_grid(scores: Floats, positives: Floats, precision: float, _delta: float) -> float:
    """The empirical rule on redisvl's 60 points (its own objective is F1)."""
    return empirical_on(REDISVL_GRID, scores, positives, precision)


def linspace(scores: Floats, positives: Floats, precision: float, _delta: float) -> float:
    """Largest recall at precision >= p over 100 points, as TunedThresholdClassifierCV(cv="prefit") finds it."""
    return empirical_on(np.linspace(scores.min(), scores.max(), LINSPACE), scores, positives, precision)


def sentence_transformers_f1(scores: Floats, positives: Floats, _precision: float, _delta: float) -> float:
    """The threshold that sentence-transformers' BinaryClassificationEvaluator reports: best F1 on these labels."""
    from sentence_transformers.sentence_transformer.evaluation import BinaryClassificationEvaluator

    return float(BinaryClassificationEvaluator.find_best_f1_and_threshold(scores, positives, True)[3])


def mapie(scores: Floats, positives: Floats, precision: float, delta: float, grid: str, fwer_method: str) -> float:
    """MAPIE's BinaryClassificationController with the scores as probabilities.

    grid: `default`, its own thresholds 0, .01 .. .99; or `quantiles`, 30 even quantiles of the scores, the most
    favourable that we found. They do not read the labels, so its guarantee stands. Of its default thresholds those
    above every score are left out: at them it has no p-value, and declines altogether.
    """
    from mapie.risk_control import BinaryClassificationController  # type: ignore[import-not-found, unused-ignore]

    default = np.linspace(0.0, 0.99, 100)
    own = np.unique(np.quantile(scores, np.linspace(0.0, 0.99, MAPIE_QUANTILES)))
    thresholds = own if grid == "quantiles" else default[default <= scores.max()]
    controller = BinaryClassificationController(
        lambda given: np.column_stack([1.0 - given, given]),
        "precision",
        precision,
        confidence_level=1.0 - delta,
        list_predict_params=thresholds,
        fwer_method=fwer_method,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns whenever it declines
        found = controller.calibrate(np.clip(scores, 0.0, 1.0), positives.astype(np.int64)).best_predict_param
    return math.inf if found is None else float(found)


def all_methods() -> list[Method]:
    """Ours first; MAPIE's only where it is installed (benchmarks/requirements.txt)."""
    names = {"stepwise (auto)": AUTO, "fst": FST, "scp": SCP}
    ours = [Method(name, True, partial(certified, method=method)) for name, method in names.items()]
    others = [
        Method("union of fst and scp", True, union),
        Method("pointwise Clopper-Pearson", False, pointwise),
        Method("empirical rule", False, empirical),
        Method("uniform grid, 60 points", False, uniform_grid),
        Method("linspace, 100 points", False, linspace),
        Method("sentence-transformers, best F1", False, sentence_transformers_f1),
    ]
    if find_spec("mapie") is None:
        return ours + others
    modes = {
        "MAPIE": ("default", "bonferroni_holm"),
        "MAPIE, fixed sequence": ("default", "fixed_sequence"),
        "MAPIE, 30 quantiles": ("quantiles", "bonferroni_holm"),
    }
    # Its matrix of thresholds times labels takes gigabytes at a million.
    mapies = [
        Method(name, True, partial(mapie, grid=grid, fwer_method=mode), 100_000)
        for name, (grid, mode) in modes.items()
    ]
    return ours + others + mapies
