"""Suggested thresholds for small domains, with the labels of other domains as a prior.

A few dozen labels leave minimum-cost thresholds to chance, and pooling all domains gives a domain the thresholds of
others. Between the two, a domain's own pairs have weight 1 each, and all pairs of other domains together the weight
kappa: like kappa more labels, spread evenly over the other domains (a power prior, Ibrahim & Chen 2000). The
domain's own labels dominate once it has several times kappa of them.

Suggestions are never certified: certificates rest on a domain's own labels only (`calibration.fitting.fit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from calibration.columns import DOMAIN, SCORE
from calibration.costs.matrix import UnitCosts
from calibration.costs.minimise import CostFit, cheapest_thresholds
from calibration.costs.pair_costs import Costs, pair_costs
from calibration.errors import N_, BadArgument
from calibration.messages.note import Note, note
from calibration.pairs.purpose import calibration_rows
from calibration.pairs.scored import check_scored
from calibration.policies.tiers import Thresholds
from calibration.stats.threshold_counts import Floats

KAPPA: Final = 10.0
"""On public Chinese pairs with 20 labels, 10 to 20 cost least; see docs/method.md."""

SUGGESTED: Final = "suggested"
"""Where such thresholds come from, beside `certified` and `manual`."""

FEW: Final = 30
"""With fewer labels of its own than this, a domain gets a remark."""
FEW_BORROWED: Final = N_(
    "{domain} has only {n} labels, so its thresholds borrow from other domains. Label more pairs."
)
FEW_ALONE: Final = N_(
    "{domain} has only {n} labels, and there is no other domain to borrow from. Label more pairs."
)
ONE_CLASS: Final = N_("All labels of {domain} are the same, so they cannot show where one tier ends.")


@dataclass(frozen=True)
class Suggestion:
    """Minimum-cost thresholds of one domain; a suggestion, never certified.

    thresholds: as in `CostFit`. fit: on own and borrowed pairs, so its cost is not the domain's: see
    `calibration.costs.evaluate`. n: own labels used, which the prior's lenders, `lent` pairs of the domains
    `lenders`, join with total weight `kappa`. reviewed: own rows left out because they were picked for review, not
    drawn at random.
    """

    domain: str
    thresholds: Thresholds
    fit: CostFit
    n: int
    kappa: float
    lenders: tuple[str, ...] = ()
    lent: int = 0
    reviewed: int = 0
    notes: tuple[Note, ...] = ()
    provenance: str = SUGGESTED


def suggest_thresholds(
    scored: pd.DataFrame, costs: Costs | None = None, kappa: float = KAPPA
) -> dict[str, Suggestion]:
    """Suggest thresholds for every domain of a scored frame.

    costs: default `UnitCosts()`. kappa: total weight of other domains' pairs, >= 0; 0 borrows nothing. Raises
    ColumnsMissing, EmptyInput or BadArgument.

    >>> frame = pd.DataFrame({"label": [1, 0, 1, 0], "kind": "binary", "domain": ["a", "a", "b", "b"]})
    >>> found = suggest_thresholds(frame.assign(score=[0.9, 0.2, 0.8, 0.1]))
    >>> found["a"].thresholds, found["a"].lenders, found["a"].provenance
    ({'same': 0.8, 'related': None, 'weak': None}, ('b',), 'suggested')
    """
    check_scored(scored)
    drawn = calibration_rows(scored)
    table = pair_costs(drawn, costs or UnitCosts())
    scores, domains = drawn[SCORE].to_numpy(dtype=np.float64), drawn[DOMAIN].astype(str).to_numpy(dtype=object)
    rows = scored[DOMAIN].astype(str).value_counts()
    return {
        name: suggest_domain(
            scores, table, domains, name, kappa, reviewed=int(rows[name] - (domains == name).sum())
        )
        for name in sorted(rows.index)
    }


def suggest_domain(
    scores: Floats,
    costs: Floats,
    domains: NDArray[np.object_],
    domain: str,
    kappa: float = KAPPA,
    reviewed: int = 0,
) -> Suggestion:
    """`suggest_thresholds` of one domain on arrays: scores (n,), costs (n, 4) by tier given, domains (n,)."""
    known = np.isfinite(scores) & np.isfinite(costs).all(axis=1)
    names = domains.copy()
    names[~known] = None
    weights = np.where(known, borrow_weights(names, domain, kappa), np.nan)
    used = (weights > 0.0) | (domains == domain)
    fit = cheapest_thresholds(scores[used], costs[used], weights[used])
    own, lending = known & (domains == domain), known & (domains != domain) & (weights > 0)
    return Suggestion(
        domain=domain,
        thresholds=fit.thresholds,
        fit=fit,
        n=int(own.sum()),
        kappa=kappa,
        lenders=tuple(sorted(set(domains[lending]))),
        lent=int(lending.sum()),
        reviewed=reviewed,
        notes=_notes(domain, costs[own], bool(lending.any())),
    )


def borrow_weights(domains: ArrayLike, domain: str, kappa: float) -> Floats:
    """(n,) weight of each pair for the fit of `domain`: 1 for its own, else kappa / (other domains * pairs there).

    So every other domain lends the same, however many labels it has. domains: (n,), None for an unusable pair,
    whose weight is 0. kappa: >= 0.

    >>> borrow_weights(["a", "b", "b", "c"], "a", 10).tolist()
    [1.0, 2.5, 2.5, 5.0]
    """
    if not 0.0 <= kappa < np.inf:
        raise BadArgument("kappa", N_("a finite number, 0 or above"), kappa)
    codes, names = pd.factorize(np.asarray(domains, dtype=object))
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    others = max(len(names) - (domain in names), 1)
    by_name = np.where(names == domain, 1.0, kappa / (others * np.maximum(sizes, 1)))
    return np.where(codes >= 0, np.append(by_name, 0.0)[codes], 0.0)


def _notes(domain: str, own: Floats, borrows: bool) -> tuple[Note, ...]:
    found = []
    if len(own) < FEW:
        message = FEW_BORROWED if borrows else FEW_ALONE
        found.append(note(message, domain=domain, n=len(own)))
    if len(own) and len(np.unique(own, axis=0)) == 1:
        found.append(note(ONE_CLASS, domain=domain))
    return tuple(found)
