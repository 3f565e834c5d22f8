"""Labels: cells -> numbers in the scale of one kind, and which kind that is, by what nearly all rows say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.columns import BINARY, GRADED, LABEL_MAX, TIER
from calibration.messages.note import Note, note
from calibration.pairs import rules
from calibration.pairs.label_cells import LabelCell, read_label
from calibration.pairs.label_kind import Scale, infer
from calibration.pairs.label_names import LABEL_NAMES

Mask = npt.NDArray[np.bool_]

LABEL_SCALES: Final = ("binary", "tier", "0-1", "0-5", "0-100")
"""How a user says what the labels of a file are: yes or no, the four tiers, or degrees on a scale."""
_SCALES: Final = {
    "binary": Scale(BINARY),
    "tier": Scale(TIER),
    "0-1": Scale(GRADED, 5.0),
    "0-5": Scale(GRADED),
    "0-100": Scale(GRADED, 0.05),
}


@dataclass(frozen=True)
class ParsedLabels:
    """Labels of n rows: `values` (n,) float64, NaN where one of the masks (n,) is set; `kind` of all of them.

    limit: the highest label in the file's own scale.
    """

    values: npt.NDArray[np.float64]
    kind: str
    limit: float
    missing: Mask
    unknown: Mask
    outside: Mask
    fraction: Mask
    disagree: Mask
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Tally:
    """The distinct labels, and how many of the rows that count have each."""

    cells: tuple[LabelCell, ...]
    counts: npt.NDArray[np.int64]

    @property
    def numbers(self) -> npt.NDArray[np.float64]:
        """The number of each, NaN for names."""
        return np.array([cell.number for cell in self.cells], dtype=np.float64)

    def rows(self, chosen: Mask | list[bool]) -> int:
        """How many rows have one of the chosen labels."""
        return int(self.counts[np.asarray(chosen, dtype=bool)].sum())


def is_label(cell: object) -> bool:
    """Whether a cell can be a label of some kind.

    >>> is_label("1"), is_label("弱相关"), is_label("label"), is_label("12")
    (True, True, False, False)
    """
    found = read_label(cell)
    return 0 <= found.number <= LABEL_MAX[GRADED] or any(found.name in names for names in LABEL_NAMES.values())


def may_be_label(cell: object) -> bool:
    """Whether a cell can be a label on any scale, or says that there is none.

    >>> may_be_label("64%"), may_be_label("不确定"), may_be_label("怎么还款")
    (True, True, False)
    """
    found = read_label(cell)
    return is_label(cell) or not np.isnan(found.number) or found.missing or found.disagree


def scale_of(name: str) -> Scale:
    """What a name out of LABEL_SCALES stands for."""
    return _SCALES[name]


def parse_labels(
    cells: pd.Series,
    header: str,
    scale: Scale | None = None,
    *,
    degree: bool = False,
    inference: bool = False,
    counting: Mask | None = None,
) -> ParsedLabels:
    """Labels of a whole column, on `scale`, or on the one that nearly all values show.

    degree: the header names a degree of similarity. inference: the columns are those of natural language inference.
    counting: which rows count when the kind is inferred; all by default. Raises LabelScaleUnclear.
    """
    codes, distinct = _distinct(cells)
    found = tuple(read_label(value) for value in distinct)
    counted = codes if counting is None else codes[counting]
    tally = Tally(found, np.bincount(counted[counted >= 0], minlength=len(found)))
    notes: tuple[Note, ...] = ()
    if scale is None:
        scale, notes = infer(tally, header, degree=degree, inference=inference)
    if scale.kind == GRADED:
        notes = (*notes, note(rules.NOTE_GRADED_TIERS))
    return _apply(codes, found, scale, notes)


def _distinct(cells: pd.Series) -> tuple[npt.NDArray[np.intp], list[object]]:
    """A code for each row, -1 for missing, and what the codes stand for; cells that are lists by their text."""
    if cells.dtype != object:
        at, found = pd.factorize(cells)
        return at, list(found)
    first: dict[object, object] = {}
    keys: list[object] = []
    for cell in cells.tolist():
        key = None if cell is None else (type(cell).__name__, str(cell))
        keys.append(key)
        first.setdefault(key, cell)
    codes, distinct = pd.factorize(np.array([*keys, None], dtype=object)[:-1], use_na_sentinel=True)
    return codes, [first[key] for key in distinct]


def _apply(
    codes: npt.NDArray[np.intp], cells: tuple[LabelCell, ...], scale: Scale, notes: tuple[Note, ...]
) -> ParsedLabels:
    """The values of the rows from those of the distinct labels; a missing cell has code -1, the last place."""
    kind, limit = scale.kind, LABEL_MAX[scale.kind] / scale.factor
    names = LABEL_NAMES[kind]
    numbers = np.array([scale.number(cell) for cell in cells], dtype=np.float64)
    named = np.array([names.get(cell.name, np.nan) for cell in cells], dtype=np.float64)
    values = np.where(np.isnan(numbers), named, numbers)
    disagree = np.array([cell.disagree for cell in cells], dtype=bool)
    missing = np.array([cell.missing for cell in cells], dtype=bool) & np.isnan(values)
    unknown = np.isnan(values) & ~missing & ~disagree
    outside = (values < 0) | (values > limit)
    fraction = ~outside & (kind != GRADED) & (values != np.floor(values)) & ~np.isnan(values)
    scaled = values if scale.factor == 1.0 else np.round(values * scale.factor, 12)
    values = np.where(outside | fraction, np.nan, scaled)
    masks = {"unknown": unknown, "outside": outside, "fraction": fraction, "disagree": disagree}
    of_rows = {name: np.append(mask, False)[codes] for name, mask in masks.items()}
    return ParsedLabels(
        values=np.append(values, np.nan)[codes],
        kind=kind,
        limit=limit,
        missing=np.append(missing, True)[codes],
        notes=notes,
        **of_rows,
    )
