"""Choose the guards of a domain on some of its labels, so that the others can certify the rule with them.

A guard helps where the pairs that it holds back, among those that score as high as `same` begins without them, are
wrong more often than the target allows. That is tested exactly: where `same` begins is read from the other pairs. A
rule chosen on labels cannot be certified on the same ones, so some are spent on the choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import binom

from calibration.columns import DOMAIN, SAME
from calibration.errors import N_, BadArgument
from calibration.fitting.empirical_threshold import nominal_threshold
from calibration.fitting.fit import FitSettings
from calibration.fitting.sample import DomainSample
from calibration.messages.note import Note, note
from calibration.pairs.purpose import calibration_rows
from calibration.text.guards import GUARDS

CHOOSING_FOLDS: Final = 2
"""Of five folds, so many choose; the others certify."""
TOP_SHARE: Final = 0.1
"""Where no score meets the target on the labels, guards are tried on this share of the pairs, the highest."""
LEVEL: Final = 0.1
"""Chance of taking any guard that does not help, in a domain."""
CHOSEN: Final = N_(
    "{domain}: of {n} labels, guard {guard} holds back {held} that score {line} or more, {wrong} of them wrong: it "
    "helps"
)
LEFT: Final = N_(
    "{domain}: of {n} labels, guard {guard} holds back {held} that score {line} or more, {wrong} of them wrong: no "
    "gain shown"
)


@dataclass(frozen=True)
class GuardFinding:
    """One guard on the choosing labels of a domain.

    line: where `same` begins on the labels of the other pairs. held: pairs at or above it that it holds back;
    wrong: how many of them are not the same. p_value: of so many wrong ones where the target is met; chosen:
    whether that is small enough, over all guards tried.
    """

    guard: str
    line: float
    held: int
    wrong: int
    p_value: float
    chosen: bool


@dataclass(frozen=True)
class GuardChoice:
    """The guards chosen on n labels of a domain, which certify nothing any more."""

    domain: str
    n: int
    found: tuple[GuardFinding, ...]

    @property
    def guards(self) -> tuple[str, ...]:
        """Those that help."""
        return tuple(one.guard for one in self.found if one.chosen)

    def sentences(self) -> tuple[Note, ...]:
        """One for each guard."""
        return tuple(
            note(
                CHOSEN if one.chosen else LEFT,
                domain=self.domain,
                n=self.n,
                guard=one.guard,
                held=one.held,
                wrong=one.wrong,
                line=f"{one.line:.3f}",
            )
            for one in self.found
        )

    def to_json(self) -> dict[str, Any]:
        """JSON data."""
        found = [vars(one) for one in self.found]
        return {"n": self.n, "guards": list(self.guards), "found": found}


def choose_guards(rows: pd.DataFrame, precision: float, domain: str = "") -> GuardChoice:
    """Try every guard on the scored, labelled rows of one domain; raises GuardsNeedTexts."""
    found = tuple(_tried(DomainSample.of(rows, (guard,)), guard, precision) for guard in GUARDS)
    return GuardChoice(domain, int(DomainSample.of(rows).known(SAME).sum()), found)


def _tried(sample: DomainSample, guard: str, precision: float) -> GuardFinding:
    others, known = sample.eligible(SAME).judged(SAME), sample.known(SAME)
    held = known if sample.held is None else known & sample.held
    line = nominal_threshold(others.curve(SAME), precision)
    if not np.isfinite(line):
        line = float(np.quantile(others.scores, 1.0 - TOP_SHARE)) if others.n else 1.0
    reached = held & (sample.scores >= line)
    k, f = int(reached.sum()), int((sample.labels[SAME][reached] == 0.0).sum())
    p_value = float(binom.sf(f - 1, k, 1.0 - precision))
    return GuardFinding(guard, line, k, f, p_value, k > 0 and p_value <= LEVEL / len(GUARDS))


def spend_labels(scored: pd.DataFrame, settings: FitSettings) -> tuple[dict[str, GuardChoice], pd.DataFrame]:
    """Choose the guards of every domain on two of five folds of its labels; and the rows that are left to certify.

    Folds keep shared texts together. Raises BadArgument where a false positive rate is asked for.
    """
    if settings.fpr is not None:
        raise BadArgument("guards", N_("named one by one where a false positive rate is asked for"), "auto")
    precision = settings.precision_of(SAME)
    choices, left = {}, []
    for name, rows in scored.groupby(DOMAIN, sort=True):
        drawn = calibration_rows(rows)
        splits = DomainSample.of(drawn).splits.splits[:CHOOSING_FOLDS]
        spent = np.concatenate([test for _, test in splits]) if splits else np.empty(0, np.intp)
        choices[str(name)] = choose_guards(drawn.iloc[spent], precision, str(name))
        left.append(rows.drop(index=drawn.index[spent]))
    return choices, pd.concat(left)


def named_guards(choices: Mapping[str, GuardChoice]) -> dict[str, tuple[str, ...]]:
    """The guards chosen, by domain."""
    return {domain: choice.guards for domain, choice in choices.items()}
