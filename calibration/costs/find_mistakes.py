"""Labelled pairs to the bad cases among them: false merges, missed merges and other wrong tiers, each with how far
its score is on the wrong side and what that costs.

Thresholds that were fitted on the same pairs are too kind to them, so then they are fitted again inside every fold,
without the texts that they judge, as in `evaluate.cross_validate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.columns import BINARY, KIND, NOT_SAME, SAME, SCORE, TIERS
from calibration.costs.matrix import UnitCosts
from calibration.costs.mistake import margin, side
from calibration.costs.pair_costs import Costs, pair_costs, true_tiers
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.fitting.sample import DomainSample
from calibration.messages.note import Note
from calibration.pairs.purpose import calibration_rows
from calibration.policies.tiers import Thresholds, assign_rows
from calibration.stats.threshold_counts import Floats

EXPECTED: Final = "expected"
GIVEN: Final = "given"
SIDE: Final = "side"
MARGIN: Final = "margin"
COST: Final = "cost"
THRESHOLDS: Final = "thresholds"


@dataclass(frozen=True)
class FoundCases:
    """The bad cases among n judged pairs of a domain, those furthest on the wrong side first.

    cases: the pairs' own columns, and `expected` (a tier or not_same), `given` (a tier), `side` (see
    `wrong_side.SIDES`), `margin` (NaN where no threshold could have given the tier), `cost`, and `thresholds`, by
    which each was judged. out_of_fold: those were fitted without the pair's texts. notes: what to say with it.
    """

    domain: str
    n: int
    cases: pd.DataFrame
    out_of_fold: bool
    notes: tuple[Note, ...] = ()

    def count(self, name: str) -> int:
        """How many are on that side."""
        return int((self.cases[SIDE] == name).sum())


def find_cases(
    rows: pd.DataFrame, thresholds: Thresholds, costs: Costs | None = None, domain: str = ""
) -> FoundCases:
    """The bad cases by fixed thresholds, which were not fitted on these scored, labelled rows of one domain."""
    known = rows[np.isfinite(rows[SCORE].to_numpy(dtype=np.float64))]
    every = np.zeros(len(known), dtype=np.int64)
    return _found(domain, known, [thresholds], every, costs)


def find_cases_out_of_fold(
    rows: pd.DataFrame,
    settings: FitSettings,
    costs: Costs | None = None,
    domain: str = "",
    domains: int = 1,
    seed: int = 0,
) -> FoundCases:
    """The bad cases by thresholds fitted without each pair's texts; pairs with purpose=review are left out.

    Where the folds are repeated, a pair is judged by the first fit that did not see it. Where all pairs hang
    together in one group nothing is judged, and `notes` says so.
    """
    drawn = calibration_rows(rows)
    known = drawn[np.isfinite(drawn[SCORE].to_numpy(dtype=np.float64))]
    sample = DomainSample.of(known)
    splits = sample.splits_by(seed)
    fits = [fit_domain(sample.take(train), settings, domains).thresholds for train, _ in splits.splits]
    judge = np.full(len(known), -1, dtype=np.int64)
    for number, (_, test) in reversed(list(enumerate(splits.splits))):
        judge[test] = number
    seen = judge >= 0
    return _found(domain, known[seen], fits, judge[seen], costs, out_of_fold=True, notes=splits.notes)


def _found(
    domain: str,
    rows: pd.DataFrame,
    levels: list[Thresholds],
    judge: NDArray[np.int64],
    costs: Costs | None,
    *,
    out_of_fold: bool = False,
    notes: tuple[Note, ...] = (),
) -> FoundCases:
    """levels: thresholds; judge: (n,) which of them judge each row."""
    scores = rows[SCORE].to_numpy(dtype=np.float64)
    given = np.full(len(rows), TIERS[-1], dtype=object)
    for number, thresholds in enumerate(levels):
        given[judge == number] = assign_rows(rows[judge == number], thresholds)
    expected = expectations(rows)
    sides = _sides(expected, given)
    wrong = np.flatnonzero([name is not None for name in sides])
    made: dict[str, Any] = {
        EXPECTED: expected[wrong],
        GIVEN: given[wrong],
        SIDE: sides[wrong],
        MARGIN: np.array(
            [margin(scores[place], expected[place], levels[judge[place]]) for place in wrong], dtype=np.float64
        ),
        COST: _costs(rows.iloc[wrong], given[wrong], costs),
        THRESHOLDS: [dict(levels[judge[place]]) for place in wrong],
    }
    cases = rows.iloc[wrong].assign(**made).sort_values(MARGIN, ascending=False, kind="stable")
    return FoundCases(domain, int(np.sum(expected != None)), cases.reset_index(drop=True), out_of_fold, notes)  # noqa: E711


def expectations(rows: pd.DataFrame) -> NDArray[np.object_]:
    """(n,) what each label expects: a tier, `not_same` for a binary 0, None where the label is unknown."""
    found = np.full(len(rows), None, dtype=object)
    kinds = rows[KIND].to_numpy(dtype=object)
    for kind in set(kinds.tolist()):
        at = np.flatnonzero(kinds == kind)
        names = np.array((SAME, NOT_SAME) if kind == BINARY else TIERS, dtype=object)
        place = true_tiers(rows.iloc[at], kind)
        found[at[place >= 0]] = names[place[place >= 0]]
    return found


def _sides(expected: NDArray[np.object_], given: NDArray[np.object_]) -> NDArray[np.object_]:
    known: Mapping[tuple[str, str], str | None] = {
        (want, tier): side(want, tier) for want in (*TIERS, NOT_SAME) for tier in TIERS
    }
    found = [known.get(pair) for pair in zip(expected, given, strict=True)]
    return np.array([*found, None], dtype=object)[:-1]


def _costs(rows: pd.DataFrame, given: NDArray[np.object_], costs: Costs | None) -> Floats:
    """(n,) what each pair costs in the tier given."""
    table = pair_costs(rows, costs or UnitCosts())
    places = np.array([TIERS.index(tier) for tier in given], dtype=np.int64)
    found: Floats = table[np.arange(len(rows)), places]
    return found
