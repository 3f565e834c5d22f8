"""The cost of suggested thresholds on pairs that they were not fitted on, next to the published thresholds.

Thresholds are fitted again for every fold, on own and borrowed pairs that share no text with it, and the fold's
pairs are given tiers: their costs are honest, and a little pessimistic, since each fit had fewer labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SCORE
from calibration.costs.borrow import KAPPA, suggest_domain
from calibration.costs.matrix import UnitCosts
from calibration.costs.minimise import incurred
from calibration.costs.pair_costs import Costs, pair_costs
from calibration.messages.note import Note
from calibration.pairs.purpose import calibration_rows
from calibration.pairs.scored import check_scored
from calibration.policies.tiers import PUBLISHED, Thresholds, assign_rows, assign_tiers
from calibration.stats.group_folds import NONE, group_splits
from calibration.stats.intervals import Estimate, check_confidence, spread_estimate
from calibration.stats.paired_tests import resample
from calibration.stats.text_groups import text_groups
from calibration.stats.threshold_counts import Ints

RESAMPLES: Final = 2000


@dataclass(frozen=True)
class CostEvaluation:
    """Mean cost per pair of one domain: of the thresholds in question, of the published ones, and the difference.

    ours, published: >= 0, the smaller the better. saving: published - ours on the same pairs, paired; above 0 the
    thresholds in question are cheaper. Intervals by bootstrap over groups of pairs that share texts; NaN where no
    pair could be judged. scheme: how folds were made (`calibration.stats.group_folds`), `none` for fixed
    thresholds.
    """

    domain: str
    n: int
    ours: Estimate
    published: Estimate
    saving: Estimate
    scheme: str = NONE
    notes: tuple[Note, ...] = ()


def cross_validate_costs(
    scored: pd.DataFrame,
    costs: Costs | None = None,
    kappa: float = KAPPA,
    confidence: float = DEFAULT_CONFIDENCE,
    seed: int = 0,
) -> dict[str, CostEvaluation]:
    """Judge `suggest_thresholds` out of fold, by domain; arguments as there. Review rows are left out.

    Raises ColumnsMissing, EmptyInput or BadArgument.
    """
    check_scored(scored)
    check_confidence(confidence)
    rows = calibration_rows(scored).reset_index(drop=True)
    table, texts = pair_costs(rows, costs or UnitCosts()), text_groups(rows)
    scores, domains = rows[SCORE].to_numpy(dtype=np.float64), rows[DOMAIN].astype(str).to_numpy(dtype=object)
    found = {}
    for domain in sorted(set(scored[DOMAIN].astype(str))):
        own = np.flatnonzero(domains == domain)
        splits = group_splits(rows.iloc[own], seed=seed)
        total, times = np.zeros(own.size), np.zeros(own.size)
        for _, test in splits.splits:
            kept = ~np.isin(texts, texts[own[test]])
            kept[own] = ~np.isin(splits.groups, splits.groups[test])
            fit = suggest_domain(scores[kept], table[kept], domains[kept], domain, kappa)
            total[test] += incurred(assign_tiers(scores[own[test]], fit.thresholds), table[own[test]])
            times[test] += 1
        ours = np.divide(total, times, out=np.full(own.size, np.nan), where=times > 0)
        fixed = incurred(assign_tiers(scores[own], PUBLISHED), table[own])
        estimates = compare_costs(ours, fixed, splits.groups, confidence, seed)
        found[domain] = CostEvaluation(domain, estimates[0].n, *estimates, splits.scheme, splits.notes)
    return found


def evaluate_costs(
    rows: pd.DataFrame,
    thresholds: Thresholds,
    costs: Costs | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    domain: str = "",
    seed: int = 0,
) -> CostEvaluation:
    """Judge thresholds that come from elsewhere on the scored, labelled rows of one domain, as they are."""
    check_confidence(confidence)
    drawn = calibration_rows(rows)
    table = pair_costs(drawn, costs or UnitCosts())
    ours, fixed = (incurred(assign_rows(drawn, found), table) for found in (thresholds, PUBLISHED))
    estimates = compare_costs(ours, fixed, text_groups(drawn), confidence, seed)
    return CostEvaluation(domain, estimates[0].n, *estimates)


def compare_costs(
    ours: ArrayLike, baseline: ArrayLike, groups: Ints, confidence: float = DEFAULT_CONFIDENCE, seed: int = 0
) -> tuple[Estimate, Estimate, Estimate]:
    """Means of two costs per pair and of baseline - ours, each with its interval from the same resamples.

    ours, baseline: (n,) >= 0; pairs where either is NaN are left out. groups: (n,) whole numbers, drawn as
    wholes. With fewer than two groups nothing is known of the spread, and the interval is the whole range.

    >>> a, b, saving = compare_costs([0, 0, 1, 1], [1, 1, 2, 1], np.arange(4))
    >>> a.value, b.value, saving.value, 0.0 < saving.low <= 0.75 <= saving.high <= 1.0
    (0.5, 1.25, 0.75, True)
    """
    first, second = np.asarray(ours, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    known = np.isfinite(first) & np.isfinite(second)
    first, second, n = first[known], second[known], int(known.sum())
    columns = {"n": np.ones(n), "ours": first, "baseline": second, "saving": second - first}
    several = len(np.unique(groups[known])) > 1
    sums = resample(columns, groups[known], RESAMPLES, seed) if several else {}

    def estimate(name: str, lowest: float) -> Estimate:
        value = float(columns[name].mean()) if n else np.nan
        samples = sums[name] / sums["n"] if several else ()
        return spread_estimate(value, samples, n, confidence, bounds=(lowest, np.inf))

    return estimate("ours", 0.0), estimate("baseline", 0.0), estimate("saving", -np.inf)
