"""Find pairs that occur twice, in swapped order, or with contradicting labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration import columns
from calibration.errors import N_
from calibration.text.cleaning import clean
from calibration.text.keys import CLEANED_KEYS, pair_keys

EXACT: Final = N_("exact duplicate")
SWAPPED: Final = N_("duplicate with swapped texts")
CONFLICTING: Final = N_("conflicting labels")
REASON: Final = "reason"
FIRST: Final = "first"


@dataclass(frozen=True)
class DuplicateReport:
    """How many rows repeat an earlier one (`exact`, or `swapped`: texts the other way round) or contradict one.

    `conflicting` counts every row of a pair whose labels differ. `rows` holds the rows concerned under their own
    index, with their `reason` (a message of the catalogues) and `first`, the index of the pair's first row.
    """

    exact: int
    swapped: int
    conflicting: int
    rows: pd.DataFrame

    @property
    def total(self) -> int:
        """How many rows `deduplicate` drops."""
        return self.exact + self.swapped + self.conflicting


def find_duplicates(frame: pd.DataFrame) -> DuplicateReport:
    """Compare cleaned texts within each domain and kind; in n log n, a second or two for a million rows."""
    group, first, turned = _groups(frame)
    labels = frame[columns.LABEL].to_numpy(dtype=np.float64)
    differs = np.bincount(group, weights=labels != labels[first[group]], minlength=len(first)) > 0
    conflicting = differs[group]
    repeated = ~conflicting & (np.arange(len(frame)) != first[group])
    swapped = repeated & (turned != turned[first[group]])
    exact = repeated & ~swapped
    concerned = exact | swapped | conflicting
    reasons = np.select([exact[concerned], swapped[concerned]], [EXACT, SWAPPED], default=CONFLICTING)
    rows = frame[concerned].assign(**{REASON: reasons, FIRST: frame.index.to_numpy()[first[group[concerned]]]})
    return DuplicateReport(int(exact.sum()), int(swapped.sum()), int(conflicting.sum()), rows)


def deduplicate(frame: pd.DataFrame) -> tuple[pd.DataFrame, DuplicateReport]:
    """The frame with one row a pair, renumbered, and what was dropped.

    Of repeated pairs the first row stays; of pairs with conflicting labels none does, as nobody can say which
    label is right. Keys that only duplicates are compared by go too.
    """
    numbered = frame.reset_index(drop=True)  # index labels may repeat, say after pd.concat
    report = find_duplicates(numbered)
    kept = np.ones(len(numbered), dtype=bool)
    kept[report.rows.index] = False
    left = numbered.drop(columns=[name for name in CLEANED_KEYS if name in numbered.columns])
    return left[kept].reset_index(drop=True), report


def _groups(
    frame: pd.DataFrame,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """For n rows: the unordered pair of each (n,), the first row of each pair, and whether a row is turned (n,)."""
    domain, domains = pd.factorize(frame[columns.DOMAIN])
    kind, kinds = pd.factorize(frame[columns.KIND])
    within = domain.astype(np.int64) * len(kinds) + kind
    if set(CLEANED_KEYS) <= set(frame.columns):
        a, b = (frame[name].to_numpy() for name in CLEANED_KEYS)
        key = pair_keys(np.minimum(a, b), np.maximum(a, b), within)
    else:
        texts = [clean(text) for column in (columns.TEXT_A, columns.TEXT_B) for text in frame[column].tolist()]
        codes = pd.factorize(pd.Series(texts, dtype=object))[0].astype(np.int64)
        a, b = codes[: len(frame)], codes[len(frame) :]
        pair = pd.factorize(np.minimum(a, b) * (codes.max(initial=0) + 1) + np.maximum(a, b))[0]
        key = pair.astype(np.int64) * (len(domains) * len(kinds)) + within
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return group, first, a > b
