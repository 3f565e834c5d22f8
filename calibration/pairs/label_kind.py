"""Which kind labels are of, and on which scale: decided by what nearly all rows say, and said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from calibration.columns import BINARY, GRADED, LABEL_MAX, TIER
from calibration.errors import LabelScaleUnclear
from calibration.messages.note import Note, note
from calibration.pairs import rules
from calibration.pairs.label_cells import LabelCell
from calibration.pairs.label_names import ENTAILMENT_NAMES, LABEL_NAMES

Mask = npt.NDArray[np.bool_]

_FEW: Final = 0.02
"""The share of rows whose labels do not change the kind of all others: they may be typing errors or a sum below."""
_MANY: Final = 20
"""Rows from which on a single one is few."""
_ENOUGH: Final = 5
"""Labels that it takes to see that degrees run from 0 to 1 rather than to 5."""


@dataclass(frozen=True)
class Scale:
    """A kind of labels, and what its numbers are multiplied by to come on that kind's own scale.

    minus_is_no: whether -1 stands for 0.
    """

    kind: str
    factor: float = 1.0
    minus_is_no: bool = False

    def number(self, cell: LabelCell) -> float:
        """The number of a label in the file's scale; per cent count as hundredths where that ends at 1."""
        if self.minus_is_no and cell.number == -1:
            return 0.0
        return cell.number / 100 if cell.percent and self.factor > 1 else cell.number


class Tallied(Protocol):
    """The distinct labels of a column, and how many rows have each."""

    @property
    def cells(self) -> tuple[LabelCell, ...]:
        """The labels."""

    @property
    def numbers(self) -> npt.NDArray[np.float64]:
        """Their numbers, NaN for names."""

    def rows(self, chosen: Mask | list[bool]) -> int:
        """How many rows have one of the chosen."""


def infer(tally: Tallied, header: str, *, degree: bool, inference: bool) -> tuple[Scale, tuple[Note, ...]]:
    """The scale by what most rows are: names of a kind, or numbers; ties go to the tiers.

    Raises LabelScaleUnclear where a guess could turn labels upside down.
    """
    named = {kind: tally.rows([c.name in LABEL_NAMES[kind] for c in tally.cells]) for kind in (TIER, BINARY)}
    numbers = tally.numbers
    numeric = tally.rows((numbers >= 0) & (numbers <= LABEL_MAX[GRADED]))
    if max(named.values()) > numeric:
        kind = max(named, key=lambda kind: named[kind])
        entailed = kind == BINARY and any(cell.name in ENTAILMENT_NAMES for cell in tally.cells)
        return Scale(kind), (note(rules.NOTE_ENTAILMENT),) if entailed else ()
    return _of_numbers(tally, header, degree, inference)


def _of_numbers(tally: Tallied, header: str, degree: bool, inference: bool) -> tuple[Scale, tuple[Note, ...]]:
    """The scale of numeric labels: 0 and 1, whole numbers to 3, degrees; few others do not count."""
    numbers = tally.numbers
    percent = tally.rows([cell.percent for cell in tally.cells])
    total = tally.rows(~np.isnan(numbers))
    if percent > total / 2:
        return Scale(GRADED, 0.05), (note(rules.NOTE_PERCENT),)
    minus = tally.rows(numbers == -1)
    _refuse_inference(tally, header, inference, minus)
    if (
        minus > few(total)
        and tally.rows(numbers == 0) <= few(total)
        and _nearly(tally, np.abs(numbers) == 1, total)
    ):
        return Scale(BINARY, minus_is_no=True), (note(rules.NOTE_MINUS),)
    hundred = tally.rows((numbers > LABEL_MAX[GRADED]) & (numbers <= 100))
    if hundred >= max(_ENOUGH, total / 5):
        return _to_hundred(tally, header)
    return _to_five(tally, header, degree)


def _refuse_inference(tally: Tallied, header: str, inference: bool, minus: int) -> None:
    """Raise LabelScaleUnclear for numbers of natural language inference, where 0 is what fits best."""
    numbers = tally.numbers
    total = tally.rows(~np.isnan(numbers))
    coded = total > 0 and _nearly(tally, np.isin(numbers, (-1, 0, 1, 2, 3)), total)
    three = tally.rows(numbers == 2) > few(total) and tally.rows(numbers == 3) <= few(total)
    if coded and (inference or (three and minus > 0)):
        raise LabelScaleUnclear(header, rules.SCALE_INFERENCE)


def _to_hundred(tally: Tallied, header: str) -> tuple[Scale, tuple[Note, ...]]:
    """Degrees to 100; to 10 nobody can tell from a part of a longer scale."""
    valid = (tally.numbers >= 0) & (tally.numbers <= 100)
    if tally.numbers[valid].max() <= 10:
        raise LabelScaleUnclear(header, rules.SCALE_TEN)
    return Scale(GRADED, 0.05), (note(rules.NOTE_HUNDRED, column=header),)


def _to_five(tally: Tallied, header: str, degree: bool) -> tuple[Scale, tuple[Note, ...]]:
    numbers = tally.numbers
    valid = (numbers >= 0) & (numbers <= LABEL_MAX[GRADED])
    total = tally.rows(valid)
    whole = valid & (numbers == np.floor(numbers))
    for kind in () if degree else (BINARY, TIER):
        fitting = whole & (numbers <= LABEL_MAX[kind])
        others = total - tally.rows(fitting)
        if total and others <= (few(total) if tally.rows(fitting) else -1):
            return Scale(kind), _kind_notes(tally, kind, others, total)
    if not total or (degree and tally.rows(valid & ~np.isin(numbers, (0, 1))) == 0):
        return Scale(BINARY), (note(rules.NOTE_BINARY_NAME, column=header),) if total else ()
    if numbers[valid].max() <= 1:
        if total >= _ENOUGH:
            return Scale(GRADED, 5.0), (note(rules.NOTE_GRADED_SCALED, column=header),)
        return Scale(GRADED), (note(rules.NOTE_GRADED_LOW),)
    named = degree and not (valid & ((numbers > LABEL_MAX[TIER]) | ~whole)).any()
    return Scale(GRADED), (note(rules.NOTE_GRADED_NAME, column=header),) if named else ()


def _kind_notes(tally: Tallied, kind: str, others: int, total: int) -> tuple[Note, ...]:
    notes = []
    if others:
        notes.append(note(rules.NOTE_KIND_OF_MOST, kind=kind, count=total - others, total=total))
    if kind == TIER:
        three = not (tally.numbers == LABEL_MAX[TIER]).any() and (tally.numbers == 1).any()
        notes.append(note(rules.NOTE_TIER_THREE if three else rules.NOTE_TIER_NUMBERS))
    return tuple(notes)


def few(total: int) -> int:
    """Of so many rows, how many do not change the kind of all.

    >>> few(6), few(20), few(300)
    (0, 1, 6)
    """
    return max(int(_FEW * total), 1 if total >= _MANY else 0)


def _nearly(tally: Tallied, chosen: Mask, total: int) -> bool:
    return total - tally.rows(chosen) <= few(total)
