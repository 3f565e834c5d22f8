"""Agreement of two people who labelled the same pairs independently."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import cohen_kappa_score

from calibration.columns import BINARY, DEFAULT_CONFIDENCE, LABEL_MAX
from calibration.errors import N_, BadArgument
from calibration.stats.group_bootstrap import RESAMPLES, bootstrap_cells
from calibration.stats.intervals import EXACT, Estimate, Proportion, proportion, spread_estimate

QUADRATIC: Final = "quadratic"
GOOD: Final = 0.8
POOR: Final = 0.6
"""From GOOD on labels count as reliable, below POOR as too loose to build on (Krippendorff 2004; Landis & Koch)."""


@dataclass(frozen=True)
class Agreement:
    """Two people's labels of the same n pairs.

    agreed: share of the pairs that both put into one category. kappa: Cohen's kappa, in [-1, 1], 1 is perfect and 0
    no better than chance; NaN where both used a single category, since chance alone would agree then. weights: ""
    for binary labels, else `quadratic`: being two steps apart counts four times as much as one. table: pairs by the
    first (rows) and second label (columns), in the order of `categories`, low to high.
    """

    agreed: Proportion
    kappa: Estimate
    weights: str
    categories: tuple[int, ...]
    table: tuple[tuple[int, ...], ...]


def categories(labels: ArrayLike) -> NDArray[np.int64]:
    """(n,) the whole grades that labels stand for; graded ones are rounded, halves up.

    >>> categories([0.4, 2.5, 3.0]).tolist()
    [0, 3, 3]
    """
    return np.floor(np.asarray(labels, dtype=np.float64) + 0.5).astype(np.int64)


def agreement(
    first: ArrayLike,
    second: ArrayLike,
    kind: str,
    groups: ArrayLike | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    seed: int = 0,
) -> Agreement:
    """Agreement of `first` and `second`, (n,) labels of one `kind`, with intervals at `confidence`.

    Cohen's kappa (1960), weighted quadratically (1968) where labels are ordered, as scikit-learn computes it. Its
    interval is that of a bootstrap over `groups` ((n,) numbers, say `text_groups`: pairs that share a text were
    not judged independently), each resample giving a table of its own. Where all n agree there is nothing to
    resample: then kappa is bounded by the exact lower bound of the share that agrees.

    :raises BadArgument: lengths differ, or n is 0.

    >>> found = agreement([1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], "binary")
    >>> found.agreed.hits, round(found.kappa.value, 3), found.table
    (5, 0.667, ((3, 0), (1, 2)))
    """
    one, two = categories(first), categories(second)
    if one.shape != two.shape or not one.size:
        raise BadArgument("second", N_("as many labels as the first, at least one"), int(two.size))
    weights = "" if kind == BINARY else QUADRATIC
    names = tuple(range(int(LABEL_MAX[kind]) + 1))
    size, n = len(names), int(one.size)
    table = np.bincount(one * size + two, minlength=size * size).reshape(size, size)
    agreed = proportion(int(np.trace(table)), n, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = math.nan
        if not _chance_alone(table):
            value = float(cohen_kappa_score(one, two, labels=list(names), weights=weights or None))
    if agreed.hits == n and not math.isnan(value):
        kappa = Estimate(value, _from_share(table, agreed.low), 1.0, n, confidence, EXACT)
    else:
        samples = _resampled(one * size + two, size, weights, groups, seed)
        kappa = spread_estimate(value, samples, n, confidence, bounds=(-1.0, 1.0))
    return Agreement(agreed, kappa, weights, names, tuple(tuple(row) for row in table.tolist()))


def kappas(tables: NDArray[np.int64], weights: str = "") -> NDArray[np.float64]:
    """(B,) Cohen's kappa of (B, K, K) tables; NaN where both used one category only.

    1 - sum(w * observed) / sum(w * expected), with w 1 off the diagonal, or the squared distance to it.
    """
    places = np.arange(tables.shape[1])
    distance = np.abs(places[:, None] - places[None, :])
    cost = distance**2 if weights == QUADRATIC else (distance > 0).astype(np.int64)
    total = tables.sum(axis=(1, 2))
    expected = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 1.0 - total * (cost * tables).sum(axis=(1, 2)) / (cost * expected).sum(axis=(1, 2))
    return np.asarray(found, dtype=np.float64)


def _chance_alone(table: NDArray[np.int64]) -> bool:
    return int((table.sum(axis=0) > 0).sum()) == 1 == int((table.sum(axis=1) > 0).sum()) and bool(
        np.trace(table) == table.sum()
    )


def _from_share(table: NDArray[np.int64], share: float) -> float:
    """Kappa if only `share` agreed, the two labelling as often as they did."""
    n = table.sum()
    chance = float((table.sum(axis=0) * table.sum(axis=1)).sum() / n**2)
    return max(-1.0, (share - chance) / (1.0 - chance))


def _resampled(
    cells: NDArray[np.int64], size: int, weights: str, groups: ArrayLike | None, seed: int
) -> NDArray[np.float64]:
    """(RESAMPLES,) kappas of tables made of groups drawn with replacement."""
    numbers = np.arange(cells.size) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    by_group = np.zeros((int(numbers.max()) + 1, size * size), dtype=np.int64)
    np.add.at(by_group, (numbers, cells), 1)
    return kappas(bootstrap_cells(by_group, RESAMPLES, seed).reshape(-1, size, size), weights)


def enough(kappa: Estimate) -> str:
    """What the interval of a kappa allows to be said: `good`, `poor`, or `open` where it reaches across a line."""
    if math.isnan(kappa.value):
        return "open"
    if kappa.low >= GOOD:
        return "good"
    return "poor" if kappa.high < POOR else "open"


def differing(first: Sequence[float] | ArrayLike, second: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether two labels stand for different whole grades."""
    return np.asarray(categories(first) != categories(second))
