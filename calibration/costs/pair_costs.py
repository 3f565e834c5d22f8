"""The cost of each labelled pair in each tier, for every kind of label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from calibration.columns import BINARY, KIND, LABEL, LABEL_KINDS, RELATED, SAME, TIERS, WEAK
from calibration.costs.matrix import TRUE_BINARY, CostMatrix, UnitCosts
from calibration.errors import N_, BadArgument
from calibration.pairs import positives
from calibration.stats.threshold_counts import Floats, Ints

Costs = UnitCosts | Mapping[str, CostMatrix]
"""What a user sets: four amounts, or a whole matrix by kind of label."""


def matrix_for(costs: Costs, kind: str) -> CostMatrix:
    """The matrix for labels of `kind`; raises BadArgument where there is none."""
    if isinstance(costs, UnitCosts):
        return costs.matrix(kind)
    if kind not in costs:
        raise BadArgument("costs", N_("a matrix for every kind of label in the data"), kind)
    return costs[kind]


def true_tiers(pairs: pd.DataFrame, kind: str) -> Ints:
    """(n,) row of the cost matrix of each pair of one kind: 0 is `same`, the larger the less alike; -1 unknown."""
    levels = (SAME,) if kind == BINARY else (SAME, RELATED, WEAK)
    reached = np.stack([positives(pairs, tier) for tier in levels]) if len(pairs) else np.empty((len(levels), 0))
    return np.where(np.isnan(reached).any(axis=0), -1, len(levels) - np.nansum(reached, axis=0)).astype(np.int64)


def pair_costs(pairs: pd.DataFrame, costs: Costs) -> Floats:
    """(n, 4) what each labelled pair would cost in each tier; NaN where its label is unknown. Kinds may be mixed.

    >>> pairs = pd.DataFrame({"label": [1.0, 0.0], "kind": "binary"})
    >>> pair_costs(pairs, UnitCosts()).tolist()
    [[0.0, 1.0, 3.5, 3.0], [10.0, 1.0, 0.5, 0.0]]
    """
    found = np.full((len(pairs), len(TIERS)), np.nan)
    kinds = pairs[KIND].to_numpy(dtype=object)
    for kind in sorted(set(kinds.tolist())):
        at = np.flatnonzero(kinds == kind)
        row, matrix = true_tiers(pairs.iloc[at][[LABEL, KIND]], kind), matrix_for(costs, kind)
        if len(matrix.rows) < row.max(initial=0) + 1 or (kind == BINARY) != (matrix.true == TRUE_BINARY):
            raise BadArgument("costs", N_("2 rows for binary labels, else 4"), len(matrix.rows))
        found[at[row >= 0]] = matrix.values[row[row >= 0]]
    return found


def costs_to_json(costs: Costs) -> dict[str, Any]:
    """The four amounts, or the matrices by kind of label; `costs_from_json` gives them back."""
    if isinstance(costs, UnitCosts):
        return dict(costs.to_json())
    return {kind: matrix.to_json() for kind, matrix in costs.items()}


def costs_from_json(data: Any) -> Costs:
    """Amounts, or matrices by kind of label, from JSON data; raises BadArgument.

    >>> costs_from_json({"check": 2.0}) == UnitCosts(check=2.0)
    True
    """
    if isinstance(data, Mapping) and data and set(data) <= set(LABEL_KINDS):
        return {kind: CostMatrix.from_json(matrix) for kind, matrix in data.items()}
    return UnitCosts.from_json(data)
