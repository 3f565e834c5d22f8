"""Cross-validation folds that never split the pairs of one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from calibration.columns import KIND, LABEL
from calibration.errors import N_
from calibration.messages.note import Note, note, short_percent
from calibration.stats.text_groups import text_groups
from calibration.stats.threshold_counts import Floats, Ints

FOLDS: Final = 5
MANY: Final = 5000
"""Pairs from which on groups that are made alike are dealt out at once."""
REPEATS: Final = 10
_RARE: Final = "rare"

FOLDED: Final = "stratified_group_folds"
REPEATED: Final = "repeated_group_splits"
NONE: Final = "none"

DOMINATED: Final = N_(
    "{share} of the pairs are connected through shared texts. They were evaluated on repeated "
    "group splits, and the results depend largely on that one group."
)
ONE_GROUP: Final = N_("All pairs are connected through shared texts, so nothing can be evaluated on unseen texts.")

Split = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class Folds(Sequence[Split]):
    """Each fold against all others; fold: (n,) the fold of each row. Row numbers are made when asked for."""

    fold: NDArray[np.int8]
    folds: int

    def __len__(self) -> int:
        return self.folds

    @overload
    def __getitem__(self, at: int) -> Split: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Split, ...]: ...
    def __getitem__(self, at: int | slice) -> Split | tuple[Split, ...]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(self.folds)[at])
        number = range(self.folds)[at]
        return np.flatnonzero(self.fold != number), np.flatnonzero(self.fold == number)


@dataclass(frozen=True)
class Splits:
    """Train and test row numbers.

    scheme: `stratified_group_folds`: every row is tested once; `repeated_group_splits`: every row is tested
    REPEATS times, because one group is larger than a fold; `none`: there is one group only. groups: (n,) the
    groups kept together. largest: share of the rows in the largest group. notes: what to say with a result.
    """

    scheme: str
    splits: Sequence[Split]
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
    return split_groups(text_groups(rows), label_kinds(rows[KIND], rows[LABEL]), folds, seed)


@dataclass(frozen=True)
class LabelKinds:
    """Which label each of n rows has: codes (n,) into the distinct names (k,)."""

    codes: Ints
    names: NDArray[np.str_]

    def take(self, rows: NDArray[np.intp]) -> LabelKinds:
        """Those of some rows."""
        return LabelKinds(self.codes[rows], self.names)


def label_kinds(kinds: pd.Series | NDArray[np.object_], labels: pd.Series | Floats) -> LabelKinds:
    """The labels of n rows with their kinds, few of them distinct.

    >>> found = label_kinds(pd.Series(["binary", "binary"]), pd.Series([1.0, 0.0]))
    >>> found.names[found.codes].tolist()
    ['binary1.0', 'binary0.0']
    """
    kind, of_kind = pd.factorize(kinds)
    grade, values = pd.factorize(np.asarray(labels, dtype=np.float64), use_na_sentinel=False)
    both, codes = np.unique(kind.astype(np.int64) * len(values) + grade, return_inverse=True)
    names = [f"{of_kind[at // len(values)]}{float(values[at % len(values)])}" for at in both.tolist()]
    return LabelKinds(codes.astype(np.int64, copy=False), np.array(names, dtype=np.str_))


def split_groups(groups: Ints, labels: LabelKinds, folds: int = FOLDS, seed: int = 0) -> Splits:
    """Splits of n rows that keep `groups` (n,) together and, where they can, the share of `labels`."""
    sizes = np.bincount(groups)
    folds = min(folds, sizes.size)
    if folds < 2:
        found = (note(ONE_GROUP),) if groups.size > 1 else ()
        return Splits(NONE, (), groups, float(groups.size > 0), found)
    largest = float(sizes.max() / sizes.sum())
    if sizes.max() > np.ceil(sizes.sum() / folds):
        repeated = tuple(_repeated(groups, folds, seed))
        return Splits(REPEATED, repeated, groups, largest, (note(DOMINATED, share=short_percent(largest)),))
    return Splits(FOLDED, _folded(labels, groups, folds, seed), groups, largest)


def _folded(labels: LabelKinds, groups: Ints, folds: int, seed: int) -> Folds:
    """Stratified folds of whole groups."""
    fold = np.full(len(groups), -1, dtype=np.int64)
    if len(groups) > MANY:
        fold = _dealt(_strata(labels, folds), groups, folds, seed)[groups]
    rest = np.flatnonzero(fold < 0)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    if rest.size:
        parts = splitter.split(np.zeros(rest.size), _strata(labels.take(rest), folds), groups[rest])
        for number, (_, test) in enumerate(parts):
            fold[rest[test]] = number
    return Folds(fold.astype(np.int8), folds)


def _dealt(strata: Ints, groups: Ints, folds: int, seed: int) -> Ints:
    """(G,) the fold of each group, -1 for those that are left to scikit-learn, which places one by one, in Python.

    Of groups that are made alike, that have as many labels of each kind, every fold gets as many. What does not
    come out even is left, if that is enough groups for all folds; else each goes to a fold of its own.
    """
    codes, kinds = pd.factorize(strata)
    made = np.bincount(groups * len(kinds) + codes, minlength=(int(groups.max()) + 1) * len(kinds))
    table = pd.DataFrame(made.reshape(-1, len(kinds)))
    shuffled = table.iloc[np.random.default_rng(seed).permutation(len(table))]
    alike = shuffled.groupby(list(table.columns), sort=False)
    place = alike.cumcount().sort_index().to_numpy(copy=True)
    many = alike[0].transform("size").sort_index().to_numpy()
    left = np.flatnonzero(place >= many // folds * folds)
    place[left] = -1 if left.size >= folds else np.arange(left.size)
    return np.where(place < 0, -1, place % folds).astype(np.int64)


def _repeated(groups: Ints, folds: int, seed: int) -> list[Split]:
    """REPEATS partitions of the groups at random, `folds` parts each."""
    found: list[Split] = []
    for repeat in range(REPEATS):
        splitter = GroupKFold(n_splits=folds, shuffle=True, random_state=seed * REPEATS + repeat)
        found += splitter.split(np.zeros(len(groups)), groups=groups)
    return found


def _strata(labels: LabelKinds, folds: int) -> Ints:
    """(n,) labels to stratify by; one rarer than the folds is merged, since it cannot be in each."""
    counts = np.bincount(labels.codes, minlength=labels.names.size)
    names, merged = np.unique(np.where(counts >= folds, labels.names, _RARE), return_inverse=True)
    many = np.bincount(merged, weights=counts)
    if many.max() < folds:
        return np.zeros(labels.codes.size, dtype=np.int64)
    strata = np.arange(names.size)
    strata[(names == _RARE) & (many < folds)] = many.argmax()
    return np.asarray(strata[merged][labels.codes], dtype=np.int64)
