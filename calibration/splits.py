"""Folds in which no text stands on both sides, and what to do where one group of pairs dominates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold

from calibration.columns import KIND, LABEL
from calibration.curve import Ints
from calibration.errors import N_
from calibration.groups import text_groups
from calibration.notes import Note, note, percent

FOLDS: Final = 5
MANY: Final = 5000
"""Pairs from which on those that stand alone are dealt out apart."""
REPEATS: Final = 10

FOLDED: Final = "stratified_group_folds"
REPEATED: Final = "repeated_group_splits"
NONE: Final = "none"

DOMINATED: Final = N_(
    "{share} of the pairs hang together through shared texts. They were judged by repeated splits of groups, and "
    "the numbers lean on that one group."
)
ONE_GROUP: Final = N_("All pairs hang together through shared texts, so nothing can be judged on unseen texts.")

Split = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True)
class Splits:
    """Train and test row numbers.

    scheme: `stratified_group_folds`: every row is tested once; `repeated_group_splits`: every row is tested
    REPEATS times, because one group is larger than a fold; `none`: there is one group only. groups: (n,) the
    groups kept together. largest: share of the rows in the largest group. notes: what to say with a result.
    """

    scheme: str
    splits: tuple[Split, ...]
    groups: Ints
    largest: float
    notes: tuple[Note, ...] = ()


def group_splits(rows: pd.DataFrame, folds: int = FOLDS, seed: int = 0) -> Splits:
    """Splits of a pairs frame that keep shared texts together and, where they can, the share of labels.

    >>> rows = pd.DataFrame({"text_a": ["q"] * 4 + ["r"], "text_b": list("vwxyz"), "label": 0, "kind": "binary"})
    >>> found = group_splits(rows)
    >>> found.scheme, found.largest
    ('repeated_group_splits', 0.8)
    """
    groups = text_groups(rows)
    sizes = np.bincount(groups)
    folds = min(folds, sizes.size)
    if folds < 2:
        found = (note(ONE_GROUP),) if len(rows) > 1 else ()
        return Splits(NONE, (), groups, float(len(rows) > 0), found)
    largest = float(sizes.max() / sizes.sum())
    if sizes.max() > np.ceil(sizes.sum() / folds):
        repeated = tuple(_repeated(groups, folds, seed))
        return Splits(REPEATED, repeated, groups, largest, (note(DOMINATED, share=percent(largest)),))
    labels = rows[KIND].astype(str) + rows[LABEL].astype(str)
    return Splits(FOLDED, _folded(labels, groups, sizes[groups] == 1, folds, seed), groups, largest)


def _folded(labels: pd.Series, groups: Ints, alone: NDArray[np.bool_], folds: int, seed: int) -> tuple[Split, ...]:
    """Stratified folds of whole groups.

    scikit-learn places groups one by one, in Python. Of many pairs, those that share no text with another need no
    such care, and are dealt out apart from the rest at once.
    """
    grouped = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    parts = [np.arange(len(groups))]
    if len(groups) > MANY and alone.sum() >= folds and len(np.unique(groups[~alone])) >= folds:
        parts = [np.flatnonzero(~alone), np.flatnonzero(alone)]
    elif len(groups) > MANY and alone.all():
        parts = [parts[0][:0], parts[0]]
    fold = np.empty(len(groups), dtype=np.int64)
    for part, splitter in zip(
        parts, (grouped, StratifiedKFold(folds, shuffle=True, random_state=seed)), strict=False
    ):
        if part.size:
            whole = groups[part] if splitter is grouped else None
            split = splitter.split(np.zeros(part.size), _strata(labels.iloc[part], folds), whole)
            for number, (_, test) in enumerate(split):
                fold[part[test]] = number
    return tuple((np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(folds))


def _repeated(groups: Ints, folds: int, seed: int) -> list[Split]:
    """REPEATS partitions of the groups at random, `folds` parts each."""
    found: list[Split] = []
    for repeat in range(REPEATS):
        splitter = GroupKFold(n_splits=folds, shuffle=True, random_state=seed * REPEATS + repeat)
        found += splitter.split(np.zeros(len(groups)), groups=groups)
    return found


def _strata(labels: pd.Series[str], folds: int) -> NDArray[np.str_]:
    """Labels to stratify by; one rarer than the folds is merged, since it cannot stand in each."""
    counts = labels.value_counts()
    strata = labels.where(labels.map(counts) >= folds, "rare")
    if strata.value_counts().max() < folds:
        strata = pd.Series("all", index=labels.index)
    if (strata == "rare").sum() < folds:
        strata = strata.where(strata != "rare", strata.mode()[0])
    return strata.to_numpy(dtype=object).astype(str)
